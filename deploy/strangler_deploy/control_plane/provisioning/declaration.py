"""What the repository declares at one commit: the plan, and one tenant's file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from strangler.errors import StranglerError
from strangler.model import Finding, Severity
from strangler.plan import Plan, loads
from strangler_deploy.check import check_tree
from strangler_deploy.estate import Estate
from strangler_deploy.render import shared_files

PLAN_FILE = "strangler.yaml"


@dataclass(frozen=True)
class Declaration:
    """A plan as it stands in git, and what follows from it for every tenant alike."""

    text: str

    @cached_property
    def plan(self) -> Plan:
        """The plan.

        Raises:
            PlanError: it has mistakes.
        """
        return loads(self.text, name=PLAN_FILE)

    @cached_property
    def estate(self) -> Estate:
        """The same as deploy sees it."""
        return Estate(self.plan)

    @property
    def root(self) -> str:
        """What the paths of the rendered tree begin with in the repository."""
        path = self.plan.platform.delivery.path
        return "" if path == "." else f"{path}/"

    @cached_property
    def shared(self) -> dict[str, str]:
        """The files that all tenants share."""
        return dict(shared_files(self.estate))

    @cached_property
    def known(self) -> frozenset[Finding]:
        """What is wrong with the platform itself, and no tenant's fault."""
        return frozenset(check_tree(self.shared, self.plan, {}))


def tenant_path(tenant: str) -> str:
    """Where a tenant is declared."""
    return f"tenants/{tenant}.yaml"


class Refused(StranglerError):
    """The request breaks a rule; ``findings`` tell which, and why."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = findings


def refuse_errors(findings: list[Finding]) -> None:
    """Make sure that nothing among the findings is an error.

    Raises:
        Refused: something is; its message is the first one's.
    """
    errors = tuple(finding for finding in findings if finding.severity is Severity.ERROR)
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise Refused(f"{errors[0].rule}: {errors[0].message}{more}", errors, hint=errors[0].hint)
