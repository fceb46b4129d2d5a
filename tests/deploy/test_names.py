from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from strangler_deploy.names import joined, spread

_LABEL = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)


@given(st.tuples(_LABEL, _LABEL), st.tuples(_LABEL, _LABEL))
def test_two_things_never_have_one_name(first: tuple[str, str], second: tuple[str, str]) -> None:
    assert (joined(*first) == joined(*second)) == (first == second)


@given(st.lists(st.from_regex(r"[a-z0-9-]{1,300}", fullmatch=True), min_size=1, max_size=4))
def test_a_name_keeps_its_limit(parts: list[str]) -> None:
    assert len(joined(*parts)) <= 63


def test_one_more_cluster_takes_its_share_and_moves_nothing_else() -> None:
    before = {f"t{n}": spread(f"t{n}", ("a", "b", "c")) for n in range(300)}
    after = {tenant: spread(tenant, ("a", "b", "c", "d")) for tenant in before}
    moved = [tenant for tenant in before if before[tenant] != after[tenant]]
    assert all(after[tenant] == "d" for tenant in moved)
    assert 40 < len(moved) < 120
