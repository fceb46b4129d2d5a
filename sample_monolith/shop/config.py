"""Settings, read from the environment once, when this module is first imported."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    database_url: str
    secret_key: str
    password_method: str
    mail_transport: str
    mail_directory: str
    mail_sender: str
    invoice_due_days: int
    card_limit_cents: int
    worker_threads: int


def from_environment(environ=os.environ) -> Settings:
    return Settings(
        database_url=environ.get("SHOP_DATABASE_URL", "sqlite:///shop.db"),
        secret_key=environ.get("SHOP_SECRET_KEY", "development-only"),
        password_method=environ.get("SHOP_PASSWORD_METHOD", "scrypt:16384:8:1"),
        mail_transport=environ.get("SHOP_MAIL_TRANSPORT", "log"),
        mail_directory=environ.get("SHOP_MAIL_DIRECTORY", "outbox"),
        mail_sender=environ.get("SHOP_MAIL_SENDER", "billing@shop.example"),
        invoice_due_days=int(environ.get("SHOP_INVOICE_DUE_DAYS", "14")),
        card_limit_cents=int(environ.get("SHOP_CARD_LIMIT_CENTS", "2000000")),
        worker_threads=int(environ.get("SHOP_THREADS", "8")),
    )


settings = from_environment()
