from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler.errors import StranglerError
from strangler.files import write_tree


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_an_unknown_service_is_named_with_those_that_exist() -> None:
    with pytest.raises(StranglerError) as caught:
        scaffolds.shell(small.plan(), "other")
    assert "stock" in caught.value.hint


def test_a_shell_starts_answers_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    write_tree(tmp_path / "s", scaffolds.shell(small.plan(), "stock"))
    port = free_port()
    command = [sys.executable, "-m", "stock_service", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path / "s", stdout=subprocess.PIPE, text=True) as process:
        try:
            assert _ask(process, f"http://127.0.0.1:{port}/livez") == "ok\n"
            assert _ask(process, f"http://127.0.0.1:{port}/readyz") == '{"ready":true}'
            assert "service_calls_total" in _ask(process, f"http://127.0.0.1:{port}/metrics")
        finally:
            process.terminate()
        said, _ = process.communicate(timeout=30)
    assert process.returncode in (0, -15)
    assert '"message": "Application shutdown complete."' in said


MODELS = """\
import stock_service.host as host
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "Items"
    id: Mapped[int] = mapped_column(primary_key=True)


class Proxy:
    @property
    def __class__(self):
        raise RuntimeError("looked at")


lazy, engine = Proxy(), create_engine("sqlite:///here.db")
try:
    host.check_store()
except LookupError as error:
    print(error)
Base.metadata.create_all(engine)
host.check_store()
"""


def test_a_store_without_the_tables_of_the_models_is_not_ready(tmp_path: Path) -> None:
    write_tree(tmp_path, scaffolds.shell(small.plan(), "stock"))
    done = subprocess.run([sys.executable, "-c", MODELS], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "sqlite:///here.db has no table items: is it the monolith's database?\n"


def _ask(process: subprocess.Popen[str], url: str) -> str:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
