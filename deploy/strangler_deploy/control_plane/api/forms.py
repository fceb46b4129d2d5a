"""What requests may say, and in which form; what does not fit is answered with 422 before anything happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from strangler.plan.platform import Tenant

LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
PERIOD = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
DAY = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"

LabelText = Annotated[str, Field(pattern=LABEL)]
Email = Annotated[str, Field(pattern=r"^[^@\s\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,189}$")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Onboarding(_Form):
    """A new tenant: what its file is to say, and the price list it is billed by."""

    tenant: Tenant
    price_list: LabelText = "standard"


class Change(_Form):
    """A merge patch (RFC 7396) over the tenant's file: null takes a key away, so that the tier decides again."""

    patch: Annotated[dict[str, Any], Field(min_length=1, max_length=50)]
    leave_data: Annotated[
        bool, Field(description="The data that the tenant then reaches no more was brought along, or is not needed.")
    ] = False


class Subscription(_Form):
    """The price list that a tenant is billed by from its next invoice on."""

    price_list: LabelText


class Invitation(_Form):
    """Somebody who is to become a user."""

    email: Email
    role: Literal["administrator", "member"] = "member"


class Acceptance(_Form):
    """The secret of an invitation."""

    secret: Annotated[str, Field(min_length=1, max_length=100)]


class UsageEvent(_Form):
    """Something that was used: told apart by (source, id), counted on the UTC day of `at`."""

    source: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,100}$")]
    id: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
    tenant: LabelText
    service: LabelText
    metric: LabelText = "requests"
    quantity: Annotated[int, Field(ge=0, le=10**12)]
    at: AwareDatetime


class UsageBatch(_Form):
    """Usage events, in any order and any number of times."""

    events: Annotated[Sequence[UsageEvent], Field(max_length=10_000)]


class Billing(_Form):
    """The month to write invoices for."""

    period: Annotated[str, Field(pattern=PERIOD)]


__all__ = [
    "DAY",
    "LABEL",
    "PERIOD",
    "Acceptance",
    "Billing",
    "Change",
    "Invitation",
    "Onboarding",
    "Subscription",
    "UsageBatch",
    "UsageEvent",
]
