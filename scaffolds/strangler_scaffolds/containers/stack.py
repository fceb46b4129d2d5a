"""What runs together, each as a container: monolith, services and facade. `up` runs it, a compose file describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from strangler.errors import StranglerError
from strangler.plan import Plan
from strangler_scaffolds.containers.images import facade_plan, monolith_files
from strangler_scaffolds.own import image_of_this

#: Below the monolith's folder: what the images of monolith and facade are built from.
FOLDER = ".strangler/containers"
_SERVICE_PORT = 8000
_FACADE_PORT, _ADMIN_PORT = 8080, 8081
_STATE = "facade-state"


@dataclass(frozen=True)
class Unit:
    """One container; paths are relative to the monolith's folder, ``volumes`` map a folder or a volume's name to there.

    ``ports`` are published on this machine's loopback interface, as (port there or 0 for any, port inside); at the port
    and path of ``alive`` it answers as soon as it runs. Every unit runs without
    root, capabilities and new privileges; ``read_only`` also without a root file system to write to.
    """

    name: str
    image: str
    context: str
    dockerfile: str = "Dockerfile"
    environment: Mapping[str, str] = field(default_factory=dict)
    volumes: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[tuple[int, int], ...] = ()
    command: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    alive: tuple[int, str] = (_SERVICE_PORT, "/livez")
    read_only: bool = True


@dataclass(frozen=True)
class Stack:
    """All units in the order they start, the files their images need (below ``FOLDER``), and their own volumes."""

    project: str
    units: tuple[Unit, ...]
    files: Mapping[str, bytes]
    volumes: tuple[str, ...] = (_STATE,)


def stack_of(
    plan: Plan,
    services: Sequence[str],
    environment: Mapping[str, str],
    folders: Mapping[str, str],
    *,
    has_dockerfile: bool = False,
) -> Stack:
    """The containers of a plan's monolith, its extracted ``services``, and the facade in front of them.

    Args:
        plan: names the services, where they answer, and how the monolith is run.
        services: those that were extracted.
        environment: settings that the monolith and every service get.
        folders: folder on this machine → folder in the monolith's and every service's container.
        has_dockerfile: whether the monolith brings a Dockerfile of its own.

    Raises:
        StranglerError: the plan does not say how the monolith is run, and it has no Dockerfile.
    """
    project = f"strangler-{plan.monolith.name}"
    port = _port_of(plan)
    urls = {name: f"http://{name}:{_SERVICE_PORT}" for name in services}
    units = [_service(project, name, environment, folders) for name in services]
    monolith = _monolith(plan, project, port, environment, folders, has_dockerfile=has_dockerfile)
    files = {} if has_dockerfile else monolith_files(_run_of(plan), port)
    files |= {f"facade/{path}": data for path, data in image_of_this("facade").items()}
    files["plan/strangler.yaml"] = facade_plan(plan, f"http://monolith:{port}", urls)
    return Stack(project, (*units, _facade(project), monolith), files)


def _port_of(plan: Plan) -> int:
    return urlsplit(plan.monolith.upstream or "").port or _SERVICE_PORT


def _run_of(plan: Plan) -> str:
    if plan.monolith.run is None:
        hint = "set monolith.run in the plan, or give the monolith a Dockerfile"
        raise StranglerError("the plan does not say how the monolith is started", hint=hint)
    return plan.monolith.run


def _service(project: str, name: str, environment: Mapping[str, str], folders: Mapping[str, str]) -> Unit:
    return Unit(
        name=name,
        image=f"{project}-{name}",
        context=f"services/{name}",
        environment=environment,
        volumes=folders,
        ports=((0, _SERVICE_PORT),),
    )


def _monolith(
    plan: Plan,
    project: str,
    port: int,
    environment: Mapping[str, str],
    folders: Mapping[str, str],
    *,
    has_dockerfile: bool,
) -> Unit:
    state = {
        "STRANGLER_STATE_URL": f"http://facade:{_ADMIN_PORT}/v1/state",
        "STRANGLER_STATE_TOKEN_FILE": "/run/strangler/token",
    }
    return Unit(
        name="monolith",
        image=f"{project}-monolith",
        context=".",
        dockerfile="Dockerfile" if has_dockerfile else f"{FOLDER}/monolith/Dockerfile",
        environment={**environment, "HOST": "0.0.0.0", "PORT": str(port), **state},
        volumes={**folders, _STATE: "/run/strangler:ro"},
        ports=((0, port),),
        after=("facade",),
        alive=(port, "/"),
        read_only=not has_dockerfile,
    )


def _facade(project: str) -> Unit:
    return Unit(
        name="facade",
        image=f"{project}-facade",
        context=f"{FOLDER}/facade",
        volumes={f"{FOLDER}/plan": "/plan:ro", _STATE: "/state"},
        ports=((_FACADE_PORT, _FACADE_PORT), (_ADMIN_PORT, _ADMIN_PORT)),
        command=(
            *("facade", "run", "--plan", "/plan/strangler.yaml", "--state", "/state"),
            *("--listen", f"0.0.0.0:{_FACADE_PORT}", "--admin", f"0.0.0.0:{_ADMIN_PORT}"),
        ),
        alive=(_ADMIN_PORT, "/healthz"),
    )
