from flask import flash, redirect, render_template, request, url_for

from shop.errors import Forbidden, ShopError
from shop.identity.guards import current_user
from shop.orders import service as orders
from shop.payments import service as payments
from shop.web import blueprint
from shop.web.forms import page_login_required, say


def _quantity():
    return request.values.get("quantity", 1, type=int)


@blueprint.get("/checkout/<plan>")
@page_login_required
def checkout(plan):
    user = current_user()
    lines, draft = orders.quote([(plan, _quantity())], user.account)
    card = payments.default_method(user.account_id)
    return render_template("checkout.html", plan=plan, line=lines[0], draft=draft, card=card)


@blueprint.post("/checkout/<plan>")
@page_login_required
def buy(plan):
    user = current_user()
    if user.role == "member":
        raise Forbidden("Ask the owner of your account to order.")
    try:
        if request.form.get("token"):
            payments.add_method(user.account_id, request.form["token"])
        order, problem = orders.place_and_pay(user, [(plan, _quantity())])
    except ShopError as error:
        say(error)
        return redirect(url_for("web.checkout", plan=plan, quantity=_quantity()))
    if problem:
        flash(f"{order.number} is placed, but {problem}", "problem")
    else:
        flash(f"{order.number} is placed. Thank you.", "done")
    return redirect(url_for("web.invoice", number=order.invoice_number))
