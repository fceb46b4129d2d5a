"""Plan against the running facade: does it route what the plan says?"""

from __future__ import annotations

from typing import Any

import strangler_facade as facade
from strangler.cli.checks import Checked, Wanted
from strangler.cli.command import Session
from strangler.cli.facade.group import connect
from strangler.cli.output import counted
from strangler.errors import StranglerError
from strangler.plan import Places

_NAME = "traffic"


def check_traffic(session: Session, wanted: Wanted) -> Checked:
    """Compare the facade's table with what the plan makes of the same positions; one of ``--admin`` must answer.

    Raises:
        StranglerError: the facade that was named does not answer, or lets nobody in without a token.
    """
    plan = session.plan()
    try:
        with connect(session, wanted.admin, wanted.state) as client:
            answer, table = _at_one_moment(client)
    except StranglerError as error:
        if wanted.admin:
            raise
        return Checked(_NAME, f"nothing to compare with: {error.message}", ran=False)
    findings = list(facade.drift(plan, answer, table, Places(session.plan_path)))
    routed = f"version {answer['version']} routes {counted(len(answer['services']), 'service')}"
    line = f"{routed}, {counted(len(findings), 'difference')}"
    return Checked(_NAME, line, findings)


def _at_one_moment(client: facade.AdminClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """Status and table of the same version, as far as somebody who moves services meanwhile lets us."""
    for _ in range(_ATTEMPTS):
        table, status = client.routes(), client.status()
        if table["version"] == status["version"]:
            break
    return status, table


_ATTEMPTS = 5
