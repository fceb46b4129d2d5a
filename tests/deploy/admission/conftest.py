from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from strangler.plan import loads
from strangler.plan.platform import Cluster, Platform, Policies
from strangler_deploy.admission.gatekeeper import Constraints
from strangler_deploy.admission.kyverno import ValidatingPolicies
from strangler_deploy.admission.vap import AdmissionPolicies
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.policies import policies

Judge = AdmissionPolicies | Constraints | ValidatingPolicies
ENGINES = Policies(engines=("vap", "gatekeeper", "kyverno"))


def documents(role: Literal["control", "application"] = "application") -> list[Document]:
    """The policies of a cluster that ACK runs in; one that is ``application`` has tenants' pods too."""
    platform = Platform(policies=ENGINES, clusters={"main": Cluster(role=role)})
    plan = loads("{version: 1, monolith: {name: shop, packages: [shop]}}").model_copy(update={"platform": platform})
    estate = Estate(plan)
    return [Document(m.name, m.data(), m.origin, "main") for m in policies(estate, estate.sites["main"])]


def judges(rendered: Sequence[Document]) -> list[Judge]:
    return [AdmissionPolicies(rendered), Constraints(rendered), ValidatingPolicies(rendered)]
