"""What every page has: the cross-site request token, the menu's facts, money on screen."""

import functools
import hmac
import secrets

from flask import flash, g, redirect, request, url_for
from flask import session as cookie

from shop.errors import Forbidden, ShopError, Unauthenticated
from shop.identity.guards import current_user
from shop.money import Money
from shop.tenancy import current_tenant
from shop.web import blueprint


def csrf_token() -> str:
    if "csrf" not in cookie:
        cookie["csrf"] = secrets.token_hex(8)
    return cookie["csrf"]


@blueprint.before_request
def check_csrf():
    if request.method == "POST":
        given = request.form.get("csrf", "")
        if not hmac.compare_digest(given, cookie.get("csrf", "-")):
            raise Forbidden("The form is out of date; go back and load it again.")


@blueprint.app_context_processor
def page_facts():
    return {
        "csrf_token": csrf_token,
        "tenant": current_tenant() if g.get("tenant_id") else None,
        "logged_in": "user_id" in cookie,
    }


@blueprint.app_template_filter("money")
def money(cents: int, currency: str) -> str:
    return Money(cents, currency).format()


def page_login_required(view):
    """Like login_required, but sends people to the login page."""

    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        try:
            current_user()
        except Unauthenticated:
            return redirect(url_for("web.login", next=request.path))
        return view(*args, **kwargs)

    return wrapper


def say(problem: ShopError) -> None:
    flash(problem.detail or problem.title, "problem")
