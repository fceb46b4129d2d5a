"""Monthly limits. A soft one is only reported; a hard one refuses more usage."""

from dataclasses import dataclass

from sqlalchemy import select

from shop import clock
from shop.db import session, transaction
from shop.errors import ValidationFailed
from shop.metering import meters
from shop.metering.errors import QuotaExceeded
from shop.metering.models import UsageQuota


@dataclass(frozen=True)
class QuotaStatus:
    meter: str
    used: int
    limit: int | None
    hard: bool

    @property
    def remaining(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def exceeded(self) -> bool:
        return self.limit is not None and self.used > self.limit


def _find(tenant_id, account_id, meter):
    return session.scalar(
        select(UsageQuota).where(
            UsageQuota.tenant_id == tenant_id,
            UsageQuota.account_id == account_id,
            UsageQuota.meter == meter,
        )
    )


def set_quota(tenant_id: int, account_id: int, meter: str, limit: int, hard: bool = False) -> None:
    if meter not in meters.METERS:
        raise ValidationFailed(f"There is no meter {meter!r}.", field="meter")
    if limit < 0:
        raise ValidationFailed("A limit cannot be negative.", field="limit")
    with transaction():
        quota = _find(tenant_id, account_id, meter)
        if quota is None:
            quota = UsageQuota(tenant_id=tenant_id, account_id=account_id, meter=meter)
            session.add(quota)
        quota.monthly_limit = limit
        quota.is_hard = hard
        quota.updated_at = clock.now()


def clear_quotas(tenant_id: int, account_id: int, keep: list[str]) -> None:
    """Drop the account's quotas except those of the meters in `keep`."""
    with transaction():
        for quota in session.scalars(
            select(UsageQuota).where(
                UsageQuota.tenant_id == tenant_id, UsageQuota.account_id == account_id
            )
        ):
            if quota.meter not in keep:
                session.delete(quota)


def quota_status(tenant_id: int, account_id: int, meter: str) -> QuotaStatus:
    """Use and limit of one meter in the current month."""
    from shop.metering import service

    start, end = clock.month_bounds(clock.today())
    used = service.usage_between(tenant_id, account_id, meter, start, end)
    quota = _find(tenant_id, account_id, meter)
    if quota is None:
        return QuotaStatus(meter, used, None, False)
    return QuotaStatus(meter, used, quota.monthly_limit, quota.is_hard)


def all_statuses(tenant_id: int, account_id: int) -> list[QuotaStatus]:
    return [quota_status(tenant_id, account_id, meter) for meter in meters.METERS]


def accounts_near_limit(tenant_id: int, percent: int) -> list[tuple[int, str, int, int]]:
    """(account, meter, used, limit) wherever `percent` of a limit is used up this month."""
    near = []
    for quota in session.scalars(
        select(UsageQuota).where(UsageQuota.tenant_id == tenant_id).order_by(UsageQuota.id)
    ):
        status = quota_status(tenant_id, quota.account_id, quota.meter)
        if status.limit and status.used * 100 >= status.limit * percent:
            near.append((quota.account_id, quota.meter, status.used, status.limit))
    return near


def refuse_over_hard_limit(tenant_id: int, account_id: int, wanted: dict[str, int]) -> None:
    for meter, quantity in wanted.items():
        quota = _find(tenant_id, account_id, meter)
        if quota is None or not quota.is_hard:
            continue
        status = quota_status(tenant_id, account_id, meter)
        if status.used + quantity > quota.monthly_limit:
            raise QuotaExceeded(
                f"{meters.label(meter)}: {status.used} of {quota.monthly_limit} used.",
                meter=meter,
                limit=quota.monthly_limit,
                used=status.used,
            )
