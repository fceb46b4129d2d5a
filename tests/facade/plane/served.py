"""The same small site for every kind of server: as WSGI (Flask), ASGI (Starlette), Django, aiohttp and Tornado.

``python served.py uwsgi|django|aiohttp|tornado PORT`` runs those that bring their own server.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
import time

IDLE_SECONDS = 1
PLAIN = b"plain text\n"
PIECES = [b"first\n", b"second\n" * 1000, b"last\n"]
BIG = b"0123456789abcdef" * 16384
COOKIES = [f"c{number}=v{number}; Path=/" for number in range(60)]
TAG = '"v1"'


def seen(method: str, path: str, odd: str, cookies: str, body: bytes) -> bytes:
    """What a server made of a request, in one line."""
    return f"{method} {path} {odd!r} {len(cookies)} {hashlib.sha256(body).hexdigest()}\n".encode()


with contextlib.suppress(ImportError):
    from flask import Flask, Response, request

    flask_app = Flask("served")
    METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS"]

    @flask_app.route("/plain")
    def _plain():
        return Response(PLAIN, mimetype="text/plain")

    @flask_app.route("/empty", methods=["GET", "POST"])
    def _empty():
        return Response(status=204)

    @flask_app.route("/cached")
    def _cached():
        return Response(status=304, headers={"ETag": TAG})

    @flask_app.route("/pieces")
    def _pieces():
        return Response(iter(PIECES), mimetype="text/plain")

    @flask_app.route("/big")
    def _big():
        return Response(BIG, mimetype="text/plain")

    @flask_app.route("/cookies")
    def _cookies():
        return Response(PLAIN, headers=[("Set-Cookie", cookie) for cookie in COOKIES])

    @flask_app.route("/slow")
    def _slow():
        time.sleep(0.3)
        return Response(PLAIN, mimetype="text/plain")

    @flask_app.route("/refuse", methods=["POST"])
    def _refuse():
        return Response(b"too much\n", status=413)

    @flask_app.route("/seen", defaults={"rest": ""}, methods=METHODS, merge_slashes=False)
    @flask_app.route("/seen/<path:rest>", methods=METHODS, merge_slashes=False)
    def _seen(rest):
        odd, cookies = request.headers.get("X-Odd", ""), request.headers.get("Cookie", "")
        target = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
        return Response(seen(request.method, target, odd, cookies, request.get_data()), mimetype="text/plain")


with contextlib.suppress(ImportError):
    import asyncio

    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse, StreamingResponse
    from starlette.responses import Response as StarletteResponse
    from starlette.routing import Route, WebSocketRoute

    async def _a_pieces(request):
        async def parts():
            for piece in PIECES:
                yield piece

        return StreamingResponse(parts(), media_type="text/plain")

    async def _a_events(request):
        async def parts():
            for number in range(3):
                yield b"data: %d\n\n" % number
                await asyncio.sleep(0.1)

        return StreamingResponse(parts(), media_type="text/event-stream")

    async def _a_cookies(request):
        answer = PlainTextResponse(PLAIN)
        answer.raw_headers += [(b"set-cookie", cookie.encode()) for cookie in COOKIES]
        return answer

    async def _a_slow(request):
        await asyncio.sleep(0.3)
        return PlainTextResponse(PLAIN)

    async def _a_seen(request):
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        path = raw.decode("latin-1") + "?" + request.scope["query_string"].decode("latin-1")
        odd, cookies = request.headers.get("x-odd", ""), request.headers.get("cookie", "")
        return PlainTextResponse(seen(request.method, path, odd, cookies, await request.body()))

    async def _a_socket(socket):
        offered = socket.scope["subprotocols"]
        await socket.accept(subprotocol=offered[-1] if offered else None)
        with contextlib.suppress(Exception):
            while True:
                await socket.send_text((await socket.receive_text()).upper())

    def _a_simple(content=PLAIN, **values):
        async def answer(request):
            return StarletteResponse(content, media_type="text/plain", **values)

        return answer

    METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS"]
    starlette_app = Starlette(
        routes=[
            Route("/plain", _a_simple()),
            Route("/empty", _a_simple(b"", status_code=204), methods=["GET", "POST"]),
            Route("/cached", _a_simple(b"", status_code=304, headers={"ETag": TAG})),
            Route("/pieces", _a_pieces),
            Route("/events", _a_events),
            Route("/big", _a_simple(BIG)),
            Route("/cookies", _a_cookies),
            Route("/slow", _a_slow),
            Route("/refuse", _a_simple(b"too much\n", status_code=413), methods=["POST"]),
            WebSocketRoute("/socket", _a_socket),
            Route("/seen", _a_seen, methods=METHODS),
            Route("/seen/{rest:path}", _a_seen, methods=METHODS),
        ]
    )


def _django(port: str) -> None:
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.http import HttpResponse, StreamingHttpResponse
    from django.urls import path, re_path
    from django.views.decorators.csrf import csrf_exempt

    def cookies(request):
        answer = HttpResponse(PLAIN)
        for cookie in COOKIES:
            name, _, value = cookie.partition(";")[0].partition("=")
            answer.set_cookie(name, value)
        return answer

    def slow(request):
        time.sleep(0.3)
        return HttpResponse(PLAIN)

    @csrf_exempt
    def everything(request):
        odd, sent = request.headers.get("X-Odd", ""), request.headers.get("Cookie", "")
        return HttpResponse(seen(request.method, request.get_full_path(), odd, sent, request.body))

    urls = [
        path("plain", lambda request: HttpResponse(PLAIN)),
        path("empty", csrf_exempt(lambda request: HttpResponse(status=204))),
        path("cached", lambda request: HttpResponse(status=304, headers={"ETag": TAG})),
        path("pieces", lambda request: StreamingHttpResponse(iter(PIECES))),
        path("big", lambda request: HttpResponse(BIG)),
        path("cookies", cookies),
        path("slow", slow),
        path("refuse", csrf_exempt(lambda request: HttpResponse(b"too much\n", status=413))),
        re_path("^seen", everything),
    ]
    settings.configure(
        DEBUG=False,
        SECRET_KEY="a test",
        ROOT_URLCONF=type("Urls", (), {"urlpatterns": urls}),
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        APPEND_SLASH=False,
    )
    execute_from_command_line(["served.py", "runserver", "--noreload", f"127.0.0.1:{port}"])


def _aiohttp(port: str) -> None:  # noqa: C901
    from aiohttp import WSMsgType, web

    async def pieces(request):
        answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await answer.prepare(request)
        for piece in PIECES:
            await answer.write(piece)
        return answer

    async def cookies(request):
        answer = web.Response(body=PLAIN)
        answer.headers.extend([("Set-Cookie", cookie) for cookie in COOKIES])
        return answer

    async def slow(request):
        await asyncio.sleep(0.3)
        return web.Response(body=PLAIN)

    async def everything(request):
        odd = request.headers.get("X-Odd", "").encode("utf-8", "surrogateescape").decode("latin-1")
        body = await request.read()
        return web.Response(body=seen(request.method, request.path_qs, odd, request.headers.get("Cookie", ""), body))

    async def talk(request):
        socket = web.WebSocketResponse(protocols=("second",))
        await socket.prepare(request)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await socket.send_str(message.data.upper())
        return socket

    def simple(body=PLAIN, **values):
        async def answer(request):
            return web.Response(body=body, **values)

        return answer

    app = web.Application(client_max_size=1 << 30)
    app.router.add_get("/plain", simple())
    app.router.add_route("*", "/empty", simple(b"", status=204))
    app.router.add_get("/cached", simple(b"", status=304, headers={"ETag": TAG}))
    app.router.add_get("/pieces", pieces)
    app.router.add_get("/big", simple(BIG))
    app.router.add_get("/cookies", cookies)
    app.router.add_get("/slow", slow)
    app.router.add_post("/refuse", simple(b"too much\n", status=413))
    app.router.add_get("/socket", talk)
    app.router.add_route("*", "/seen{rest:.*}", everything)
    web.run_app(app, host="127.0.0.1", port=int(port), keepalive_timeout=IDLE_SECONDS, print=None)


def _tornado(port: str) -> None:  # noqa: C901
    import tornado.httpserver
    import tornado.ioloop
    import tornado.web
    import tornado.websocket

    class Simple(tornado.web.RequestHandler):
        def initialize(self, body=PLAIN, status=200, etag=""):
            self.body, self.code, self.tag = body, status, etag

        async def get(self):
            self.set_status(self.code)
            if self.tag:
                self.set_header("ETag", self.tag)
            for piece in self.body if isinstance(self.body, list) else [self.body]:
                if piece:
                    self.write(piece)
                if isinstance(self.body, list):
                    await self.flush()

        head = post = get

    class Cookies(tornado.web.RequestHandler):
        def get(self):
            for cookie in COOKIES:
                self.add_header("Set-Cookie", cookie)
            self.write(PLAIN)

    class Slow(tornado.web.RequestHandler):
        async def get(self):
            await asyncio.sleep(0.3)
            self.write(PLAIN)

    class Everything(tornado.web.RequestHandler):
        def get(self):
            asked = self.request
            odd, cookies = asked.headers.get("X-Odd", ""), asked.headers.get("Cookie", "")
            self.write(seen(asked.method, asked.uri, odd, cookies, asked.body))

        head = post = put = options = get

    class Socket(tornado.websocket.WebSocketHandler):
        def select_subprotocol(self, offered):
            return offered[-1] if offered else None

        def get_compression_options(self):
            return {}

        def on_message(self, message):
            self.write_message(message.upper())

    app = tornado.web.Application(
        [
            ("/plain", Simple),
            ("/empty", Simple, {"body": b"", "status": 204}),
            ("/cached", Simple, {"body": b"", "status": 304, "etag": TAG}),
            ("/pieces", Simple, {"body": PIECES}),
            ("/big", Simple, {"body": BIG}),
            ("/cookies", Cookies),
            ("/slow", Slow),
            ("/refuse", Simple, {"body": b"too much\n", "status": 413}),
            ("/socket", Socket),
            ("/seen.*", Everything),
        ]
    )
    server = tornado.httpserver.HTTPServer(app, idle_connection_timeout=IDLE_SECONDS)
    server.listen(int(port), "127.0.0.1")
    tornado.ioloop.IOLoop.current().start()


def _uwsgi(port: str) -> None:
    import pyuwsgi

    many = "--master --processes 2 --threads 4 --buffer-size 65535 --die-on-term --module served:flask_app"
    pyuwsgi.run(f"--http 127.0.0.1:{port} --http-keepalive={IDLE_SECONDS} {many}".split())


if __name__ == "__main__":
    {"uwsgi": _uwsgi, "django": _django, "aiohttp": _aiohttp, "tornado": _tornado}[sys.argv[1]](sys.argv[2])
