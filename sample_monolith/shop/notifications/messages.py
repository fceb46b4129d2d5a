"""The words. One (subject, body) pair of format strings per message."""

TOPICS = {
    "account": "Your account",
    "orders": "Orders",
    "invoices": "Invoices and payments",
    "usage": "Usage and limits",
}

# These go out whatever the preferences say.
MANDATORY = {"account"}

MESSAGES = {
    "welcome": (
        "account",
        "Welcome, {name}",
        "Your login for {company} is ready. You sign in as {email}.",
    ),
    "order_confirmation": (
        "orders",
        "Your order {number}",
        "Thank you for your order {number} over {total}.\n\n{lines}",
    ),
    "invoice_issued": (
        "invoices",
        "Invoice {number}",
        "Invoice {number} over {total} is ready. {due} is to be paid by {due_on}.",
    ),
    "payment_received": (
        "invoices",
        "We received {amount}",
        "Your payment of {amount} for invoice {number} has arrived.",
    ),
    "payment_failed": (
        "invoices",
        "Your payment for invoice {number} failed",
        "We could not collect {amount} for invoice {number}: {failure}",
    ),
    "payment_reminder": (
        "invoices",
        "Reminder: invoice {number}",
        "Invoice {number} was due on {due_on}. {due} is still open.",
    ),
    "subscription_ended": (
        "orders",
        "Your subscription to {plan} has ended",
        "Your subscription to {plan} ended ({reason}).",
    ),
    "near_quota": (
        "usage",
        "{used} of {limit} {meter} used",
        "You have used {used} of the {limit} {meter} in your plans this month.",
    ),
}


def compose(message: str, **values) -> tuple[str, str, str]:
    topic, subject, body = MESSAGES[message]
    return topic, subject.format(**values), body.format(**values)
