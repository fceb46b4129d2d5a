"""The way in for the command line; the libraries behind it are loaded only when a control plane is wanted."""

from __future__ import annotations

from collections.abc import Callable

from strangler.errors import StranglerError
from strangler_deploy.control_plane.options import Options

_EXTRA = "pip install 'strangler[control-plane]'"


def run(options: Options, on_ready: Callable[[str], None]) -> None:
    """Serve the control plane until interrupted; ``on_ready`` is told its address.

    Raises:
        StranglerError: it cannot be started, with the reason.
    """
    try:
        from strangler_deploy.control_plane import serve
    except ModuleNotFoundError as error:
        raise StranglerError(f"the control plane needs {error.name}", hint=_EXTRA) from error
    serve.run(options, on_ready)


def token(options: Options, subject: str, role: str, tenant: str = "") -> str:
    """A token signed with the installation's own key; roles are operator, administrator, member and meter.

    Raises:
        StranglerError: the role needs a tenant, or must not have one.
    """
    if (role in ("administrator", "member")) != bool(tenant):
        raise StranglerError(f"a token for '{role}' {'needs' if not tenant else 'must not have'} a tenant")
    try:
        from strangler_deploy.control_plane import serve
    except ModuleNotFoundError as error:
        raise StranglerError(f"the control plane needs {error.name}", hint=_EXTRA) from error
    return serve.token(options, subject, role, tenant)
