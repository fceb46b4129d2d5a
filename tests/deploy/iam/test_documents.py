from __future__ import annotations

import re

import pytest

from strangler_deploy.iam.documents import Condition, parse


def test_a_single_statement_and_single_texts_are_read() -> None:
    policy = parse('{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}}')
    (statement,) = policy.statements
    assert (statement.actions, statement.resources, statement.principals) == (("s3:*",), ("*",), {"AWS": ("*",)})
    assert not policy.variables


def test_conditions_are_taken_apart() -> None:
    condition = '{"ForAnyValue:StringLikeIfExists": {"Aws:X": ["a", "b"]}}'
    text = f'{{"Statement": [{{"Effect": "Deny", "Action": "a:b", "Condition": {condition}}}]}}'
    assert parse(text).statements[0].conditions == (Condition("StringLike", "aws:x", ("a", "b"), "ForAnyValue", True),)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is no JSON"),
        ("[]", "has no Statement"),
        ('{"Statement": ["x"]}', "not an object"),
        ('{"Statement": {"Effect": "allow"}}', "Effect is 'allow'"),
        ('{"Statement": {"Effect": "Allow"}}', "without Action"),
        ('{"Statement": {"Effect": "Allow", "Action": "a", "NotAction": "b"}}', "both Action and NotAction"),
        ('{"Statement": {"Effect": "Allow", "Action": "a", "Principal": "me"}}', "neither '*' nor an object"),
        ('{"Statement": {"Effect": "Allow", "Action": "a", "Condition": []}}', "Condition that is not an object"),
        ('{"Statement": {"Effect": "Allow", "Action": "a", "Condition": {"Bool": 1}}}', "Condition Bool"),
    ],
)
def test_what_is_no_policy_is_said(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse(text)
