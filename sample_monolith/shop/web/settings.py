from flask import flash, redirect, render_template, request, url_for

from shop.errors import ShopError
from shop.identity import service as identity
from shop.identity.guards import current_user
from shop.notifications import messages
from shop.notifications import service as notifications
from shop.web import blueprint
from shop.web.forms import page_login_required, say


@blueprint.get("/settings")
@page_login_required
def settings():
    user = current_user()
    return render_template(
        "settings.html",
        user=user,
        topics=messages.TOPICS,
        mandatory=messages.MANDATORY,
        wanted=notifications.preferences_of(user.id),
    )


@blueprint.post("/settings/notifications")
@page_login_required
def save_preferences():
    wanted = {
        topic: topic in request.form for topic in messages.TOPICS if topic not in messages.MANDATORY
    }
    notifications.set_preferences(current_user(), wanted)
    flash("Saved.", "done")
    return redirect(url_for("web.settings"))


@blueprint.post("/settings/password")
@page_login_required
def save_password():
    try:
        identity.change_password(
            current_user(), request.form.get("old", ""), request.form.get("new", "")
        )
    except ShopError as problem:
        say(problem)
    else:
        flash("The new password is in force.", "done")
    return redirect(url_for("web.settings"))
