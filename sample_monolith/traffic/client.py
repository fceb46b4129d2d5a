"""One keep-alive connection, many customers' cookies, and a verdict on each answer."""

import http.client
import json
import select
import threading
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

SAFE = frozenset({"GET", "HEAD"})
CUT_OFF = frozenset({502, 503, 504})
TIMEOUT_SECONDS = 30


class JourneyBroken(Exception):
    """The answer was wrong or did not come; what the customer wanted next makes no sense."""


class OutOfBudget(Exception):
    """As many requests as were asked for are made, or the time is up."""


class Budget:
    """How many requests may still be made, until when and how fast."""

    def __init__(self, requests, seconds, rate):
        self._lock = threading.Lock()
        self._left = requests
        self._end = time.monotonic() + seconds
        self._gap = 1 / rate if rate else 0.0
        self._next = time.monotonic()
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True

    @property
    def over(self) -> bool:
        return self._stopped or self._left == 0 or time.monotonic() >= self._end

    def take(self) -> None:
        """Wait for a turn to make one request."""
        with self._lock:
            if self.over:
                raise OutOfBudget
            self._left = None if self._left is None else self._left - 1
            turn = max(self._next, time.monotonic())
            self._next = turn + self._gap
        pause = turn - time.monotonic()
        if pause > 0:
            time.sleep(pause)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


class Connection:
    """A keep-alive connection that is never repeated on: an error is an error."""

    def __init__(self, host: str, port: int, budget: Budget, tally):
        self._http = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        self._budget = budget
        self.tally = tally

    def close(self) -> None:
        self._http.close()

    def _ready(self) -> None:
        """Connect, also when the server has hung up on the idle connection meanwhile."""
        if self._http.sock is not None and select.select([self._http.sock], [], [], 0)[0]:
            self._http.close()
        if self._http.sock is None:
            self._http.connect()

    def send(self, method, path, headers, body) -> Answer:
        """Make one request, count it, and judge whether an answer came at all."""
        self._budget.take()
        keyed = "Idempotency-Key" in headers
        certain = method in SAFE or keyed
        began = time.monotonic()
        sent = False
        try:
            self._ready()
            sent = True
            self._http.request(method, path, body=body, headers=headers)
            response = self._http.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            self.tally.answered(method, path, None, None, 0, keyed)
            if certain or not sent:
                self.tally.failed(method, path, f"connection: {error!r}")
            else:
                self.tally.indeterminate()
            time.sleep(0.1)
            raise JourneyBroken from error
        elapsed = time.monotonic() - began
        served_by = answer.headers.get("X-Served-By")
        self.tally.answered(method, path, answer.status, served_by, elapsed, keyed)
        admitted = answer.headers.get("X-Strangler-Indeterminate") == "1"
        if answer.status in CUT_OFF and admitted and not certain:
            self.tally.indeterminate()
            raise JourneyBroken
        return answer


class Browser:
    """One customer's cookies. `via` is the connection the customer happens to be on."""

    def __init__(self, tenant: str):
        self.tenant = tenant
        self.via: Connection | None = None
        self._cookies: dict[str, str] = {}
        self.etags: dict[str, str] = {}

    def forget(self) -> None:
        self._cookies.clear()
        self.etags.clear()

    def send(self, method, path, *, status=200, data=None, form=None, key=None, headers=None):
        """Make a request whose answer must have `status` (one of, if it is a tuple)."""
        sending = {"X-Tenant": self.tenant, **(headers or {})}
        if self._cookies:
            sending["Cookie"] = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        if key is not None:
            sending["Idempotency-Key"] = key
        body = None
        if data is not None:
            body = json.dumps(data).encode()
            sending["Content-Type"] = "application/json"
        elif form is not None:
            body = urlencode(form).encode()
            sending["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.via.send(method, path, sending, body)
        for value in answer.headers.get_all("Set-Cookie", ()):
            for name, morsel in SimpleCookie(value).items():
                self._cookies[name] = morsel.value
        expected = status if isinstance(status, tuple) else (status,)
        self.require(
            answer.status in expected,
            method,
            path,
            lambda: f"status {answer.status}, not {status}: {answer.text[:200]}",
        )
        return answer

    def require(self, right, method, path, why) -> None:
        """The answer must be right, or it counts as failed."""
        if not right:
            self.via.tally.failed(method, path, why() if callable(why) else why)
            raise JourneyBroken

    def ask(self, method, path, facts, **options):
        """Like `send`, for JSON answers: `facts` gets the parsed body and must find it right."""
        answer = self.send(method, path, **options)
        try:
            body = answer.json()
            right = facts(body)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self.require(False, method, path, f"answer not understood ({error!r})")
        self.require(right, method, path, lambda: f"wrong facts: {answer.text[:300]}")
        return body

    def page(self, path, *contains, **options):
        """A page that must be whole and have these strings in it."""
        answer = self.send("GET", path, **options)
        text = answer.text
        missing = [each for each in (*contains, "</html>") if each not in text]
        self.require(not missing, "GET", path, lambda: f"page lacks {missing}")
        return text
