"""GraphQL and gRPC: one entry point for everything, which no rule about paths can split."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Diagnostic
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.world import World
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Class

_SCHEMAS = {
    "graphene.Schema": "graphene",
    "strawberry.Schema": "strawberry",
    "strawberry.federation.Schema": "strawberry",
    "ariadne.make_executable_schema": "ariadne",
    "graphql.GraphQLSchema": "graphql-core",
    "graphene_federation.build_schema": "graphene",
}


def detect(world: World) -> Found:
    """A note for each schema and each service."""
    return Found(diagnostics=tuple([*_schemas(world), *_services(world)]))


def _schemas(world: World) -> Iterator[Diagnostic]:
    for event in world.named("Schema", "make_executable_schema", "GraphQLSchema", "build_schema"):
        library = _SCHEMAS.get(event.name)
        if library:
            message = f"a GraphQL schema ({library}): one path serves every type, no path rule can split it"
            yield Diagnostic("graphql", "note", message, event.func.module.path, event.line)
    for cls in world.classes:
        if any(base.dotted in _SCHEMAS for base in linearised(cls)[1]):
            message = (
                f"a GraphQL schema class ({cls.scope.name}): one path serves every type, no path rule can split it"
            )
            yield Diagnostic("graphql", "note", message, cls.module.path, cls.scope.line)


def _services(world: World) -> Iterator[Diagnostic]:
    for cls in world.classes:
        if any(_is_servicer(base.dotted) for base in linearised(cls)[1]) or _is_own(cls):
            message = (
                f"a gRPC service ({cls.scope.name}): its methods are not reached by paths a proxy of HTTP/1.1 splits"
            )
            yield Diagnostic("grpc", "note", message, cls.module.path, cls.scope.line)


def _is_servicer(name: str) -> bool:
    return name.endswith("Servicer") and "_pb2_grpc" in name


def _is_own(cls: Class) -> bool:
    """The generated base stands in the tree too; what derives from it is the service."""
    return any(one.module.name.endswith("_pb2_grpc") for one in linearised(cls)[0][1:])


DETECTOR = Detector(
    "single entry",
    "GraphQL schemas (graphene, strawberry, ariadne) and gRPC services: reported as notes, because no rule about paths "
    "can split them.",
    detect,
    (
        Example(
            "a schema and a service",
            {
                "api.py": (
                    "import graphene\n\n\nclass Query(graphene.ObjectType): ...\n\n\nschema = graphene.Schema(Query)\n"
                ),
                "rpc.py": "import shop_pb2_grpc\n\n\nclass Orders(shop_pb2_grpc.OrdersServicer): ...\n",
            },
            ("graphql api.py:7", "grpc rpc.py:4"),
        ),
    ),
)
