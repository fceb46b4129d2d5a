from __future__ import annotations


def test_services_own_paths_are_not_there_for_the_outside(run, lab):
    async def scenario():
        async with lab.running(100):
            for path in (b"/_strangler/calls/x", b"/api/../_strangler", b"/%5Fstrangler/"):
                answer = await lab.ask(b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi" % path)
                assert answer.startswith(b"HTTP/1.1 404 ")
            assert not lab.monolith.requests and not lab.service.requests

    run(scenario())
