from flask import Blueprint, jsonify, request

from shop import payload
from shop.billing import renewals, service
from shop.errors import ValidationFailed
from shop.identity.guards import current_user, login_required
from shop.identity.principal import staff_required

bp = Blueprint("billing", __name__, url_prefix="/api/billing")


def invoice_dict(invoice, with_lines=False):
    result = {
        "number": invoice.number,
        "status": invoice.status,
        "currency": invoice.currency,
        "subtotal_cents": invoice.subtotal_cents,
        "tax_cents": invoice.tax_cents,
        "total_cents": invoice.total_cents,
        "credit_cents": invoice.credit_cents,
        "paid_cents": invoice.paid_cents,
        "refunded_cents": invoice.refunded_cents,
        "due_cents": invoice.due.cents,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
    }
    if with_lines:
        result["tax_note"] = invoice.tax_note
        result["lines"] = [
            {
                "kind": line.kind,
                "description": line.description,
                "quantity": line.quantity,
                "unit_cents": line.unit_cents,
                "amount_cents": line.amount_cents,
            }
            for line in invoice.lines
        ]
    return result


@bp.get("/invoices")
@login_required
def invoices():
    status = request.args.get("status")
    if status not in (None, "open", "paid", "void"):
        raise ValidationFailed("status is open, paid or void.", field="status")
    limit, offset = payload.query_page()
    found = service.invoices_of(current_user().account_id, status, limit, offset)
    return jsonify(invoices=[invoice_dict(invoice) for invoice in found])


@bp.get("/invoices/<number>")
@login_required
def invoice(number):
    found = service.get_invoice(number, current_user().account_id)
    return jsonify(invoice=invoice_dict(found, with_lines=True))


@bp.get("/balance")
@login_required
def balance():
    user = current_user()
    return jsonify(
        owed=service.balance_of(user.account_id).to_dict(),
        credit_cents=user.account.credit_cents,
    )


@bp.post("/invoices/<number>/void")
@staff_required
def void(number):
    return jsonify(invoice=invoice_dict(service.void(number)))


@bp.post("/renewals/run")
@staff_required
def run_renewals():
    return jsonify(renewed=renewals.renew_all_due())
