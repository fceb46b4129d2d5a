from __future__ import annotations

import pytest

from strangler_deploy.iam.conditions import OPERATORS, holds
from strangler_deploy.iam.documents import Condition

CONTEXT = {
    "s": ("Blue",),
    "n": ("7",),
    "d": ("2026-06-01T00:00:00Z",),
    "b": ("true",),
    "ip": ("10.1.2.3",),
    "arn": ("arn:aws:iam::1:role/x",),
    "keys": ("t1", "t2"),
}


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "s", "Blue", True),
        ("StringEquals", "s", "blue", False),
        ("StringEqualsIgnoreCase", "s", "blue", True),
        ("StringLike", "s", "B*e", True),
        ("StringEquals", "s", "B*e", False),
        ("StringNotEquals", "s", "Red", True),
        ("StringNotLike", "s", "B*", False),
        ("NumericLessThan", "n", "8", True),
        ("NumericGreaterThanEquals", "n", "8", False),
        ("NumericEquals", "n", "seven", False),
        ("DateLessThan", "d", "2027-01-01T00:00:00Z", True),
        ("DateGreaterThan", "d", "1893456000", False),
        ("Bool", "b", "True", True),
        ("IpAddress", "ip", "10.0.0.0/8", True),
        ("NotIpAddress", "ip", "10.0.0.0/8", False),
        ("ArnLike", "arn", "arn:aws:iam::*:role/*", True),
        ("ArnNotEquals", "arn", "arn:aws:iam::1:role/x", False),
        ("NoSuchOperator", "s", "Blue", False),
    ],
)
def test_operators(operator: str, key: str, value: str, expected: bool) -> None:
    assert holds(Condition(operator, key, (value,)), CONTEXT) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("StringEquals", "absent", ("x",)), False),
        (Condition("StringNotEquals", "absent", ("x",)), True),
        (Condition("StringEquals", "absent", ("x",), if_exists=True), True),
        (Condition("StringEquals", "absent", ("x",), "ForAllValues"), True),
        (Condition("StringEquals", "absent", ("x",), "ForAnyValue"), False),
        (Condition("StringNotEquals", "absent", ("x",), "ForAnyValue"), False),
        (Condition("Null", "absent", ("true",)), True),
        (Condition("Null", "absent", ("false",)), False),
        (Condition("Null", "s", ("false",)), True),
    ],
)
def test_a_key_that_is_not_there(condition: Condition, expected: bool) -> None:
    """The third from below is the hole of C15: ForAllValues is satisfied by a Scan, which carries no keys."""
    assert holds(condition, CONTEXT) is expected


def test_all_values_and_any_value() -> None:
    def keys(quantifier: str, *values: str, operator: str = "StringEquals") -> bool:
        return holds(Condition(operator, "keys", values, quantifier), CONTEXT)

    assert keys("ForAllValues", "t1", "t2")
    assert not keys("ForAllValues", "t1")
    assert keys("ForAnyValue", "t1")
    assert not keys("ForAnyValue", "t3")
    assert not keys("ForAllValues", "t1", operator="StringNotEquals")


def test_a_variable_stands_for_the_callers_tag() -> None:
    condition = Condition("StringEquals", "keys", ("${aws:PrincipalTag/t}",), "ForAllValues")
    own = {"aws:principaltag/t": ("t1",), "keys": ("t1",)}
    assert holds(condition, own)
    assert not holds(condition, {**own, "keys": ("t2",)})
    assert not holds(condition, {"keys": ("t1",)})
    assert not holds(condition, own, variables=False)


def test_every_operator_is_known_by_its_name() -> None:
    assert {"Null", "StringLike", "NotIpAddress"} <= OPERATORS
