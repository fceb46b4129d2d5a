"""TLS on both sides of a real worker process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess
import sys

import pytest

from strangler.errors import StranglerError
from strangler_facade.plane.tls import server_context
from strangler_facade.plane.worker import listening
from strangler_facade.serialize import to_json
from strangler_facade.table import RouteTable, Target

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


async def start_worker(*options, **values):
    port = free_port()
    command = [sys.executable, "-m", "strangler_facade.plane", "--listen", f"127.0.0.1:{port}", *options]
    child = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE, **values)
    return child, port


def free_port():
    with listening("127.0.0.1:0") as sock:
        return sock.getsockname()[1]


async def ask(port, data=GET, tls=None):
    while True:
        with contextlib.suppress(ConnectionError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None
            )
            break
        await asyncio.sleep(0.05)
    writer.write(data)
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(2)
    writer.close()
    return head + body


def table(port, version=1, scheme="http", **values):
    return to_json(RouteTable(version, (Target("monolith", f"{scheme}://localhost:{port}", **values),), "monolith"))


@pytest.fixture
def alone():
    """Runs a scenario on the plain loop: the workers have loops of their own."""

    def runner(scenario):
        async def bounded():
            async with asyncio.timeout(40):
                return await scenario

        return asyncio.run(bounded())

    return runner


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that signs itself."""
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-nodes"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        *subject,
        "-out",
        str(paths[0]),
        "-keyout",
        str(paths[1]),
    ]
    try:
        subprocess.run(command, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("TLS is NOT tested here: there is no openssl to make a certificate with")
    return paths


@pytest.mark.parametrize("loop", ["auto", "asyncio"])
def test_tls_on_both_sides(alone, lab, tmp_path, certificate, loop):
    async def scenario():
        cert, key = map(str, certificate)
        origin = await asyncio.start_server(lab.monolith._serve, "localhost", 0, ssl=server_context(cert, key))
        good = origin.sockets[0].getsockname()[1]
        trust = ssl.create_default_context(cafile=cert)
        for authority, status in ((cert, b"200"), (None, b"503")):
            file = tmp_path / "table.json"
            file.write_text(json.dumps(table(good, scheme="https", ca_file=authority)))
            child, port = await start_worker("--table", str(file), "--tls-cert", cert, "--tls-key", key, "--loop", loop)
            answer = await ask(port, tls=trust)
            assert answer[9:12] == status
            child.terminate()
            await child.wait()
        assert b"\r\nX-Forwarded-Proto: https\r\n" in lab.monolith.requests[0] and len(lab.monolith.requests) == 1
        origin.close()

    alone(scenario())


def test_a_certificate_that_cannot_be_used_is_an_error(tmp_path):
    (tmp_path / "cert.pem").write_text("no")
    with pytest.raises(StranglerError, match=r"cert\.pem"):
        server_context(str(tmp_path / "cert.pem"), None)
