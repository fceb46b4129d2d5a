"""Django's administration: the URLs a program adds to a site, by a class of site or of a model's administration."""

from __future__ import annotations

from collections.abc import Iterator

from strangler_analyzers.detectors.django_labels import model_names
from strangler_analyzers.detectors.mounts import receiver_of
from strangler_analyzers.detectors.world import World, argument, flat
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.hierarchy import inherited, outside
from strangler_analyzers.resolve.objects import instance_of
from strangler_analyzers.resolve.values import Class, Ext, Func, Made, Member, Value, Values, unwrapped


def site_of(world: World, urls: Value) -> Value | None:
    """The site of which ``urls`` (``admin.site.urls``) are the URLs."""
    if isinstance(urls, Member) and urls.attr == "urls" and is_site(urls.base):
        return urls.base
    if isinstance(urls, Ext) and urls.dotted.endswith(".urls"):
        site = world.program.outside(urls.dotted.removesuffix(".urls"))
        return site if _is_default(site) else None
    return None


def is_site(value: Value) -> bool:
    """Whether ``value`` is a site: the default one, or an object of a class of sites."""
    instance = instance_of(value)
    if instance is not None:
        return any(base.dotted.endswith("AdminSite") for base in outside(instance.cls))
    return _is_default(value) or (isinstance(value, Made) and value.callee.dotted.endswith("AdminSite"))


def _is_default(value: Value) -> bool:
    return isinstance(value, Ext | Member) and value.dotted.endswith(("admin.site", "admin.sites.site"))


def own_urls(site: Value) -> Iterator[Values]:
    """What ``get_urls`` of the site's own class gives."""
    instance = instance_of(site)
    if instance is not None:
        yield from _given_by(instance.cls)


def registered_urls(world: World, site: Value) -> Iterator[tuple[str, Values]]:
    """Where each registered administration with URLs of its own has these, and what they are."""
    for start, admin in _administrations(world, site):
        for values in _given_by(admin):
            yield (start, values)


# What `ModelAdmin` and `UserAdmin` serve by which method.
_STANDARD = {
    "changelist_view": "",
    "add_view": "add/",
    "history_view": "{object_id}/history/",
    "delete_view": "{object_id}/delete/",
    "change_view": "{object_id}/change/",
    "user_change_password": "{id}/password/",
}


def replaced_views(world: World, site: Value) -> Iterator[tuple[str, Func]]:
    """Where a registered administration serves a page by a method of the program's in the place of the framework's."""
    for start, admin in _administrations(world, site):
        for name, path in _STANDARD.items():
            for value in map(unwrapped, inherited(admin, name)):
                if isinstance(value, Func):
                    yield (start + path, value)


def _administrations(world: World, site: Value) -> Iterator[tuple[str, Class]]:
    for event in world.named("register"):
        for model, admin in _registered(event.made, event, site):
            label, name = _named(world, model)
            if label:
                yield (f"{label}/{name.lower()}/", admin)


def _named(world: World, model: Value) -> tuple[str, str]:
    """The label and name of a model; a library's as Django calls it by default."""
    if isinstance(model, Class):
        return model_names(world.program, model)
    above, _, name = model.dotted.partition(".models.")
    return (above.rpartition(".")[2] if name else "", name.rpartition(".")[2])


def _registered(made: Made, event: Event, site: Value) -> Iterator[tuple[Value, Class]]:
    """``site.register(Model, Admin)``, ``@admin.register(Model)``."""
    decorator = made.callee
    if isinstance(decorator, Made):
        sites = argument(decorator, -1, "site")
        here = site in sites if sites else _is_default(site) and decorator.callee.dotted.endswith("admin.register")
        models = [one for values in decorator.args for one in values]
        admins = argument(made, 0)
    else:
        # Whoever registers by another name of the default site says ``admin.site`` all the same.
        holder = receiver_of(made) or _holder(decorator)
        here = holder is site or (_is_default(site) and event.name.endswith("admin.site.register"))
        models, admins = flat(argument(made, 0, "model_or_iterable")), argument(made, 1, "admin_class")
    for model in models if here else ():
        yield from ((model, one) for one in admins if isinstance(model, Class | Ext) and isinstance(one, Class))


def _holder(callee: Value) -> Value | None:
    return callee.base if isinstance(callee, Member) else None


def _given_by(cls: Class) -> Iterator[Values]:
    for value in inherited(cls, "get_urls"):
        func = unwrapped(value)
        if isinstance(func, Func):
            apart = func.on(cls)
            yield apart.returns.values or func.returns.values
