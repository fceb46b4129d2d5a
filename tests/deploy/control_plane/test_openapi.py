"""The API against its own description, by a tool that knows nothing of either: run by .ci/steps/72-control-plane."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from .conftest import World

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.fixture
def server(world: World) -> Iterator[str]:
    world.onboard("acme", "globex")
    config = uvicorn.Config(world.app, "127.0.0.1", 0, log_level="error", access_log=False, timeout_graceful_shutdown=2)
    made, thread_error = uvicorn.Server(config), threading.Event()
    listener = config.bind_socket()
    thread = threading.Thread(target=lambda: (made.run([listener]), thread_error.set()))
    worker = threading.Thread(target=world.outbox.run)
    thread.start()
    worker.start()
    while not made.started and not thread_error.is_set():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    made.should_exit = True
    world.outbox.end()
    thread.join()
    worker.join()
    listener.close()


@pytest.mark.real
@pytest.mark.parametrize(("role", "tenant"), [("operator", ""), ("administrator", "acme"), ("meter", "")])
def test_no_input_makes_an_error_of_ours_or_an_undeclared_answer(
    world: World, server: str, role: str, tenant: str
) -> None:
    tool = os.environ.get("STRANGLER_SCHEMATHESIS")
    if not tool:
        pytest.skip("the API was not fuzzed: STRANGLER_SCHEMATHESIS names no tool (.ci/steps/72-control-plane does)")
    command = [tool, "run", f"{server}/openapi.json", "--no-color"]
    settings = ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--seed", "1"]
    settings += ["--max-examples", os.environ.get("STRANGLER_EXAMPLES", "20"), "--exclude-path-regex", "/stream$"]
    settings += ["-H", f"Authorization: Bearer {world.token(role, tenant)}", "--suppress-health-check", "all"]
    done = subprocess.run([*command, *settings], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
