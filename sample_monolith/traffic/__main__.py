"""Play ordinary customers against a running shop and report whether any of them noticed."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from traffic.runner import run


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m traffic", description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--customers", type=int, default=50)
    parser.add_argument("--requests", type=int, help="stop after so many")
    parser.add_argument(
        "--seconds", type=float, help="stop after so long (default 30, or 600 with --requests)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, help="requests a second, at most")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--report", type=Path, help="also write the last object to this file")
    parser.add_argument("--allow-remote", action="store_true")
    options = parser.parse_args(argv)
    seconds = options.seconds or (600.0 if options.requests else 30.0)

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def tell(report):
        print(json.dumps(report.to_dict()), flush=True)

    try:
        report = run(
            options.base_url,
            customers=options.customers,
            requests=options.requests,
            seconds=seconds,
            seed=options.seed,
            rate=options.rate,
            connections=options.connections,
            allow_remote=options.allow_remote,
            on_tick=tell,
            stop=stop,
        )
    except ValueError as error:
        parser.error(str(error))
    tell(report)
    if options.report:
        options.report.write_text(json.dumps(report.to_dict(), indent=2) + "\n")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
