"""The controls, by the names that their frameworks give them."""

from __future__ import annotations

from dataclasses import dataclass

SOC2, ISO, HIPAA = "SOC 2 (TSC 2017)", "ISO/IEC 27001:2022", "HIPAA 45 CFR"
ADMISSION, PROOF, CLOUD, NETWORK = "admission", "proof", "cloud", "network"


@dataclass(frozen=True, slots=True)
class Control:
    """One control: what it asks, the policies and rules that answer, and which log has the decisions."""

    asks: str
    named: tuple[tuple[str, str], ...]
    policies: tuple[str, ...]
    rules: tuple[str, ...]
    log: str


CONTROLS = (
    Control(
        "Access to data is limited to those who are authorised",
        ((SOC2, "CC6.1"), (ISO, "A.8.3"), (HIPAA, "164.312(a)(1)")),
        (),
        ("IAM-CROSS", "IAM-BEYOND", "IAM-SESSION", "DEPLOY-C15"),
        CLOUD,
    ),
    Control(
        "Customers are kept apart from each other on the network",
        ((SOC2, "CC6.6"), (ISO, "A.8.22")),
        (),
        ("NETWORK-OPEN", "NETWORK-EGRESS", "NETWORK-INGRESS", "NETWORK-INERT"),
        NETWORK,
    ),
    Control(
        "Processes that handle health data run with the least power",
        ((HIPAA, "164.308(a)(4)"), (ISO, "A.8.2"), (SOC2, "CC6.3")),
        ("phi-nonroot", "workload-hygiene"),
        ("POLICY-TOOTHLESS", "DEPLOY-C22"),
        ADMISSION,
    ),
    Control(
        "Data at rest is encrypted and not public",
        ((SOC2, "CC6.7"), (ISO, "A.8.24"), (HIPAA, "164.312(a)(2)(iv)")),
        ("public-access-block",),
        ("POLICY-TOOTHLESS",),
        ADMISSION,
    ),
    Control(
        "Every asset has an owner",
        ((ISO, "A.5.9"), (SOC2, "CC6.1")),
        ("tenant-key",),
        ("POLICY-TOOTHLESS",),
        ADMISSION,
    ),
    Control(
        "Credentials are managed, rotated and never stored in configuration",
        ((ISO, "A.5.17"), (SOC2, "CC6.1"), (HIPAA, "164.312(d)")),
        ("no-static-keys",),
        ("DEPLOY-SECRET", "IAM-TRUST", "NETWORK-IDENTITY"),
        ADMISSION,
    ),
    Control(
        "Changes are authorised, and duties are separated",
        ((SOC2, "CC8.1"), (ISO, "A.8.32"), (ISO, "A.5.3")),
        ("submitters", "own-paths", "no-tenant-workload"),
        ("DEPLOY-C21", "DEPLOY-STALE"),
        ADMISSION,
    ),
    Control(
        "Information is kept, and deleted only on purpose",
        ((SOC2, "A1.2"), (ISO, "A.8.10"), (HIPAA, "164.308(a)(7)")),
        (),
        ("DEPLOY-C14", "DEPLOY-C19"),
        CLOUD,
    ),
    Control(
        "Events are logged, and the logs are kept",
        ((SOC2, "CC7.2"), (ISO, "A.8.15"), (HIPAA, "164.312(b)")),
        (),
        ("DEPLOY-FIELD",),
        CLOUD,
    ),
)
