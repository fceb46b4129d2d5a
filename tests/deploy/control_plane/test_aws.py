"""Signing in to a database of AWS; the expected tokens are botocore's, for the same words at the same moment."""

from __future__ import annotations

import http.server
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from strangler.errors import StranglerError, UpstreamError
from strangler_deploy.control_plane.store.aws import Credentials, credentials, token
from strangler_deploy.control_plane.store.store import Store

HOST, USER, REGION = "db.abc.eu-central-1.rds.amazonaws.com:5432", "control_plane", "eu-central-1"
MOMENT = datetime(2026, 11, 29, 20, 52, 6, tzinfo=UTC)
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    ("session", "signature"),
    [
        ("", "9d08820df61dbe1e6c19bd89348eb148e978b8a60ae585d8bfc66dce7dfa88d7"),
        (
            "FwoGZXIvYXdzEXAMPLE/token+with==signs",
            "3b22fa0d9a60cff60070cd1cbf0762424446f152eb03fcf63e57f58a73c7f43c",
        ),
    ],
)
def test_a_token_is_signed_as_aws_signs(session: str, signature: str) -> None:
    made = token(HOST, USER, REGION, Credentials("AKIDEXAMPLE", SECRET, session), MOMENT)
    place, _, query = made.partition("/?")
    said = parse_qs(query)
    assert place == HOST
    assert said["DBUser"] == [USER]
    assert said.get("X-Amz-Security-Token", [""]) == [session]
    assert said["X-Amz-Signature"] == [signature]


class _Agent(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        right = self.headers["authorization"] == "pod-token"
        body = json.dumps({"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T"} if right else {}).encode()
        self.send_response(200 if right else 403)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def test_credentials_come_from_the_pods_identity(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("pod-token\n", encoding="utf-8")
    agent = http.server.HTTPServer(("127.0.0.1", 0), _Agent)
    thread = threading.Thread(target=agent.serve_forever)
    thread.start()
    environment = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{agent.server_address[1]}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token"),
    }
    try:
        assert credentials(environment) == Credentials("A", "S", "T")
        (tmp_path / "token").write_text("another", encoding="utf-8")
        with pytest.raises(UpstreamError, match="no AWS identity"):
            credentials(environment)
    finally:
        agent.shutdown()
        thread.join()
        agent.server_close()
    with pytest.raises(UpstreamError, match="no AWS identity"):
        credentials({})


def test_keys_in_the_environment_come_first() -> None:
    assert credentials({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"}) == Credentials("A", "S")


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("STRANGLER_DATABASE_CA", str(tmp_path / "none.pem"))
    with pytest.raises(StranglerError, match=r"none\.pem"):
        Store("postgresql://control_plane@127.0.0.1:1/control_plane", "aws-iam")


def test_only_postgresql_is_signed_in_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    with pytest.raises(StranglerError, match="PostgreSQL only"):
        Store(f"sqlite:///{tmp_path / 'a.db'}", "aws-iam")
