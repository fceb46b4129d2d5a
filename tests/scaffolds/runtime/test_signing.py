from __future__ import annotations

from strangler_scaffolds.runtime.signing import Verifier, read_keys, sign


def test_a_signature_is_good_once_and_for_a_while_only() -> None:
    now = [1000.0]
    keys = read_keys("a:secret")
    verifier = Verifier(keys, clock=lambda: now[0])
    first, second = sign(keys, "/p", b"", now=1000), sign(keys, "/p", b"", now=1000)
    assert verifier.lets_in(first, "/p", b"")
    assert not verifier.lets_in(first, "/p", b"")
    now[0] = 1400
    assert not verifier.lets_in(second, "/p", b"")
    assert not verifier.lets_in(first, "/p", b"")
    for header in (
        "a 1400 n " + "0" * 64,
        "b 1400 n " + "0" * 64,
        "a x n d",
        "",
        "a b c d e",
        "a \xb2 n d",
        "a 1400 n \xe9",
        f"a {'1' * 5000} n d",
    ):
        assert not verifier.lets_in(header, "/p", b"")
    assert Verifier({}).lets_in("", "/p", b"")
