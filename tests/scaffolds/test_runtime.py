"""The run-time library as a whole: a client and a service that talk over real sockets."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from strangler_scaffolds.clients.package import runtime_files
from strangler_scaffolds.runtime.client import Client, canary_services
from strangler_scaffolds.runtime.errors import RemoteError, ServiceUnavailable
from strangler_scaffolds.runtime.remote import KEY_HEADER, PREFIX
from strangler_scaffolds.runtime.server import CallServer
from strangler_scaffolds.runtime.signing import HEADER, Verifier, read_keys
from strangler_scaffolds.runtime.state import State, StateSource

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


def test_a_wrapper_around_the_client_in_the_modules_place_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    call = entry(client("extracted"), level)
    monkeypatch.setattr(sys.modules[HERE], "level", lambda *args, **kwargs: call(*args, **kwargs))
    assert call("a") == ("a", 0)


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
