from __future__ import annotations

from typing import Any

from strangler_deploy.iam.evaluate import Request, decide

from .conftest import ROLE, SESSION, allow, deny, document, identity

TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/t1"
FOREIGN = "arn:aws:dynamodb:eu-central-1:999999999999:table/t1"
READ = Request("dynamodb:GetItem", TABLE)
READS = document(allow("dynamodb:GetItem", "*"))


def test_nothing_is_allowed_by_itself() -> None:
    assert not decide(identity(), READ).allowed


def test_an_allow_is_enough_and_a_deny_wins() -> None:
    assert decide(identity(READS), READ).allowed
    assert decide(identity(READS, document(deny("dynamodb:*", TABLE))), READ).reason == "denied by statement 1"


def test_not_action_and_not_resource_mean_the_rest() -> None:
    rest = document({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::*"})
    assert decide(identity(rest), READ).allowed
    assert not decide(identity(rest), Request("iam:CreateRole", TABLE)).allowed
    assert not decide(identity(rest), Request("s3:GetObject", "arn:aws:s3:::b/k")).allowed


def test_boundary_and_session_policy_only_take_away() -> None:
    nothing, everything = document(allow("s3:*", "*")), document(allow("*", "*"))
    assert not decide(identity(READS, boundary=nothing), READ).allowed
    assert not decide(identity(READS, session=nothing), READ).allowed
    assert decide(identity(READS, boundary=everything, session=everything), READ).allowed
    assert not decide(identity(boundary=everything), READ).allowed


def _of(principal: Any) -> Any:
    return document({**allow("dynamodb:GetItem", TABLE), "Principal": principal})


def test_a_resources_policy_can_grant_inside_the_account() -> None:
    assert decide(identity(), READ, _of({"AWS": ROLE})).allowed
    assert decide(identity(), READ, _of("*")).allowed
    assert not decide(identity(), READ, _of({"AWS": "arn:aws:iam::111122223333:role/other"})).allowed


def test_a_grant_to_the_accounts_root_leaves_it_to_iam() -> None:
    root = _of({"AWS": "arn:aws:iam::111122223333:root"})
    assert not decide(identity(), READ, root).allowed
    assert decide(identity(READS), READ, root).allowed


def test_a_grant_to_the_role_is_under_its_boundary_and_one_to_the_session_is_not() -> None:
    bounded = identity(boundary=document(allow("s3:*", "*")))
    assert not decide(bounded, READ, _of({"AWS": ROLE})).allowed
    assert decide(bounded, READ, _of({"AWS": SESSION})).allowed


def test_another_account_must_grant_it_too() -> None:
    foreign = Request("dynamodb:GetItem", FOREIGN)
    grant = document({**allow("dynamodb:GetItem", "*"), "Principal": {"AWS": ROLE}})
    assert not decide(identity(READS), foreign).allowed
    assert not decide(identity(), foreign, grant).allowed
    assert decide(identity(READS), foreign, grant).allowed


def test_a_resources_deny_reaches_everybody_it_names() -> None:
    def denied(**principal: Any) -> bool:
        return not decide(identity(READS), READ, document({**deny("*", "*"), **principal})).allowed

    assert denied(Principal="*")
    assert denied(Principal={"AWS": "arn:aws:iam::111122223333:root"})
    assert not denied(Principal={"AWS": "arn:aws:iam::111122223333:role/other"})
    assert denied(NotPrincipal={"AWS": "arn:aws:iam::111122223333:role/other"})
    assert not denied(NotPrincipal={"AWS": [ROLE]})


def test_session_tags_bind_a_statement_to_its_tenant() -> None:
    own = {"StringEquals": {"aws:ResourceTag/tenant": "${aws:PrincipalTag/kubernetes-namespace}"}}
    tagged = document(allow("dynamodb:GetItem", "*", Condition=own))
    request = Request("dynamodb:GetItem", TABLE, {"aws:resourcetag/tenant": ("t1",)})
    assert decide(identity(tagged, tags={"kubernetes-namespace": "t1"}), request).allowed
    assert not decide(identity(tagged, tags={"kubernetes-namespace": "t2"}), request).allowed
    assert not decide(identity(tagged), request).allowed, "no tag, no value: C16"


def test_the_old_language_has_no_variables() -> None:
    old = document(allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/t}/*"), version="2008-10-17")
    assert not decide(identity(old, tags={"t": "b"}), Request("s3:GetObject", "arn:aws:s3:::b/k")).allowed
