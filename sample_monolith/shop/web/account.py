from flask import redirect, render_template, request, url_for

from shop.errors import ShopError
from shop.identity import service as identity
from shop.tenancy import current_tenant
from shop.web import blueprint
from shop.web.forms import say


def _local(target: str | None) -> str:
    """Only ever send people to our own pages."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        return target
    return url_for("web.dashboard")


@blueprint.get("/login")
def login():
    current_tenant()
    return render_template("login.html", next=request.args.get("next", ""))


@blueprint.post("/login")
def log_in():
    try:
        user = identity.authenticate(
            request.form.get("email", ""), request.form.get("password", "")
        )
    except ShopError as problem:
        say(problem)
        return render_template("login.html", next=request.form.get("next", "")), problem.status
    identity.start_session(user)
    return redirect(_local(request.form.get("next")))


@blueprint.post("/logout")
def log_out():
    identity.end_session()
    return redirect(url_for("web.home"))


@blueprint.get("/register")
def register():
    current_tenant()
    return render_template("register.html", form={})


@blueprint.post("/register")
def sign_up():
    form = request.form
    try:
        user = identity.register(
            company=form.get("company", "").strip() or form.get("name", ""),
            name=form.get("name", "").strip(),
            email=form.get("email", ""),
            password=form.get("password", ""),
        )
    except ShopError as problem:
        say(problem)
        return render_template("register.html", form=form), problem.status
    identity.start_session(user)
    return redirect(url_for("web.dashboard"))
