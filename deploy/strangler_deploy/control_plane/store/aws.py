"""Signs in to a database of AWS without a password: a signed request, valid for a quarter of an hour, stands in for it.

The signature is AWS's version 4 over the words "connect as USER", made with the credentials that the pod's identity
gives. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html
"""

from __future__ import annotations

import hashlib
import hmac
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy import Engine, event

from strangler.errors import StranglerError, UpstreamError

_SECONDS = 900
_SERVICE = "rds-db"
_EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Credentials:
    """What AWS knows a caller by."""

    key: str
    secret: str
    session: str = ""


def sign_in_by_aws(engine: Engine) -> None:
    """Have every new connection of the engine made with a token of its own, over TLS.

    Raises:
        StranglerError: it is no PostgreSQL, no region is given, or the file of certificates is none.
    """
    region = os.environ.get("AWS_REGION", "")
    if engine.dialect.name != "postgresql" or not region:
        raise StranglerError("AWS can sign in to PostgreSQL only, in a region", hint="set AWS_REGION")
    context = _trusting(os.environ.get("STRANGLER_DATABASE_CA", ""))

    def connect(dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> None:
        host = f"{parameters['host']}:{parameters.get('port', 5432)}"
        parameters["password"] = token(host, parameters["user"], region, credentials(os.environ), datetime.now(UTC))
        parameters["ssl_context"] = context

    event.listen(engine, "do_connect", connect)


def _trusting(authority: str) -> ssl.SSLContext:
    """Of servers, those that the system trusts and that ``authority`` (a file of certificates) vouches for."""
    context = ssl.create_default_context()
    try:
        if authority:
            context.load_verify_locations(authority)
    except OSError as error:
        hint = "STRANGLER_DATABASE_CA names the file with the certificates of AWS's databases"
        raise StranglerError(f"cannot use {authority}: {error}", hint=hint) from error
    return context


def credentials(environment: Mapping[str, str]) -> Credentials:
    """Those of the environment, or else what EKS Pod Identity gives the pod.

    Raises:
        UpstreamError: there are none.
    """
    if environment.get("AWS_ACCESS_KEY_ID"):
        session = environment.get("AWS_SESSION_TOKEN", "")
        return Credentials(environment["AWS_ACCESS_KEY_ID"], environment.get("AWS_SECRET_ACCESS_KEY", ""), session)
    url = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    try:
        authorization = Path(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text(encoding="utf-8").strip()
        given = httpx.get(url, headers={"authorization": authorization}, timeout=5).raise_for_status().json()
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])
    except (OSError, KeyError, ValueError, TypeError, httpx.HTTPError, httpx.InvalidURL) as error:
        hint = "its service account needs a pod identity association"
        raise UpstreamError(f"the pod has no AWS identity: {type(error).__name__}", hint=hint) from error


def token(host: str, user: str, region: str, who: Credentials, now: datetime) -> str:
    """What to give as the password of ``user`` at ``host`` (with its port)."""
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{region}/{_SERVICE}/aws4_request"
    said = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{who.key}/{scope}",
        "X-Amz-Date": moment,
        "X-Amz-Expires": str(_SECONDS),
        "X-Amz-SignedHeaders": "host",
        **({"X-Amz-Security-Token": who.session} if who.session else {}),
    }
    query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in sorted(said.items()))
    request = "\n".join(("GET", "/", query, f"host:{host}", "", "host", _EMPTY))
    hashed = hashlib.sha256(request.encode()).hexdigest()
    signature = _keyed(_key(who.secret, moment[:8], region), f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashed}").hex()
    return f"{host}/?{query}&X-Amz-Signature={signature}"


def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, _SERVICE, "aws4_request"):
        key = _keyed(key, part)
    return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
