"""The bridge against the frameworks' own signing: Flask's here; Django's in tests/facade/sessions (a real part)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import sqlite3
import zlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from strangler.errors import StranglerError
from strangler.plan import Plan, loads
from strangler_facade.sessions import HEADER, Bridge, bridge, jwt, service_key
from strangler_facade.sessions import django as django_sessions
from strangler_facade.sessions.keys import master_key
from strangler_facade.sessions.payload import unpacked
from strangler_facade.sessions.settings import identity_config
from strangler_facade.sessions.stored import StoredSessions

SECRET = "the monolith's secret"
NOW = 1_800_000_000.0
TABLE = "CREATE TABLE django_session (session_key, session_data, expire_date)"
KEYS = {"billing": "key of billing", "orders": "key of orders"}


def flask_signing(secret: str = SECRET) -> Any:
    """What Flask signs its cookie with."""
    app = Flask("shop")
    app.secret_key = secret
    return app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]


def flask_cookie(values: dict[str, Any], secret: str = SECRET) -> str:
    return str(flask_signing(secret).dumps(values))


COOKIE = flask_cookie({"user_id": 42})


def config(kind: str = "flask", **more: Any) -> dict[str, Any]:
    settings = {"kind": kind, "cookie": "session", "claims": {"sub": "user_id"}, "secrets": [SECRET], "keys": KEYS}
    return {**settings, "remember": 30.0, "max_age": 1e12, **more}


def read(token: str, key: str) -> dict[str, Any]:
    head, body, signature = token.split(".")
    expected = hmac.digest(key.encode(), f"{head}.{body}".encode(), "sha256")
    assert base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)) == expected
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_a_flask_user_is_told_to_the_service_signed_with_its_own_key() -> None:
    made = Bridge(config(), clock=lambda: NOW)
    ((name, token),) = made.headers(f"theme=dark; session={flask_cookie({'user_id': 42})}", "", "billing")
    assert name == HEADER
    body = read(token, "key of billing")
    assert (body["sub"], body["aud"], body["iss"]) == ("42", "billing", "strangler")
    assert body["exp"] - body["iat"] == 120
    with pytest.raises(AssertionError):
        read(token, "key of orders")
    with pytest.raises(AssertionError):
        read(token, SECRET)


def test_a_compressed_flask_session_is_read_too() -> None:
    cookie = flask_cookie({"user_id": "ada", "cart": ["sku"] * 500})
    assert cookie.startswith(".")
    assert bridge(config()).claims(f"session={cookie}", "") == {"sub": "ada"}


def test_a_session_signed_by_another_secret_is_nobody() -> None:
    cookie = flask_cookie({"user_id": 42}, "guessed")
    made = bridge(config())
    assert made.claims(f"session={cookie}", "") == {}
    assert made.headers(f"session={cookie}", "", "billing") == ()


def test_the_old_secret_still_counts_while_it_is_being_changed() -> None:
    cookie = flask_cookie({"user_id": 42}, "the old one")
    assert bridge(config(secrets=[SECRET, "the old one"])).claims(f"session={cookie}", "") == {"sub": "42"}


def test_a_session_older_than_allowed_is_nobody() -> None:
    cookie = flask_cookie({"user_id": 42})
    late = Bridge(config(max_age=10.0), clock=lambda: NOW * 2)
    assert late.claims(f"session={cookie}", "") == {}


def test_a_signed_session_of_djangos_is_good_for_as_long_as_allowed() -> None:
    signed = base64.urlsafe_b64encode(b'{"user_id": 7}').decode().rstrip("=") + ":10"  # 62 in base 62
    value = f"{signed}:{django_sessions._signature(signed, SECRET, django_sessions._COOKIE_SALT)}"
    assert django_sessions.signed_session(value, [SECRET], 162.0, 100.0) == {"user_id": 7}
    assert django_sessions.signed_session(value, [SECRET], 162.1, 100.0) is None


def test_a_service_the_plan_does_not_know_is_told_nothing() -> None:
    assert bridge(config()).headers(f"session={flask_cookie({'user_id': 42})}", "", "unknown") == ()


def test_a_session_without_the_claim_makes_no_header() -> None:
    assert bridge(config()).headers(f"session={flask_cookie({'theme': 'dark'})}", "", "billing") == ()


def test_a_verified_session_is_believed_only_for_a_while() -> None:
    now = [NOW]
    verified = []
    made = Bridge(config(), clock=lambda: now[0])
    inner = made._verify
    made._verify = lambda value, at: verified.append(value) or inner(value, at)  # type: ignore[func-returns-value]
    header = f"session={flask_cookie({'user_id': 1})}"
    for _ in range(5):
        made.claims(header, "")
    assert len(verified) == 1
    now[0] += 31
    made.claims(header, "")
    assert len(verified) == 2


@given(st.text(max_size=80))
def test_no_cookie_value_raises(value: str) -> None:
    for kind in ("flask", "django"):
        assert bridge(config(kind)).claims(f"session={value}", "") == {}


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_cookie_with_one_byte_changed_is_nobody(place: int, change: int) -> None:
    cookie = COOKIE.encode()
    place %= len(cookie)
    forged = cookie[:place] + bytes([(cookie[place] + change) % 256]) + cookie[place + 1 :]
    said = forged.decode("latin-1")
    claims = bridge(config()).claims(f"session={said}", "")
    # The last character of base64 has bits that mean nothing, and "+" is read as "-": Flask takes it as well.
    assert claims == {} or (claims, flask_signing().loads(said)) == ({"sub": "42"}, {"user_id": 42})


def django_cookie(values: dict[str, Any], secret: str = SECRET, stamp: str = "1pTPxY") -> str:
    """What ``django.core.signing.dumps`` makes, after its documentation."""
    data = zlib.compress(json.dumps(values).encode())
    payload = "." + base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    salt = "django.contrib.sessions.backends.signed_cookies"
    key = hashlib.sha256((salt + "signer" + secret).encode()).digest()
    signature = hmac.new(key, f"{payload}:{stamp}".encode(), "sha256").digest()
    return f"{payload}:{stamp}:{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_a_django_user_is_recognised_by_the_signed_cookie() -> None:
    made = Bridge(config("django", cookie="sessionid", claims={"sub": "_auth_user_id"}), clock=lambda: NOW)
    cookie = django_cookie({"_auth_user_id": "7"})
    assert made.claims(f"sessionid={cookie}", "") == {"sub": "7"}
    assert made.claims(f"sessionid={django_cookie({'_auth_user_id': '7'}, 'guessed')}", "") == {}


@pytest.mark.parametrize("value", ["", ":", "a:b", "a:b:c", "::", "a:\u00fc:b", "a:b:\u00fc"])
def test_what_is_no_signed_value_is_nobody(value: str) -> None:
    assert django_sessions.signed_session(value, [SECRET], NOW, 1e12) is None


def test_a_payload_that_unpacks_to_more_than_any_session_is_refused() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b'{"a":"' + b"x" * 10_000_000 + b'"}')).decode()
    assert unpacked("." + bomb, lambda text: base64.urlsafe_b64decode(text)) is None


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE django_session (session_key TEXT, session_data TEXT, expire_date TEXT)")
    rows = [("abc", "data", "2099-01-01 00:00:00"), ("old", "data", "2001-01-01 00:00:00.123456")]
    connection.executemany("INSERT INTO django_session VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


def test_a_stored_session_is_found_until_it_expires(database: Path) -> None:
    stored = StoredSessions(f"sqlite:///{database}")
    assert stored.data("abc", NOW) == "data"
    assert stored.data("old", NOW) is None
    assert stored.data("' OR 1=1 --", NOW) is None


def test_a_database_that_is_away_makes_users_anonymous_and_nothing_worse(tmp_path: Path) -> None:
    assert StoredSessions(f"sqlite:///{tmp_path / 'none.sqlite3'}").data("abc", NOW) is None


def test_a_database_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(StranglerError, match="mongodb"):
        StoredSessions("mongodb://localhost/shop")


def token(body: dict[str, Any], secret: str = SECRET) -> str:
    return jwt.sign({"exp": NOW + 60, **body}, secret)


def test_a_bearer_token_is_recognised() -> None:
    made = Bridge(config("jwt", cookie=""), clock=lambda: NOW)
    assert made.claims("", f"Bearer {token({'user_id': 'ada'})}") == {"sub": "ada"}
    assert made.claims("", f"Basic {token({'user_id': 'ada'})}") == {}


@pytest.mark.parametrize(
    "body",
    [{"exp": NOW - 60}, {"exp": None}, {"nbf": NOW + 60}, {"iss": "another"}, {"aud": "somebody else"}],
    ids=str,
)
def test_a_token_out_of_time_or_for_others_is_nobody(body: dict[str, Any]) -> None:
    claims = {"exp": NOW + 60, "iss": "shop", "aud": ["web"], **body}
    keys = jwt.Keys([SECRET], {})
    assert jwt.verify(jwt.sign({"exp": NOW + 60, "iss": "shop", "aud": ["web"]}, SECRET), keys, NOW, "shop", "web")
    assert jwt.verify(jwt.sign(claims, SECRET), keys, NOW, "shop", "web") is None


def _unsigned(head: dict[str, Any]) -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, {"exp": 9e12})
    )
    return ".".join(parts)


@pytest.mark.parametrize("head", [{"alg": "none"}, {"alg": "None"}, {}, {"alg": ["HS256"]}, {"alg": "RS256"}])
def test_a_token_that_names_its_own_way_out_is_nobody(head: dict[str, Any]) -> None:
    keys = jwt.Keys([SECRET], {})
    assert jwt.verify(_unsigned(head) + ".", keys, NOW) is None
    assert jwt.verify(_unsigned(head) + ".AAAA", keys, NOW) is None


# The example of RFC 7515, appendix A.2: key, header, payload and signature.
RSA_N = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs"
    "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV"
    "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
)
RSA_TOKEN = (
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZ"
    "cAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-e"
    "OkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)


def test_the_rfcs_own_rsa_signature_holds_and_no_other_does() -> None:
    keys = jwt.Keys([], {"keys": [{"kty": "RSA", "n": RSA_N, "e": "AQAB"}, {"kty": "EC"}]})
    found = jwt.verify(RSA_TOKEN, keys, 1300819000.0)
    assert found is not None
    assert found["iss"] == "joe"
    head, body, signature = RSA_TOKEN.split(".")
    assert jwt.verify(f"{head}.{body[:-1]}A.{signature}", keys, 1300819000.0) is None
    assert jwt.verify(f"{head}.{body}.{signature[:-4]}AAAA", keys, 1300819000.0) is None


def test_a_key_that_is_too_short_to_trust_verifies_nothing() -> None:
    p, q, e = 2**127 - 1, 2**521 - 1, 65537  # two primes: their product has 648 bits
    n, size = p * q, 81
    signed = _unsigned({"alg": "RS256"})
    digest = jwt._SHA256_PREFIX + hashlib.sha256(signed.encode()).digest()
    padded = b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
    signature = pow(int.from_bytes(padded, "big"), pow(e, -1, (p - 1) * (q - 1)), n).to_bytes(size, "big")
    key = {"kty": "RSA", "n": base64.urlsafe_b64encode(n.to_bytes(size, "big")).decode().rstrip("="), "e": "AQAB"}
    token = f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    assert jwt.verify(token, jwt.Keys([], {"keys": [key]}), NOW) is None


def test_a_token_with_an_extension_that_must_be_understood_is_none() -> None:
    signed = _unsigned({"alg": "HS256", "crit": ["b64"], "b64": True})
    mac = hmac.digest(SECRET.encode(), signed.encode(), "sha256")
    token = f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
    assert jwt.verify(token, jwt.Keys([SECRET], {}), NOW) is None


def test_a_public_key_never_verifies_a_shared_secrets_signature() -> None:
    keys = jwt.Keys([], {"keys": [{"kty": "RSA", "n": RSA_N, "e": "AQAB"}]})
    assert jwt.verify(jwt.sign({"exp": NOW + 60}, RSA_N), keys, NOW) is None


def plan(session_settings: str) -> Plan:
    return loads(f"""
version: 1
monolith: {{name: shop, packages: [shop]}}
services: {{billing: {{modules: [shop.billing]}}}}
facade: {{session: {session_settings}}}
""")


def test_the_configuration_takes_its_secrets_from_the_environment(tmp_path: Path) -> None:
    made = plan("{kind: flask, claims: {sub: user_id}, secret_env: SHOP_SECRET}")
    found = identity_config(made, {"SHOP_SECRET": SECRET}, tmp_path)
    assert found is not None
    assert (found["cookie"], found["secrets"]) == ("session", [SECRET])
    assert found["keys"] == {"billing": service_key(master_key(tmp_path), "billing")}
    assert (tmp_path / "identity.key").stat().st_mode & 0o777 == 0o600


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    made = plan("{kind: flask, claims: {sub: user_id}, secret_env: SHOP_SECRET}")
    with pytest.raises(StranglerError, match="SHOP_SECRET is not set"):
        identity_config(made, {}, tmp_path)


def test_a_key_set_that_is_none_is_refused(tmp_path: Path) -> None:
    made = plan("{kind: jwt, claims: {sub: sub}, jwks_env: SHOP_JWKS}")
    with pytest.raises(StranglerError, match="SHOP_JWKS is no JSON web key set"):
        identity_config(made, {"SHOP_JWKS": "[]"}, tmp_path)


def test_without_a_session_in_the_plan_there_is_no_bridge(tmp_path: Path) -> None:
    assert identity_config(loads("{version: 1, monolith: {name: s, packages: [s]}}"), {}, tmp_path) is None


def test_each_service_has_a_key_of_its_own_and_the_same_after_a_restart(tmp_path: Path) -> None:
    first, again = master_key(tmp_path), master_key(tmp_path)
    assert first == again
    assert service_key(first, "billing") != service_key(first, "orders")
    (tmp_path / "identity.key").write_bytes(b"short")
    with pytest.raises(StranglerError, match="damaged"):
        master_key(tmp_path)


def _stored(path: Path, statement: str = "") -> StoredSessions:
    if statement:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute(statement)
    return StoredSessions(f"sqlite:///{path}")


def test_a_database_without_sessions_says_why(tmp_path: Path) -> None:
    assert _stored(tmp_path / "none").obstacle() == "unable to open database file"
    assert _stored(tmp_path / "other", "CREATE TABLE shop (id)").obstacle() == "no such table: django_session"
    assert _stored(tmp_path / "right", TABLE).obstacle() is None
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert StoredSessions(f"postgresql://shop@127.0.0.1:{port}/shop").obstacle()


def test_a_connection_that_failed_is_closed_and_the_next_look_finds_what_is_there_by_then(tmp_path: Path) -> None:
    stored = _stored(tmp_path / "db", "CREATE TABLE shop (id)")
    assert stored.data("key", 0.0) is None
    assert not [link for link in Path("/proc/self/fd").iterdir() if link.exists() and link.resolve() == tmp_path / "db"]
    assert _stored(tmp_path / "db", TABLE).obstacle() is None
    with contextlib.closing(sqlite3.connect(tmp_path / "db")) as database:
        database.execute("INSERT INTO django_session VALUES ('key', 'signed', '2100-01-01 00:00:00')")
        database.commit()
    assert stored.data("key", 0.0) == "signed"
