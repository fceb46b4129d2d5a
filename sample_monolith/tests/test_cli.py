import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from unittest.mock import patch

import pytest

from shop.__main__ import main

ROOT = Path(__file__).parent.parent


@pytest.fixture
def shop(tmp_path):
    environment = {**os.environ, "SHOP_DATABASE_URL": f"sqlite:///{tmp_path / 'cli.db'}"}

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "shop", *arguments],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    return start


def test_seed_and_worker(shop):
    out, errors = shop("seed").communicate(timeout=60)
    assert out.count("6 accounts") == 3 and errors == ""
    assert "shop worker ran 27 jobs" in shop("worker", "--once").communicate(timeout=60)[0]


def test_init_db(capsys, app):
    with patch("shop.__main__.create_app") as create_app:
        assert main(["init-db"]) == 0
    create_app.assert_called_once_with()
    assert "tables" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_and_stops_cleanly(shop, number):
    server = shop("--port", "0")
    line = server.stdout.readline()
    url = re.search(r"http://\S+", line)[0]
    with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
        assert answer.status == 200
    server.send_signal(number)
    assert server.wait(10) == 0
