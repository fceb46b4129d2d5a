"""A worker as a process: its channel, its signals, its end."""

from __future__ import annotations

import asyncio
import json
import signal

import pytest

from strangler_facade.plane.worker import main

from .workers import GET, ask, start_worker, table


async def until(port, open_for_all):
    """Wait until connections are taken, or no longer."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:  # refused, or reset by a listener that closes just now
            if not open_for_all:
                return
        else:
            writer.close()
            if open_for_all:
                return
        await asyncio.sleep(0.02)


def test_a_worker_alone_takes_its_table_from_a_file_again_on_sighup_and_drains_on_sigterm(alone, lab, tmp_path):
    async def scenario():
        gate = asyncio.Event()

        async def slow(request, writer):
            if b"/slow" in request:
                await gate.wait()
            return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

        lab.monolith.script = slow
        await lab.monolith.start()
        file, log = tmp_path / "table.json", tmp_path / "access.log"
        file.write_text(json.dumps(table(1)))
        child, port = await start_worker("--table", str(file), "--access-log", str(log))
        file.write_text(json.dumps(table(lab.monolith.port)))
        await until(port, open_for_all=True)
        child.send_signal(signal.SIGHUP)
        while not (await ask(port, GET)).endswith(b"ok"):
            await asyncio.sleep(0.05)
        waiting = asyncio.create_task(ask(port, GET.replace(b"/a", b"/slow")))
        while not any(b"/slow" in request for request in lab.monolith.requests):
            await asyncio.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        await until(port, open_for_all=False)
        gate.set()
        assert b"Connection: close" in await waiting
        assert await child.wait() == 0
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        slow_entry = next(entry for entry in entries if entry["target"] == "/slow")
        assert (slow_entry["status"], slow_entry["served_by"], slow_entry["sent"]) == (200, "monolith", 2)
        assert len(slow_entry["trace"]) == 32
        await lab.monolith.stop()

    alone(scenario())


def test_a_log_on_a_full_disk_loses_lines_and_no_requests(alone, lab, tmp_path):
    async def scenario():
        await lab.monolith.start()
        file = tmp_path / "table.json"
        file.write_text(json.dumps(table(lab.monolith.port)))
        child, port = await start_worker("--table", str(file), "--access-log", "/dev/full")
        for _ in range(5):
            assert (await ask(port)).endswith(b"ok")
        child.terminate()
        assert await child.wait() == 0
        await lab.monolith.stop()

    alone(scenario())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--listen", "127.0.0.1:0"],
        ["--listen", "127.0.0.1:0", "--table", "/nowhere"],
        ["--listen", "nonsense", "--table", "TABLE"],
        ["--listen", "127.0.0.1:0", "--table", "BROKEN"],
    ],
)
def test_what_keeps_a_worker_from_starting_is_said_in_one_line(arguments, tmp_path, capsys):
    (tmp_path / "TABLE").write_text(json.dumps(table(1)))
    (tmp_path / "BROKEN").write_text("{")
    assert main([str(tmp_path / word) if word.isupper() else word for word in arguments]) == 2
    assert capsys.readouterr().err.startswith("error: ")
