from flask import flash, redirect, render_template, url_for

from shop.billing import service as billing
from shop.errors import ShopError
from shop.identity.guards import current_user
from shop.payments import service as payments
from shop.web import blueprint
from shop.web.forms import page_login_required, say


@blueprint.get("/invoices")
@page_login_required
def invoices():
    account_id = current_user().account_id
    return render_template("invoices.html", invoices=billing.invoices_of(account_id))


@blueprint.get("/invoices/<number>")
@page_login_required
def invoice(number):
    account_id = current_user().account_id
    return render_template(
        "invoice.html",
        invoice=billing.get_invoice(number, account_id),
        card=payments.default_method(account_id),
    )


@blueprint.post("/invoices/<number>/pay")
@page_login_required
def pay(number):
    try:
        payment = payments.charge_invoice(number, account_id=current_user().account_id)
    except ShopError as problem:
        say(problem)
    else:
        flash(f"Thank you. {payment.amount.format()} are paid.", "done")
    return redirect(url_for("web.invoice", number=number))
