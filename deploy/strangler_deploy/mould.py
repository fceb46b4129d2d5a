"""The folders of tenants that are declared alike: rendered once with the tenant left open, then filled in for each.

Rendering a tenant costs milliseconds, filling in a fraction of one. What comes out is what rendering would give: a
mould is tried against that before it is used, and a tenant that has none is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from strangler.plan.platform import Tenant
from strangler_deploy.blanks import TENANT_ID, TENANT_NAME, Form
from strangler_deploy.bundle import CALLS
from strangler_deploy.estate import Estate
from strangler_deploy.folder import placed_files, tenant_files
from strangler_deploy.placement import Placement, place, site_of

_WORTH_A_MOULD = 5
"""Members of a class: making a mould and trying it twice costs three renders."""

_END = "\0"
"""Between the parts of a form; neither names nor texts of ours have it."""

File = tuple[str, str]

BLANKS = (TENANT_ID, TENANT_NAME)
_NAMING = ("joined", "underscored")


@dataclass(frozen=True, slots=True)
class Alike:
    """What tenants have in common whose folders differ in id and name only.

    ``said`` is the rest of the declaration. Whether the id has a hyphen is here because names look different then.
    """

    said: str
    cluster: str
    has_name: bool
    has_hyphen: bool


class Mould:
    """A tenant's folder with the tenant left open."""

    def __init__(self, estate: Estate, example: Tenant) -> None:
        """``example`` is any tenant of the class."""
        parts = [part for file in placed_files(estate, opened(estate, example)) for part in file]
        self._form = Form(_END.join(parts), BLANKS, CALLS)

    def files(self, tenant: Tenant) -> list[File]:
        """Path and text of each file of a tenant of the class."""
        parts = self._form.fill(tenant.id, tenant.name).split(_END)
        return list(zip(parts[::2], parts[1::2], strict=True))

    def names(self, tenant: Tenant) -> set[str]:
        """What a tenant of the class, and it alone, is known by in its files."""
        return {tenant.id, *self._form.results(_NAMING, tenant.id, tenant.name)}


def opened(estate: Estate, example: Tenant) -> Placement:
    """The placement of any tenant of the class of ``example``: id and name are blanks."""
    name = TENANT_NAME if example.name else ""
    blank = example.model_copy(update={"id": TENANT_ID, "name": name})
    return place(estate, blank, site_of(estate, example)[0])


class Moulds:
    """The moulds of an estate's tenants, each made when its class is first wanted."""

    def __init__(self, estate: Estate, tenants: Mapping[str, Tenant]) -> None:
        """``tenants`` is by id."""
        self.classes = classes(estate, tenants.values())
        self._estate, self._tenants = estate, tenants
        self._class_of = {tenant.id: alike for alike, members in self.classes.items() for tenant in members}
        self._made: dict[Alike, Mould | None] = {}

    def of(self, tenant: str) -> Mould | None:
        """The mould that a tenant's folder comes from; None: it is rendered by itself."""
        alike = self._class_of[tenant]
        if alike not in self._made:
            self._made[alike] = mould_for(self._estate, self.classes[alike])
        return self._made[alike]

    def files(self, tenant: str) -> dict[str, str]:
        """The folder of a tenant, path → text."""
        mould, found = self.of(tenant), self._tenants[tenant]
        return dict(mould.files(found) if mould else tenant_files(self._estate, found))


def folders(estate: Estate, tenants: Iterable[Tenant]) -> Iterator[list[File]]:
    """The files of each tenant, class by class."""
    for members in classes(estate, tenants).values():
        mould = mould_for(estate, members)
        yield from (mould.files(tenant) if mould else list(tenant_files(estate, tenant)) for tenant in members)


def classes(estate: Estate, tenants: Iterable[Tenant]) -> dict[Alike, list[Tenant]]:
    """The tenants by what they have in common; one with a cluster of its own is alone in its class."""
    found: dict[Alike, list[Tenant]] = {}
    for tenant in tenants:
        site, _ = site_of(estate, tenant)
        said = tenant.model_dump_json(exclude={"id", "name"}, exclude_unset=True)
        found.setdefault(Alike(said, site.name, bool(tenant.name), "-" in tenant.id), []).append(tenant)
    return found


def mould_for(estate: Estate, members: Sequence[Tenant]) -> Mould | None:
    """The mould of a class; None where it is not worth it, or where more than was left open differs."""
    if len(members) < _WORTH_A_MOULD:
        return None
    mould = Mould(estate, members[0])
    by_length = sorted(members, key=lambda tenant: (len(tenant.id), tenant.id))
    fits = all(mould.files(tenant) == list(tenant_files(estate, tenant)) for tenant in (by_length[0], by_length[-1]))
    return mould if fits else None
