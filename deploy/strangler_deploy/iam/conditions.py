"""The condition operators of IAM, with their rules for keys that a request does not carry."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime

from strangler_deploy.iam.documents import Condition
from strangler_deploy.iam.patterns import Context, is_arn, is_like, literal, resolve


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, given: compare(float(given), float(literal(wanted)))


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, given: compare(_moment(given), _moment(literal(wanted)))


def _moment(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_network(wanted: str, given: str) -> bool:
    return ipaddress.ip_address(given) in ipaddress.ip_network(literal(wanted), strict=False)


_Operator = Callable[[str, str], bool]

# operator → whether one wanted value (with its variables in place) fits one value of the request.
_POSITIVE: dict[str, _Operator] = {
    "StringEquals": lambda wanted, given: literal(wanted) == given,
    "StringEqualsIgnoreCase": lambda wanted, given: literal(wanted).lower() == given.lower(),
    "StringLike": is_like,
    "ArnEquals": is_arn,
    "ArnLike": is_arn,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
    "Bool": lambda wanted, given: literal(wanted).lower() == given.lower(),
    "BinaryEquals": lambda wanted, given: literal(wanted) == given,
    "IpAddress": _in_network,
}

# The others say the opposite: none of the wanted values may fit.
_NEGATIVE: dict[str, _Operator] = {
    "StringNotEquals": _POSITIVE["StringEquals"],
    "StringNotEqualsIgnoreCase": _POSITIVE["StringEqualsIgnoreCase"],
    "StringNotLike": _POSITIVE["StringLike"],
    "ArnNotEquals": _POSITIVE["ArnEquals"],
    "ArnNotLike": _POSITIVE["ArnLike"],
    "NumericNotEquals": _POSITIVE["NumericEquals"],
    "DateNotEquals": _POSITIVE["DateEquals"],
    "NotIpAddress": _POSITIVE["IpAddress"],
}

OPERATORS = frozenset({*_POSITIVE, *_NEGATIVE, "Null"})


def holds(condition: Condition, context: Context, variables: bool = True) -> bool:
    """Whether the request satisfies ``condition``; an operator that IAM does not know never holds."""
    if condition.operator == "Null":
        return any(wanted.lower() == str(condition.key not in context).lower() for wanted in condition.values)
    if condition.operator not in OPERATORS:
        return False
    given = context.get(condition.key)
    if not given:
        return _holds_without(condition)
    resolved = (resolve(value, context) if variables else value for value in condition.values)
    wanted = [text for text in resolved if text is not None]
    fits = [_fits(condition.operator, wanted, value) for value in given]
    return all(fits) if _wants_all(condition) else any(fits)


def _holds_without(condition: Condition) -> bool:
    """A missing key satisfies IfExists, negations and, to everyone's surprise, ForAllValues."""
    if condition.quantifier == "ForAnyValue":
        return False
    return condition.if_exists or condition.quantifier == "ForAllValues" or condition.operator in _NEGATIVE


def _wants_all(condition: Condition) -> bool:
    if condition.quantifier:
        return condition.quantifier == "ForAllValues"
    return condition.operator in _NEGATIVE


def _fits(operator: str, wanted: list[str], given: str) -> bool:
    try:
        if operator in _NEGATIVE:
            return not any(_NEGATIVE[operator](pattern, given) for pattern in wanted)
        return any(_POSITIVE[operator](pattern, given) for pattern in wanted)
    except ValueError:  # a number, date or address that is none
        return False
