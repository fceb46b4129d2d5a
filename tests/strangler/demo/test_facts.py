from __future__ import annotations

import json

from strangler.demo.facts import AddedLatency, Facts, Manifests, Onboarding


def test_facts_are_json() -> None:
    facts = Facts(3, "metering", 9, 3, 0, (), 0, {"monolith": 100.0}, {}, True, "why", 0.4, 100, AddedLatency(0.1, 0.2),
                  5, Manifests(2, 0), Onboarding(2, 2, 0, "no", (0.5, 0.6)), 60.0)  # fmt: skip
    data = json.loads(json.dumps(facts.to_json()))
    assert data["manifests"] == {"documents": 2, "findings": 0}
    assert data["added_latency_ms"]["p50"] == 0.1
