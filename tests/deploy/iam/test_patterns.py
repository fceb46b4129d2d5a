from __future__ import annotations

import pytest

from strangler_deploy.iam.patterns import is_action, is_arn, prefix, resolve


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::b", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/key", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b-of-another/x", True),
        ("arn:aws:dynamodb:*:*:table/t?", "arn:aws:dynamodb:eu-central-1:1:table/t1", True),
        ("arn:aws:dynamodb:*", "arn:aws:dynamodb:eu-central-1:1:table/t1", True),
        ("arn:aws:*:table/t1", "arn:aws:dynamodb:eu-central-1:1:table/t1", False),
        ("arn:aws:sqs:eu-*:1:a:b", "arn:aws:sqs:eu-west-1:1:a:b", True),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::a.c", "arn:aws:s3:::abc", False),
    ],
)
def test_an_arn_is_matched_part_by_part(pattern: str, arn: str, expected: bool) -> None:
    assert is_arn(pattern, arn) is expected


def test_actions_have_no_case() -> None:
    assert is_action("S3:get*", "s3:GetObject")
    assert not is_action("s3:Get", "s3:GetObject")


def test_a_value_in_the_place_of_a_variable_is_no_pattern() -> None:
    context = {"aws:principaltag/team": ("*",)}
    pattern = resolve("arn:aws:s3:::${aws:PrincipalTag/team}", context)
    assert pattern is not None
    assert not is_arn(pattern, "arn:aws:s3:::anything")
    assert is_arn(pattern, "arn:aws:s3:::*")


def test_a_missing_variable_matches_nothing_unless_it_has_a_default() -> None:
    assert resolve("${aws:PrincipalTag/team}", {}) is None
    assert resolve("${aws:PrincipalTag/team, 'none'}", {}) == "\0none\0"
    assert resolve("a${*}b", {}) == "a\0*\0b"


def test_the_prefix_is_what_every_match_begins_with() -> None:
    assert prefix("arn:aws:s3:::b${aws:PrincipalTag/x}*") == "arn:aws:s3:::b"
    assert prefix("*") == ""
