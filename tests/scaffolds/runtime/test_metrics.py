from __future__ import annotations

from strangler_scaffolds.runtime.metrics import Metrics


def test_metrics_are_text_that_adds_up() -> None:
    metrics = Metrics("x")
    metrics.count("f", "ok", 0.003)
    metrics.count("f", "error", 3.0)
    text = metrics.text()
    assert 'x_calls_total{function="f",outcome="ok"} 1' in text
    assert 'x_call_seconds_bucket{function="f",le="0.005"} 1' in text
    assert 'x_call_seconds_bucket{function="f",le="+Inf"} 2' in text
