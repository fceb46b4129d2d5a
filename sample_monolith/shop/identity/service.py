import secrets

from flask import session as cookie
from sqlalchemy import select

from shop import clock, signals
from shop.db import end_read, session, transaction
from shop.errors import Conflict, Forbidden, NotFound, Unauthenticated, ValidationFailed
from shop.identity import passwords, throttle
from shop.identity.models import Account, User
from shop.tenancy import current_tenant, current_tenant_id


def normalise_email(email: str) -> str:
    email = email.strip().lower()
    local, at, host = email.rpartition("@")
    if not (local and at and "." in host) or " " in email:
        raise ValidationFailed("That is not an e-mail address.", field="email")
    return email


def register(company, name, email, password, country=None, vat_id=None):
    """A new account and its owner."""
    tenant = current_tenant()
    email = normalise_email(email)
    end_read()
    password_hash = passwords.hash_password(password)
    with transaction():
        _refuse_taken(email)
        account = Account(
            tenant_id=tenant.id,
            name=company,
            billing_email=email,
            country=(country or tenant.country).upper(),
            vat_id=vat_id,
            credit_cents=0,
            created_at=clock.now(),
        )
        user = _new_user(account, name, email, "owner", password_hash)
        session.flush()
        signals.user_registered.send(user)
    return user


def invite(account: Account, name, email, role="member"):
    """A colleague in the same account, with a one-time password that is returned."""
    if role not in ("member", "owner"):
        raise ValidationFailed("role must be member or owner.", field="role")
    email = normalise_email(email)
    password = secrets.token_urlsafe(9)
    password_hash = passwords.hash_password(password)
    with transaction():
        _refuse_taken(email)
        user = _new_user(account, name, email, role, password_hash)
        session.flush()
        signals.user_registered.send(user)
    return user, password


def _new_user(account, name, email, role, password_hash):
    user = User(
        tenant_id=account.tenant_id,
        account=account,
        email=email,
        name=name,
        role=role,
        password_hash=password_hash,
        is_active=True,
        created_at=clock.now(),
    )
    session.add(user)
    return user


def _refuse_taken(email):
    if find_user(email) is not None:
        raise Conflict("There is already a user with this e-mail address.")


def find_user(email: str) -> User | None:
    return session.scalar(
        select(User).where(User.tenant_id == current_tenant_id(), User.email == email)
    )


def authenticate(email: str, password: str) -> User:
    """The user with this password. Says the same thing whatever was wrong."""
    tenant_id = current_tenant_id()
    email = email.strip().lower()
    throttle.check(tenant_id, email)
    row = session.execute(
        select(User.id, User.password_hash).where(
            User.tenant_id == tenant_id, User.email == email, User.is_active
        )
    ).first()
    end_read()
    if not passwords.matches(row.password_hash if row else None, password):
        throttle.record_failure(tenant_id, email)
        raise Unauthenticated("E-mail address or password is wrong.")
    throttle.forget(tenant_id, email)
    with transaction():
        user = session.get(User, row.id)
        user.last_login_at = clock.now()
    return user


def start_session(user: User) -> None:
    """Put the user into Flask's signed cookie."""
    cookie.clear()
    cookie.update(
        user_id=user.id,
        tenant_id=user.tenant_id,
        account_id=user.account_id,
        role=user.role,
        csrf=secrets.token_hex(8),
    )


def end_session() -> None:
    storefront = cookie.get("storefront")
    cookie.clear()
    if storefront:
        cookie["storefront"] = storefront


def change_password(user: User, old: str, new: str) -> None:
    if not passwords.matches(user.password_hash, old):
        raise Forbidden("The old password is wrong.")
    password_hash = passwords.hash_password(new)
    with transaction():
        user.password_hash = password_hash


def rename(user: User, name: str) -> None:
    with transaction():
        user.name = name


def deactivate(user_id: int, by: User) -> User:
    with transaction():
        user = get_user(user_id)
        if user.account_id != by.account_id and by.role != "staff":
            raise NotFound("No such user.")
        if user.id == by.id:
            raise Conflict("You cannot lock yourself out.")
        user.is_active = False
    return user


def get_user(user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or user.tenant_id != current_tenant_id():
        raise NotFound("No such user.")
    return user


def get_account(account_id: int) -> Account:
    account = session.get(Account, account_id)
    if account is None or account.tenant_id != current_tenant_id():
        raise NotFound("No such account.")
    return account


def owner_of(account_id: int) -> User:
    """The first active owner: whom we write to about money."""
    owner = session.scalar(
        select(User)
        .where(User.account_id == account_id, User.role.in_(("owner", "staff")), User.is_active)
        .order_by(User.id)
    )
    if owner is None:
        raise NotFound("The account has no owner.")
    return owner


def users_of(account_id: int) -> list[User]:
    return list(
        session.scalars(select(User).where(User.account_id == account_id).order_by(User.id))
    )
