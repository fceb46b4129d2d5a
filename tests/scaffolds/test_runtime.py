"""The run-time library as a whole: a client and a service that talk over real sockets."""

from __future__ import annotations

import contextlib
import inspect
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from strangler_scaffolds.clients.package import runtime_files
from strangler_scaffolds.runtime.calls import Call, spread
from strangler_scaffolds.runtime.client import Client, canary_services
from strangler_scaffolds.runtime.errors import RemoteError, ServiceUnavailable
from strangler_scaffolds.runtime.guards import Breaker, Bulkhead
from strangler_scaffolds.runtime.metrics import Metrics
from strangler_scaffolds.runtime.remote import KEY_HEADER, PREFIX
from strangler_scaffolds.runtime.server import CallServer
from strangler_scaffolds.runtime.signing import HEADER, Verifier, read_keys, sign
from strangler_scaffolds.runtime.state import State, StateSource
from strangler_scaffolds.runtime.transport import Transport

HERE = __name__


class Missing(LookupError):
    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


calls: list[str] = []


def level(sku: str, at: int = 0) -> tuple[str, int]:
    calls.append(sku)
    if sku == "none":
        raise Missing(sku)
    return sku, at


def fill(basket: list[str], sku: str) -> int:
    basket.append(sku)
    return len(basket)


def take(sku: str) -> str:
    calls.append(sku)
    return sku


def _terms(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "idempotency": "none", "timeout_ms": 2000, "mutates": [], **more}


CONTRACT: dict[str, Any] = {
    "service": "stock",
    "store": "shared",
    "packages": [HERE],
    "entries": {
        f"{HERE}:level": _terms("query"),
        f"{HERE}:fill": _terms("command", mutates=["basket"]),
        f"{HERE}:take": _terms("command", idempotency="key"),
    },
}


class Service(ThreadingHTTPServer):
    daemon_threads = True
    status = 0  # when set: what every call is answered with, by somebody in between

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls = CallServer(CONTRACT, contextlib.nullcontext)
        self.seen: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append({"path": self.path, "body": body.decode(), **dict(self.headers)})
        ref = self.path[len(PREFIX) :].replace("/", ":")
        status, answer = self.server.calls.answer(ref, body, self.headers.get(KEY_HEADER, ""))
        if self.server.status:
            status, answer = self.server.status, b"<html>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


made_clients: list[Client] = []


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    calls.clear()
    yield
    while made_clients:
        made_clients.pop().close()


def client(stage: str, url: str = "", **environ: str) -> Client:
    made = Client(CONTRACT)
    made_clients.append(made)
    environ = {"STRANGLER_STOCK_STAGE": stage, "STRANGLER_STOCK_URL": url, **environ}
    made.state = StateSource("stock", environ)
    return made


def entry(made: Client, function: Any) -> Any:
    return made.entry(f"{HERE}:{function.__name__}")(function)


def test_extracted_means_local_and_nothing_is_sent(service: Service) -> None:
    assert entry(client("extracted", service.url), level)("a", at=3) == ("a", 3)
    assert service.seen == []


def test_live_means_remote_with_the_same_types(service: Service) -> None:
    assert entry(client("live", service.url), level)("a") == ("a", 0)
    assert len(service.seen) == 1
    assert service.seen[0]["traceparent"].startswith("00-")


def test_an_exception_arrives_as_the_same_class(service: Service) -> None:
    with pytest.raises(Missing) as caught:
        entry(client("live", service.url), level)("none")
    assert caught.value.sku == "none"


def test_a_changed_argument_is_written_back(service: Service) -> None:
    basket = ["a"]
    assert entry(client("live", service.url), fill)(basket, "b") == 2
    assert basket == ["a", "b"]


def test_only_those_of_the_canary_go_to_the_service(service: Service) -> None:
    call = entry(client("canary", service.url), level)
    call("a")
    assert service.seen == []
    token = canary_services.set(frozenset({"stock"}))
    call("a")
    canary_services.reset(token)
    assert len(service.seen) == 1


def test_a_shadow_asks_queries_only_and_answers_locally(service: Service) -> None:
    made = client("shadow", service.url)
    basket: list[str] = []
    assert entry(made, fill)(basket, "a") == 1
    assert entry(made, level)("a") == ("a", 0)
    settle(made)
    assert [seen["path"] for seen in service.seen] == [f"{PREFIX}{HERE}/level"]
    assert made.metrics.value(f"{HERE}:level", "shadow_same") == 1


def settle(made: Client) -> None:
    for thread in threading.enumerate():
        if thread.daemon and getattr(thread, "_target", None) == made._compare:
            thread.join()


def test_a_shadow_compares_exceptions_too(service: Service) -> None:
    made = client("shadow", service.url)
    with pytest.raises(Missing):
        entry(made, level)("none")
    settle(made)
    assert made.metrics.value(f"{HERE}:level", "shadow_same") == 1


def test_a_shadow_that_raises_something_else_is_different(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    made = client("shadow", service.url)
    monkeypatch.setattr(made, "run_local", lambda call: ("a", 0))
    assert entry(made, level)("none") == ("a", 0)
    settle(made)
    assert made.metrics.value(f"{HERE}:level", "shadow_different") == 1


def test_shadows_are_left_out_where_too_many_wait(service: Service) -> None:
    made = client("shadow", service.url)
    made._shadows = threading.BoundedSemaphore(1)
    made._shadows.acquire()
    assert entry(made, level)("a") == ("a", 0)
    assert (made.metrics.value(f"{HERE}:level", "shadow_skipped"), service.seen) == (1, [])
    made._shadows.release()


def test_an_open_breaker_is_not_asked_again_at_once(service: Service) -> None:
    made = client("live", service.url)
    for _ in range(5):
        made._breaker.failed()
    assert entry(made, level)("a") == ("a", 0)
    assert service.seen == []
    assert made.metrics.value(f"{HERE}:level", "fallback") == 1


def test_a_query_falls_back_to_local_code_and_a_command_does_not() -> None:
    made = client("live", "http://127.0.0.1:9")
    assert entry(made, level)("a") == ("a", 0)
    assert made.metrics.value(f"{HERE}:level", "unavailable") == 3
    assert made.metrics.value(f"{HERE}:level", "fallback") == 1
    with pytest.raises(ServiceUnavailable):
        entry(made, fill)([], "a")
    assert made.metrics.value(f"{HERE}:fill", "unavailable") == 1


def test_the_kill_switch_makes_everything_local(service: Service) -> None:
    assert entry(client("live", service.url, STRANGLER_STOCK_OFF="1"), level)("a") == ("a", 0)
    assert service.seen == []


def test_a_call_with_a_key_that_is_sent_again_is_run_once(service: Service) -> None:
    body = json.dumps({"arguments": {"sku": "a"}}).encode()
    first = service.calls.answer(f"{HERE}:take", body, "k1")
    assert service.calls.answer(f"{HERE}:take", body, "k1") == first
    assert calls == ["a"]


def test_a_function_outside_the_contract_is_not_served(service: Service) -> None:
    assert service.calls.answer("os:getcwd", b"{}")[0] == 404
    with pytest.raises(RemoteError):
        client("live").remote_for(State("live", 0, service.url)).call("os:getcwd", {}, "k", False, 1)


def test_a_proxys_error_page_is_no_answer(service: Service) -> None:
    service.status = 502
    with pytest.raises(ServiceUnavailable):
        entry(client("live", service.url), fill)([], "a")


def test_wrong_arguments_fail_as_they_would_locally(service: Service) -> None:
    with pytest.raises(TypeError, match="missing a required argument"):
        entry(client("live", service.url), level)()


def test_calls_are_signed_when_there_are_keys(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRANGLER_STOCK_KEYS", "new:s3cret,old:other")
    entry(client("live", service.url), level)("a")
    seen = service.seen[0]
    verifier = Verifier(read_keys("old:other,new:s3cret"))
    call = seen[KEY_HEADER]
    assert not verifier.lets_in(seen[HEADER], seen["path"], b"another body", call)
    assert not verifier.lets_in(seen[HEADER], seen["path"], seen["body"].encode(), "another call")
    assert verifier.lets_in(seen[HEADER], seen["path"], seen["body"].encode(), call)
    assert not verifier.lets_in(seen[HEADER], seen["path"], seen["body"].encode(), call)


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
    for header in ("a 1400 n " + "0" * 64, "b 1400 n " + "0" * 64, "a x n d", "", "a b c d e"):
        assert not verifier.lets_in(header, "/p", b"")
    assert Verifier({}).lets_in("", "/p", b"")


class Flaky(ThreadingHTTPServer):
    """Answers the first request of each connection and hangs up on the second, after it has come in."""

    daemon_threads = True
    seen = 0


class _Flaky(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Flaky
    answered = False

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen += 1
        if self.answered:
            self.close_connection = True
            return
        self.answered = True
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler], kind: Any = ThreadingHTTPServer) -> Iterator[Any]:
    with kind(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("again", "arrived"), [(False, 2), (True, 3)])
def test_what_may_have_arrived_is_sent_again_only_where_it_may_be(again: bool, arrived: int) -> None:
    with serving(_Flaky, Flaky) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        assert transport.post("/", b"", {}, 5, again) == (200, b"{}")
        if again:
            assert transport.post("/", b"", {}, 5, again) == (200, b"{}")
        else:
            with pytest.raises(ServiceUnavailable) as caught:
                transport.post("/", b"", {}, 5, again)
            assert caught.value.sent
        assert server.seen == arrived
        transport.close()


class _Closing(_Flaky):
    def do_POST(self) -> None:
        super().do_POST()
        self.close_connection = True


def test_a_kept_connection_that_was_closed_meanwhile_is_not_used() -> None:
    with serving(_Closing, Flaky) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        for _ in range(3):
            assert transport.post("/", b"", {}, 5) == (200, b"{}")
            (kept,) = transport._idle
            assert kept.sock.recv(1, socket.MSG_PEEK) == b""  # its end has come in
        assert server.seen == 3
        transport.close()


class _Old(BaseHTTPRequestHandler):
    """HTTP/1.0: the end of the connection is the end of the answer."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    def log_message(self, *_: Any) -> None:
        pass


def test_an_answer_may_end_with_its_connection() -> None:
    with serving(_Old) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        for _ in range(2):
            assert transport.post("/", b"", {}, 5) == (200, b"x" * 100_000)
        assert transport._idle == []


class _Trickling(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(1000):
                self.wfile.write(b" ")
                time.sleep(0.02)

    def log_message(self, *_: Any) -> None:
        pass


def test_an_answer_that_trickles_in_has_the_deadline_as_a_whole() -> None:
    with serving(_Trickling) as server:
        transport = Transport(f"http://127.0.0.1:{server.server_address[1]}")
        with pytest.raises(ServiceUnavailable) as caught:
            transport.post("/", b"", {}, 0.3)
        assert caught.value.sent


def test_a_wrapper_around_the_client_in_the_modules_place_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    call = entry(client("extracted"), level)
    monkeypatch.setattr(sys.modules[HERE], "level", lambda *args, **kwargs: call(*args, **kwargs))
    assert call("a") == ("a", 0)


def test_a_breaker_opens_after_failures_and_tries_again_later() -> None:
    now = [0.0]
    breaker = Breaker(failures=2, pause=5, clock=lambda: now[0])
    breaker.failed()
    breaker.enter()
    breaker.failed()
    assert breaker.is_open
    with pytest.raises(ServiceUnavailable):
        breaker.enter()
    now[0] = 5.1
    breaker.enter()
    with pytest.raises(ServiceUnavailable):
        breaker.enter()
    breaker.succeeded()
    breaker.enter()


def test_a_full_bulkhead_refuses_when_the_time_is_up() -> None:
    bulkhead = Bulkhead(1)
    with pytest.raises(ServiceUnavailable, match="too many"):
        bulkhead.run(lambda: bulkhead.run(lambda: None, 0.01), 0.01)
    assert bulkhead.run(lambda: 1, 0.01) == 1


def test_metrics_are_text_that_adds_up() -> None:
    metrics = Metrics("x")
    metrics.count("f", "ok", 0.003)
    metrics.count("f", "error", 3.0)
    text = metrics.text()
    assert 'x_calls_total{function="f",outcome="ok"} 1' in text
    assert 'x_call_seconds_bucket{function="f",le="0.005"} 1' in text
    assert 'x_call_seconds_bucket{function="f",le="+Inf"} 2' in text


def test_the_state_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    source = StateSource("stock", {"STRANGLER_STATE_FILE": str(path)})
    assert source.current().stage == "extracted"
    path.write_text('{"services": {"stock": {"stage": "canary", "percent": 5, "url": "http://s"}}}')
    assert source.current() == State("canary", 5.0, "http://s")
    path.write_text("half written")
    assert source.current().stage == "canary"


def test_what_was_told_long_ago_is_trusted_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1.0]
    source = StateSource("stock", {"STRANGLER_STATE_URL": "http://127.0.0.1:9/"}, clock=lambda: now[0])
    monkeypatch.setattr(source, "_start_polling", lambda: None)
    source.tell({"version": 1, "services": {"stock": {"stage": "live", "url": "http://s"}}})
    assert source.current().stage == "live"
    now[0] = 100.0
    assert source.current() == State("extracted", 0.0, "http://s")


@pytest.mark.parametrize(
    ("definition", "args", "kwargs"),
    [
        ("def f(a, b=1): ...", (1,), {"b": 2}),
        ("def f(a, /, b): ...", (1, 2), {}),
        ("def f(a, *rest, k=0, **more): ...", (1, 2, 3), {"k": 4, "z": 5}),
        ("def f(*, k): ...", (), {"k": 1}),
    ],
)
def test_arguments_by_name_spread_to_the_same_call(definition: str, args: Any, kwargs: Any) -> None:
    names: dict[str, Any] = {}
    exec(definition, names)
    signature = inspect.signature(names["f"])
    positional, keywords = spread(Call("m:f", signature, args, kwargs).arguments())
    assert signature.bind(*positional, **keywords) == signature.bind(*args, **kwargs)


@pytest.mark.parametrize("path", sorted(runtime_files("")))
def test_the_library_is_plain_python_3_8(path: str) -> None:
    compile(runtime_files("")[path], path, "exec", flags=0x400)  # syntax only
    import ast

    tree = ast.parse(runtime_files("")[path], feature_version=(3, 8))
    imported = {
        n.module.partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and not n.level
    }
    imported |= {a.name.partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert imported <= set(sys.stdlib_module_names)


def test_the_library_runs_on_an_old_python(tmp_path: Path) -> None:
    old = sorted((Path.home() / ".pyenv" / "versions").glob("3.8.*/bin/python"))
    if not old:
        pytest.skip("NO PYTHON 3.8 HERE: the run-time library was only checked by its syntax")
    for name, text in runtime_files("runtime/").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    modules = ", ".join(f"runtime.{name.removesuffix('.py')}" for name in runtime_files("") if name != "__init__.py")
    use = "c = Codec(class_finder([])); print(c.loads(c.dumps({1: (2,)})))"
    code = f"import {modules}; from runtime.codec import *\n{use}"
    done = subprocess.run([str(old[0]), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "{1: (2,)}\n"
