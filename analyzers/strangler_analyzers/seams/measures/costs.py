"""What it costs to mend one crossing of each kind, in effort points a team can check."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# One point is about half an hour's work of someone who knows the code; the proportions matter, not the unit.
COSTS: Mapping[str, int] = MappingProxyType(
    {
        "import": 1,
        "type-checking": 0,
        "route": 1,
        "task": 2,
        "call": 2,
        "loop-call": 5,
        "read": 4,
        "write": 8,
        "foreign-key": 6,
        "inherit": 10,
        "transaction": 13,
    }
)

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "import": "import the client package instead",
        "type-checking": "move the type into the contract, or use a protocol",
        "route": "make the URL from the service's address",
        "task": "publish a message, or enqueue by name in the other service's queue",
        "call": "call the client",
        "loop-call": "add a batch operation to the contract and call it once",
        "read": "ask the owner through its contract, or keep a copy that its events maintain",
        "write": "send the owner a command; only one service may write a table",
        "foreign-key": "keep the id as a plain column and check it through the contract",
        "inherit": "move the base class into a shared library, or compose instead",
        "transaction": "split it into a saga with a compensation, or move the tables into one service",
    }
)
