from __future__ import annotations

import asyncio
import socket

from strangler_facade.control import reach


def test_an_address_can_be_connected_to_or_one_is_told_why_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert asyncio.run(reach.obstacle(url)) is None
    assert asyncio.run(reach.obstacle(url)) == "Connection refused"


def test_the_sentence_names_address_obstacle_and_what_to_do() -> None:
    text = reach.unanswering("billing", "http://10.0.0.1:80", "Connection refused")
    assert text.startswith("the service does not answer at http://10.0.0.1:80: Connection refused; start it, or mend")
    assert "services.billing.upstream" in text
