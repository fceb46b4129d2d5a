from werkzeug.security import check_password_hash, generate_password_hash

from shop.config import settings
from shop.errors import ValidationFailed

MINIMUM_LENGTH = 8

# Checked when there is no such user, so that the answer takes as long as a wrong password.
_NOBODY = generate_password_hash("nobody", method=settings.password_method)


def hash_password(password: str) -> str:
    if len(password) < MINIMUM_LENGTH:
        raise ValidationFailed(
            f"A password needs {MINIMUM_LENGTH} characters or more.", field="password"
        )
    return generate_password_hash(password, method=settings.password_method)


def matches(password_hash: str | None, password: str) -> bool:
    if password_hash is None:
        check_password_hash(_NOBODY, password)
        return False
    return check_password_hash(password_hash, password)
