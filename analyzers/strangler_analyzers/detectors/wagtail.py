"""Wagtail's API: endpoints that are registered with a router."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_analyzers.detectors.drf import RouterRoute
from strangler_analyzers.detectors.kinds import Example
from strangler_analyzers.detectors.mounts import kind_of, receiver_of
from strangler_analyzers.detectors.world import World, argument, ref_of, text
from strangler_analyzers.resolve.hierarchy import inherited
from strangler_analyzers.resolve.library import classes
from strangler_analyzers.resolve.values import Class, Made

# What every endpoint serves, and by which method.
_SERVED = {"": "listing_view", "{pk}/": "detail_view", "find/": "find_view"}


def is_api_router(router: Made) -> bool:
    """Whether ``router`` is one of Wagtail's API."""
    return kind_of(router).endswith("WagtailAPIRouter")


def endpoint_routes(world: World, router: Made) -> Iterator[RouterRoute]:
    """The routes of every endpoint of the program's own that is registered with ``router``."""
    for event in world.named("register_endpoint"):
        name = text(argument(event.made, 0, "name"))
        if receiver_of(event.made) is not router or name is None:
            continue
        for cls in classes(argument(event.made, 1, "class_")):
            for path, method in _SERVED.items():
                handler = _handler(cls, method)
                yield RouterRoute(f"{name}/{path}", ("GET",), handler, method, event.func.module, event.line)


def _handler(cls: Class, method: str) -> str:
    refs = (ref_of(value) for value in inherited(cls, method))
    return next((ref for ref in refs if ref is not None), cls.ref)


EXAMPLE = Example(
    "endpoints of Wagtail's API",
    {
        "shop/urls.py": (
            "from django.urls import path\nfrom wagtail.api.v2.router import WagtailAPIRouter\n"
            "from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet\n\n\n"
            "class Goods(BaseAPIViewSet):\n    def find_view(self, request): ...\n\n\n"
            "router = WagtailAPIRouter('wagtailapi')\nrouter.register_endpoint('pages', PagesAPIViewSet)\n"
            "router.register_endpoint('goods', Goods)\nurlpatterns = [path('api/', router.urls)]\n"
        ),
    },
    (
        "GET /api/goods/ -> shop.urls:Goods",
        "GET /api/goods/find/ -> shop.urls:Goods.find_view",
        "GET /api/goods/{pk}/ -> shop.urls:Goods",
    ),
)
