from __future__ import annotations

import pytest

from strangler.plan.platform import Tenant
from strangler_deploy.check import clusters
from strangler_deploy.checks.documents import read
from strangler_deploy.checks.links import linked
from strangler_deploy.estate import Estate
from strangler_deploy.folder import tenant_files
from strangler_deploy.outline import Outline
from strangler_deploy.verify import of_all

from .estates import ISOLATIONS, plan


@pytest.mark.parametrize("isolation", ISOLATIONS)
@pytest.mark.parametrize(("example", "id_"), [("acme", "globex"), ("acme-x", "g-" * 20 + "x"), ("acme", "1e3")])
def test_what_is_outlined_is_what_the_files_hold(isolation: str, example: str, id_: str) -> None:
    estate = Estate(plan(isolation))
    first, other = (Tenant(id=name, name='O"Neill\\', cluster="main") for name in (example, id_))
    outlined = Outline(estate, first).of(other)
    documents = list(read(dict(tenant_files(estate, other)), []))
    wanted = {document.path: document.data for document in documents if of_all(document.data)}
    assert {document.path: document.data for document in outlined.documents} == wanted
    links = linked(documents, clusters(estate, {id_: other}))
    own = {(cluster, identity) for cluster, identity, _, _ in links.have} | links.made
    homes = {(cluster, identity.name) for cluster, identity in own if identity.kind == "Namespace"}
    assert set(outlined.links.have) == {h for h in links.have if (h[0], h[1].namespace) not in homes}
    assert set(outlined.links.named) == {link for link in links.named if (link.cluster, link.target) not in own}
