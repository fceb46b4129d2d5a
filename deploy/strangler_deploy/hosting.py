"""Our own control plane's objects, as the rendered tree has them: what is needed before there is anything to render."""

from __future__ import annotations

from strangler.errors import StranglerError
from strangler.plan import Plan
from strangler_deploy.bundle import Bundle, files
from strangler_deploy.estate import Estate
from strangler_deploy.kinds.aws.resource import PLATFORM_NAMESPACE
from strangler_deploy.planes.control import control

_OURS, _OTHERS = "# from strangler.yaml platform.saas", "# from strangler.yaml platform.saas.services"


def control_plane_manifests(plan: Plan) -> dict[str, str]:
    """File name → text, the same bytes as below ``control/`` of the tree.

    Raises:
        StranglerError: the plan does not declare it.
    """
    estate = Estate(plan)
    if estate.platform.saas.control_plane is None:
        hint = "write `control_plane: {}` below `platform: saas:`"
        raise StranglerError("the plan puts no control plane on a cluster", hint=hint)
    every = files(Bundle("control", tuple(control(estate)), PLATFORM_NAMESPACE))
    return {
        path.removeprefix("control/"): text
        for path, text in sorted(every)
        if text.startswith(_OURS) and not text.startswith(_OTHERS)
    }
