"""TLS on both sides of a real worker process."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess

import pytest

from strangler.errors import StranglerError
from strangler_facade.plane.tls import server_context

from .workers import ask, start_worker, table


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
