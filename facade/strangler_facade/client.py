"""The admin interface as Python calls, for the command line and for scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx

from strangler.errors import StranglerError, UpstreamError


class AdminClient:
    """A running facade's admin interface; use it as a context manager.

    Answers are the JSON objects that docs/reference/facade-control.md shows.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 30.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Speak to the admin at ``url`` (``http://HOST:PORT``, or just ``HOST:PORT``) with a bearer token."""
        base = url if "://" in url else f"http://{url}"
        self._url = base
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=base, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> AdminClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def status(self) -> dict[str, Any]:
        """Version, services and workers."""
        return self._object("GET", "/v1/status")

    def service(self, name: str) -> dict[str, Any]:
        """One service."""
        return self._object("GET", f"/v1/services/{name}")

    def shift(self, name: str, percent: float, reason: str, *, revision: int | None = None) -> dict[str, Any]:
        """Give a service ``percent`` of its users; returns when every worker routes so.

        With ``revision`` only if nobody has changed the service since.
        """
        return self._change(name, "shift", {"percent": percent, "reason": reason}, revision)

    def shadow(self, name: str, on: bool, reason: str, *, revision: int | None = None) -> dict[str, Any]:
        """Switch mirroring."""
        return self._change(name, "shadow", {"on": on, "reason": reason}, revision)

    def stage(self, name: str, stage: str, reason: str, *, revision: int | None = None) -> dict[str, Any]:
        """Move a service to a stage."""
        return self._change(name, "stage", {"stage": stage, "reason": reason}, revision)

    def rollback(self, name: str, reason: str) -> dict[str, Any]:
        """Send all of a service's users back to the monolith."""
        return self._change(name, "rollback", {"reason": reason}, None)

    def rollout(self, name: str, action: str, reason: str) -> dict[str, Any]:
        """``start``, ``pause``, ``resume``, ``approve`` or ``abort`` a service's rollout."""
        return self._change(name, "rollout", {"action": action, "reason": reason}, None)

    def attest(self, name: str, reason: str, **evidence: bool) -> dict[str, Any]:
        """Record ``backfill_verified``, ``reverse_replication`` or ``code_restored``."""
        return self._change(name, "evidence", {**evidence, "reason": reason}, None)

    def restore(self, version: int, reason: str) -> dict[str, Any]:
        """Put an old version in force again."""
        return self._object("POST", "/v1/restore", {"version": version, "reason": reason})

    def history(self, *, service: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """The audit log, newest first."""
        parameters = {"limit": limit, **({"service": service} if service else {})}
        found: list[dict[str, Any]] = self._send("GET", "/v1/history", parameters=parameters)
        return found

    def version(self, number: int) -> dict[str, Any]:
        """One version's rules and positions."""
        return self._object("GET", f"/v1/versions/{number}")

    def routes(self) -> dict[str, Any]:
        """The table in force."""
        return self._object("GET", "/v1/routes")

    def differences(self, *, service: str | None = None) -> dict[str, Any]:
        """What shadowing found, by route."""
        found: dict[str, Any] = self._send("GET", "/v1/differences", parameters={"service": service} if service else {})
        return found

    def explain(self, method: str, path: str, headers: Mapping[str, str], client: str) -> dict[str, Any]:
        """Where a request would go, and why."""
        body = {"method": method, "path": path, "headers": dict(headers), "client": client}
        return self._object("POST", "/v1/explain", body)

    def state(self, name: str, *, after: int = -1, wait: float = 0) -> dict[str, Any]:
        """What a client of the service needs; waits up to ``wait`` seconds for another version than ``after``."""
        found: dict[str, Any] = self._send(
            "GET", f"/v1/services/{name}/state", parameters={"after": after, "wait": wait}
        )
        return found

    def _change(self, name: str, action: str, body: Mapping[str, Any], revision: int | None) -> dict[str, Any]:
        headers = {} if revision is None else {"if-match": f'"r{revision}"'}
        return self._object("POST", f"/v1/services/{name}/{action}", body, headers)

    def _object(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        found: dict[str, Any] = self._send(method, path, body, headers)
        return found

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            answer = self._client.request(method, path, json=body, headers=headers, params=parameters)
        except httpx.HTTPError as error:
            message = f"the facade's admin at {self._url} does not answer: {_in_words(error)}"
            raise UpstreamError(message, hint="is it running? strangler facade run, or name it with --admin") from error
        if answer.is_success:
            return answer.json()
        raise _refusal(answer)


def _in_words(error: httpx.HTTPError) -> str:
    """What went wrong without the number that the system has for it; some errors say nothing but their name."""
    return re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__


def _refusal(answer: httpx.Response) -> StranglerError:
    try:
        error = answer.json()["error"]
        return StranglerError(error["message"], hint=error["hint"])
    except (ValueError, KeyError, TypeError):
        return UpstreamError(f"{answer.url} answered {answer.status_code}", hint="is this the facade's admin?")
