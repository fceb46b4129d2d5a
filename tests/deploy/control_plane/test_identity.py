from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from strangler.errors import StranglerError, UpstreamError
from strangler_deploy.control_plane.identity.caller import Caller, Forbidden, Hidden, Role, Unauthenticated, caller_of
from strangler_deploy.control_plane.identity.keys import LocalKeys, OidcKeys
from strangler_deploy.control_plane.identity.tokens import Claims, Verifier


class Issuer:
    """An OIDC issuer on the loopback: a discovery document and its keys."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.key_id, self.asked, self.says = "k1", 0, ""
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                body = json.dumps(issuer.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *parts: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, path: str) -> Any:
        if path.endswith("openid-configuration"):
            return {"issuer": self.says or self.url, "jwks_uri": f"{self.url}/keys"}
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.key_id, "use": "sig"}, {"kty": "unheard-of", "kid": "x"}, 7]}

    def token(self, key_id: str = "k1", **claims: Any) -> str:
        said = {"iss": self.url, "aud": "strangler-control-plane", "sub": "alice", "exp": int(time.time()) + 60}
        return jwt.encode({**said, "roles": ["operator"], **claims}, self.key, "ES256", headers={"kid": key_id})


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


def test_a_token_of_the_issuer_is_checked_with_the_keys_it_publishes(issuer: Issuer) -> None:
    verifier = Verifier([OidcKeys(issuer.url, lambda: 0.0)], Claims())
    assert verifier.caller(issuer.token()) == Caller("alice", Role.OPERATOR)
    bound = issuer.token(roles=["member", "administrator"], tenant="acme")
    assert verifier.caller(bound) == Caller("alice", Role.ADMINISTRATOR, "acme")
    assert issuer.asked == 2, "keys are kept"


def test_new_keys_are_fetched_when_they_turn_up_but_not_for_every_made_up_id(issuer: Issuer) -> None:
    clock = [0.0]
    verifier = Verifier([OidcKeys(issuer.url, lambda: clock[0])], Claims())
    verifier.caller(issuer.token())
    issuer.key, issuer.key_id = ec.generate_private_key(ec.SECP256R1()), "k2"
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            verifier.caller(issuer.token("k2"))
    assert issuer.asked == 2
    clock[0] = 60.0
    assert verifier.caller(issuer.token("k2")).subject == "alice"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"iss": "http://elsewhere"},
        {"nbf": 2**40},
        {"roles": []},
        {"roles": ["root"]},
        {"roles": 7},
        {"roles": ["member"]},
        {"roles": ["operator"], "tenant": "acme"},
        {"roles": ["meter"], "tenant": "acme"},
        {"roles": ["member"], "tenant": 7},
    ],
)
def test_a_token_that_says_something_else_does_not_count(issuer: Issuer, claims: dict[str, Any]) -> None:
    verifier = Verifier([OidcKeys(issuer.url, lambda: 0.0)], Claims())
    said = {name: value for name, value in claims.items() if value is not None}
    token = issuer.token(**said)
    if None in claims.values():
        payload = {name: value for name, value in jwt.decode(token, options={"verify_signature": False}).items()}
        kept = {name: value for name, value in payload.items() if name not in claims}
        token = jwt.encode(kept, issuer.key, "ES256", headers={"kid": "k1"})
    with pytest.raises(Unauthenticated):
        verifier.caller(token)


def test_a_token_without_signature_or_signed_with_a_public_key_does_not_count(issuer: Issuer, tmp_path: Path) -> None:
    verifier = Verifier([OidcKeys(issuer.url, lambda: 0.0), LocalKeys(tmp_path / "key.pem")], Claims())
    payload = jwt.decode(issuer.token(), options={"verify_signature": False})
    public = issuer.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    forged = [
        jwt.encode(payload, None, "none", headers={"kid": "k1"}),
        jwt.encode(payload, public, "HS256", headers={"kid": "k1"}),
        jwt.encode(payload, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "k1"}),
        issuer.token(iss="strangler-control-plane", key_id="local"),
        "nonsense",
        "",
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            verifier.caller(token)


def test_an_issuer_that_says_it_is_another_one_or_is_away_is_no_issuer(issuer: Issuer) -> None:
    issuer.says = "http://another"
    with pytest.raises(UpstreamError, match="another"):
        OidcKeys(issuer.url, lambda: 0.0).key("k1")
    with pytest.raises(UpstreamError, match="cannot read"):
        OidcKeys("http://127.0.0.1:1", lambda: 0.0).key("k1")


def test_a_local_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "state/key.pem"
    claims = {"aud": "strangler-control-plane", "sub": "a", "roles": "operator other", "exp": int(time.time()) + 60}
    token = LocalKeys(path).sign(claims)
    assert path.stat().st_mode & 0o077 == 0
    assert Verifier([LocalKeys(path)], Claims()).caller(token).role is Role.OPERATOR


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("nonsense", encoding="utf-8")
    with pytest.raises(StranglerError, match="no private key"):
        LocalKeys(tmp_path / "key.pem")


def test_what_each_role_may() -> None:
    operator, admin = Caller("o", Role.OPERATOR), Caller("a", Role.ADMINISTRATOR, "acme")
    member, meter = Caller("m", Role.MEMBER, "acme"), Caller("f", Role.METER)
    operator.require()
    operator.require_tenant("any")
    admin.require_tenant("acme", Role.ADMINISTRATOR)
    member.require_tenant("acme")
    meter.require(Role.METER)
    for caller, role in ((member, Role.ADMINISTRATOR), (meter, Role.MEMBER)):
        with pytest.raises(Forbidden):
            caller.require(role)
    with pytest.raises(Forbidden):
        admin.require()
    for caller in (admin, member, meter):
        with pytest.raises(Hidden):
            caller.require_tenant("globex")


def test_claims_can_have_other_names() -> None:
    said = {"sub": "a", "custom:org": "acme", "groups": ["member"]}
    assert caller_of(said, tenant_claim="custom:org", role_claim="groups").tenant == "acme"
