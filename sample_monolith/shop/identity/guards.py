"""Who is asking, checked against the database."""

import functools

from flask import g
from flask import session as cookie

from shop.db import session
from shop.errors import Forbidden, Unauthenticated
from shop.identity.models import User


def current_user() -> User:
    """The logged-in user; read once per request."""
    if "user" not in g:
        if "user_id" not in cookie:
            raise Unauthenticated()
        user = session.get(User, cookie["user_id"])
        if user is None or not user.is_active:
            cookie.clear()
            raise Unauthenticated("This user can no longer log in.")
        g.user = user
    return g.user


def login_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        current_user()
        return view(*args, **kwargs)

    return wrapper


def owner_required(view):
    """Money and colleagues are the account owner's business (and the staff's)."""

    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if current_user().role not in ("owner", "staff"):
            raise Forbidden("Ask the owner of your account to do this.")
        return view(*args, **kwargs)

    return wrapper
