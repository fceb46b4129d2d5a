"""Command line: serve (the default), worker, seed, init-db."""

import argparse
import logging
import os
import signal
import sys
import threading

from shop.app import create_app
from shop.config import settings


def serve(options) -> int:
    from waitress.server import create_server

    app = create_app()
    server = create_server(
        app,
        host=options.host,
        port=options.port,
        threads=settings.worker_threads,
        channel_timeout=60,
        ident="shop",
    )

    def stop(_signum, _frame):
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    # With several addresses there is no single effective_port to ask for.
    port = getattr(server, "effective_port", options.port)
    print(f"shop is serving on http://{options.host}:{port}", flush=True)
    try:
        server.run()
    finally:
        server.close()
    return 0


def worker(options) -> int:
    from shop import jobs

    app = create_app()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    print("shop worker is running", flush=True)
    with app.app_context():
        done = jobs.work(stop, once=options.once, interval=options.interval)
    print(f"shop worker ran {done} jobs", flush=True)
    return 0


def seed(_options) -> int:
    from shop.seed import plant

    with create_app().app_context():
        for line in plant():
            print(line)
    return 0


def init_db(_options) -> int:
    create_app()
    print("the tables are there")
    return 0


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shop", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.set_defaults(run=serve)
    commands = parser.add_subparsers(title="commands")
    serving = commands.add_parser("serve", help="serve the application (the default)")
    serving.add_argument("--host", default=argparse.SUPPRESS)
    serving.add_argument("--port", type=int, default=argparse.SUPPRESS)
    working = commands.add_parser("worker", help="run background jobs")
    working.add_argument("--once", action="store_true", help="run what is due, then stop")
    working.add_argument("--interval", type=float, default=1.0, help="seconds between looks")
    working.set_defaults(run=worker)
    commands.add_parser("seed", help="put demonstration data in").set_defaults(run=seed)
    commands.add_parser("init-db", help="create the tables").set_defaults(run=init_db)
    options = parser.parse_args(argv)
    logging.basicConfig(level=os.environ.get("SHOP_LOG_LEVEL", "WARNING"))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # queueing is no news
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
