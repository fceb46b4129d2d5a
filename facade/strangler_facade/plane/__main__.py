"""``python -m strangler_facade.plane``: one worker."""

from strangler_facade.plane.worker import main

if __name__ == "__main__":
    raise SystemExit(main())
