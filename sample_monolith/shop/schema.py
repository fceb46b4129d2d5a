"""Every table of the application in one metadata, for create_all."""

import shop.billing.models
import shop.catalogue.models
import shop.idempotency
import shop.identity.models
import shop.jobs
import shop.metering.models
import shop.notifications.models
import shop.orders.models
import shop.payments.models
import shop.reporting.models
import shop.tenancy  # noqa: F401
from shop.db import Base, session


def create_all() -> None:
    Base.metadata.create_all(session.get_bind())
