"""The evidence map of one plan, as values and as a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strangler.plan import Plan
from strangler_deploy.checks.rules import RULES
from strangler_deploy.estate import Estate
from strangler_deploy.evidence.controls import ADMISSION, CLOUD, CONTROLS, NETWORK, Control


@dataclass(frozen=True, slots=True)
class Evidence:
    """One control as a plan answers it; ``gaps`` are policies that the plan switches off, and logs it does not keep."""

    control: Control
    policies: tuple[str, ...]
    log: str
    query: str
    gaps: tuple[str, ...]


def evidence(plan: Plan) -> list[Evidence]:
    """The map of ``plan``, control by control."""
    return [_of(control, plan) for control in CONTROLS]


def _of(control: Control, plan: Plan) -> Evidence:
    off = tuple(policy for policy in control.policies if policy in plan.platform.policies.off)
    kept = tuple(policy for policy in control.policies if policy not in off)
    log, query, missing = _log(control, plan, kept)
    gaps = (*(f"policy {policy} is off (platform.policies.off)" for policy in off), *missing)
    return Evidence(control, kept, log, query, gaps)


def _log(control: Control, plan: Plan, policies: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    audit = plan.platform.audit
    clusters = ", ".join(sorted(name for name, site in Estate(plan).sites.items() if site.cluster.is_eks)) or "none"
    if control.log == ADMISSION:
        missing = () if "audit" in audit.cluster_logs else ("no audit log (platform.audit.cluster_logs)",)
        names = "|".join(policies) or "ValidatingAdmissionPolicy"
        query = (
            "fields @timestamp, user.username, objectRef.namespace, objectRef.name, responseStatus.message "
            f"| filter responseStatus.code = 422 or @message like /validation.policy.admission.k8s.io/ "
            f"| filter @message like /{names}/"
        )
        return f"CloudWatch Logs /aws/eks/CLUSTER/cluster, stream kube-apiserver-audit ({clusters})", query, missing
    if control.log == NETWORK:
        missing = () if audit.flow_logs else ("no flow logs (platform.audit.flow_logs)",)
        query = 'fields @timestamp, srcAddr, dstAddr, dstPort | filter action = "REJECT"'
        return f"VPC flow logs, and the policy event logs of the nodes ({clusters})", query, missing
    missing = () if audit.trail else ("no CloudTrail data events (platform.audit.trail)",)
    query = (
        "SELECT eventTime, userIdentity.arn, eventName, requestParameters, errorCode FROM EVENT_DATA_STORE "
        "WHERE errorCode = 'AccessDenied' OR eventName IN ('GetObject', 'PutObject', 'DeleteObject', 'AssumeRole')"
    )
    assert control.log == CLOUD
    return "CloudTrail Lake (role sessions carry cluster, namespace and service account as tags)", query, missing


def document(plan: Plan) -> str:
    """The map as a page for an auditor."""
    return "\n".join([*_head(plan), *(line for item in evidence(plan) for line in _section(item))]) + "\n"


def _head(plan: Plan) -> Iterator[str]:
    yield "# Evidence"
    yield ""
    yield f"Which control of which framework is held by what, for `{plan.monolith.name}`: the policy that refuses at"
    yield "admission, the rule of `strangler deploy check` that proves it before, the log that has every decision,"
    yield "and the query that finds them. A map, not a certificate: what satisfies a framework is the auditor's to say."
    yield ""
    yield f"Logs are kept for {plan.platform.audit.days} days."


def _section(item: Evidence) -> Iterator[str]:
    control = item.control
    yield from ("", f"## {control.asks}", "")
    yield "- Controls: " + "; ".join(f"{framework} {name}" for framework, name in control.named)
    if item.policies:
        yield "- Refused at admission by: " + ", ".join(f"`{policy}`" for policy in item.policies)
    yield "- Proved before by: " + "; ".join(f"`{rule}` ({RULES[rule].holds})" for rule in control.rules)
    yield f"- Logged in: {item.log}"
    yield from ("- Found by:", "", f"      {item.query}")
    for gap in item.gaps:
        yield from ("", f"**Gap:** {gap}")
