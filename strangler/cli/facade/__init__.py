"""``strangler facade``: run the routing facade and steer it. One module per kind of command, hung on one group."""

from strangler.cli.facade import inspect, replay, run, steer, wait
from strangler.cli.facade.group import GROUP

command = GROUP

__all__ = ["command", "inspect", "replay", "run", "steer", "wait"]
