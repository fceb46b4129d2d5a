"""The compiled codec against the plain one: whatever the bytes, the same result or the same refusal."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_facade.plane.codecs import accelerated, heads
from strangler_facade.plane.codecs.accelerate import MARK, build, digest
from strangler_facade.plane.codecs.fields import REQUEST_KINDS, RESPONSE_KINDS
from strangler_facade.plane.codecs.refusal import Refusal

FRAGMENTS = [
    *(b"%b: %b" % (name, value) for name in REQUEST_KINDS for value in (b"a", b"5", b"chunked", b"close", b"")),
    *(b"Connection: " + value for value in (b"keep-alive", b"Keep-Alive", b"upgrade", b"close, X", b"X-Hop", b",")),
    b"X_Forwarded_For: 1", b"X-Forwarded_Proto: a", b"a_b: c", b"Transfer_Encoding: chunked",
    b"Host: a:80", b"Host: [::1]:80", b"host:a:", b"HOST: a_b", b"Content-Length: 00012", b"content-length:\t5 ",
    b"Cookie: sid=1; a=\xff", b"X-Hop: 1", b"A:", b"A:  b\t c  ", b"Accept: */*", b"Set-Cookie: a", b"x" * 40 + b": y",
]  # fmt: skip
ODD = [
    b"\x00",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b"\x7f",
    b"\x80",
    b"\xff",
    b",",
    b"[",
    b"@",
    b"%",
]
BEHIND = (b"", b"", b"{}", b"\r\n", b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: b\r\n\r\n", b"x" * 70_000)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """The codec, compiled here and now, whatever else may be installed."""
    try:
        place = build(tmp_path_factory.mktemp("built"))
    except StranglerError as error:
        pytest.skip(f"the compiled codec is NOT tested here: {error.message}")
    spec = importlib.util.spec_from_file_location("_heads", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kinds = (REQUEST_KINDS, RESPONSE_KINDS, heads.RequestHead, heads.ResponseHead)
    module.use(*kinds, deferred, deferred, heads.NO_EXTRAS, heads.LONGEST_TARGET, heads.MOST_FIELDS)
    return module


class Deferred(Exception):
    """The compiled codec has left the decision to the plain one."""


def deferred(block):
    raise Deferred


def outcome(function, block):
    try:
        return function(block)
    except Refusal:
        return "refused"
    except Deferred:
        return "deferred"


def requests(chance):
    targets = (b"/", b"/a/b?c=d", b"/%2F", b"*", b"http://b/", b"/" + b"a" * chance.choice((10, 8100, 8200, 9000)))
    while True:
        method = chance.choice((b"GET", b"POST", b"OPTIONS", b"G.T", b"x" * 33))
        first = b"%b %b HTTP/1.%d" % (method, chance.choice(targets), chance.choice((1, 1, 1, 0)))
        lines = [first, b"Host: a"] if chance.random() < 0.9 else [first]
        lines += chance.choices(FRAGMENTS, k=chance.choice((0, 1, 2, 3, 5, 8, 130)))
        yield spoilt(b"\r\n".join(lines), chance)


def responses(chance):
    while True:
        first = b"HTTP/1.%d %d%b" % (
            chance.choice((1, 1, 0)),
            chance.choice((200, 404, 99, 1000)),
            chance.choice((b" OK", b"", b" ")),
        )
        yield spoilt(b"\r\n".join([first, *chance.choices(FRAGMENTS, k=chance.choice((0, 1, 3, 6, 130)))]), chance)


def spoilt(block, chance):
    """Sometimes with bytes put in, taken out or changed."""
    data = bytearray(block)
    while data and chance.random() < 0.35:
        place = chance.randrange(len(data))
        what = chance.random()
        if what < 0.4:
            data[place:place] = chance.choice(ODD)
        elif what < 0.7:
            del data[place : place + chance.choice((1, 1, 3))]
        else:
            data[place] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["request", "response"])
def test_compiled_and_plain_agree_on_every_head(compiled, kind, seed):
    chance = random.Random(seed)
    fast = compiled.next_request if kind == "request" else compiled.next_response
    slow = heads.next_request if kind == "request" else heads.next_response
    blocks = requests(chance) if kind == "request" else responses(chance)
    decided = 0
    for _ in range(6000):
        block = next(blocks) + b"\r\n\r\n" + chance.choice(BEHIND)
        result = outcome(fast, block)
        if result != "deferred":
            decided += 1
            expected = outcome(slow, block)
            assert result == expected and type(result) is type(expected), block
    assert decided > 300, "the generator hardly reaches the compiled part"


def test_the_compiled_codec_does_not_leak(compiled):
    blocks = [
        b"GET / HTTP/1.1\r\nHost: a\r\nCookie: b\r\nX-Real-IP: c",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b",
        b"GET / HTTP/1.0",
    ]
    blocks = [*blocks, *(block + b"\r\n\r\n{}" for block in blocks)]
    for block in blocks:
        outcome(compiled.next_request, block)
    before = sys.getallocatedblocks()
    for _ in range(2000):
        for block in blocks:
            outcome(compiled.next_request, block)
    assert sys.getallocatedblocks() - before < 200


def test_what_is_no_bytes_is_an_error(compiled):
    with pytest.raises(TypeError):
        compiled.next_request("GET / HTTP/1.1")


def test_the_plain_codec_is_used_when_asked_for():
    script = "from strangler_facade.plane.codecs import accelerated as a; print(a.compiled)"
    run = subprocess.run(
        [sys.executable, "-c", script], env={"STRANGLER_PURE": "1"}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False\n"


def test_a_source_that_does_not_compile_is_an_error_with_the_compilers_words(tmp_path: Path, monkeypatch):
    source = tmp_path / "_heads.c"
    source.write_text("#error no")
    monkeypatch.setattr("strangler_facade.plane.codecs.accelerate.SOURCE", source)
    with pytest.raises(StranglerError):
        build(tmp_path)


def test_what_was_built_of_another_source_is_not_used(tmp_path: Path) -> None:
    assert not accelerated._is_current(tmp_path)
    (tmp_path / MARK).write_text("0" * 64, encoding="utf-8")
    assert not accelerated._is_current(tmp_path)
    (tmp_path / MARK).write_text(digest(), encoding="utf-8")
    assert accelerated._is_current(tmp_path)
