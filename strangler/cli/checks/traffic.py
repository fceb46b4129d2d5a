"""Plan against the running facade: does it route what the plan says?"""

from __future__ import annotations

import strangler_facade as facade
from strangler.cli.checks import Checked, Wanted
from strangler.cli.command import Session
from strangler.cli.facade.group import connect
from strangler.cli.output import counted
from strangler.errors import StranglerError
from strangler.plan import Places

_NAME = "traffic"


def check_traffic(session: Session, wanted: Wanted) -> Checked:
    """Compare the facade's live rules with the plan's; a facade that was named with ``--admin`` must answer.

    Raises:
        StranglerError: the facade that was named does not answer, or lets nobody in without a token.
    """
    plan = session.plan()
    try:
        with connect(session, wanted.admin, wanted.state) as client:
            answer = client.status()
    except StranglerError as error:
        if wanted.admin:
            raise
        return Checked(_NAME, f"nothing to compare with: {error.message}", ran=False)
    findings = list(facade.drift(plan, answer, Places(session.plan_path)))
    routed = f"version {answer['version']} routes {counted(len(answer['services']), 'service')}"
    line = f"{routed}, {counted(len(findings), 'difference')}"
    return Checked(_NAME, line, findings)
