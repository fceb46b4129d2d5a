"""Ways to get a mail out of the house, chosen by SHOP_MAIL_TRANSPORT."""

import logging
from email.message import EmailMessage
from pathlib import Path

from shop.config import settings

log = logging.getLogger(__name__)

# What the "memory" transport has sent, for tests and demonstrations.
sent_messages: list[EmailMessage] = []


def build(to: str, subject: str, body: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_sender
    message["To"] = to
    message["Subject"] = subject
    message.set_content(body)
    return message


def _to_log(message: EmailMessage, _reference: str) -> None:
    log.info("mail to %s: %s", message["To"], message["Subject"])


def _to_directory(message: EmailMessage, reference: str) -> None:
    directory = Path(settings.mail_directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{reference}.eml").write_bytes(message.as_bytes())


def _to_memory(message: EmailMessage, _reference: str) -> None:
    sent_messages.append(message)


TRANSPORTS = {"log": _to_log, "directory": _to_directory, "memory": _to_memory}


def send(to: str, subject: str, body: str, reference: str) -> None:
    TRANSPORTS[settings.mail_transport](build(to, subject, body), reference)
