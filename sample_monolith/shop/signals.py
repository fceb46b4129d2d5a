"""Things that happened, for whoever wants to know. Receivers run in the sender's transaction."""

from blinker import Namespace

_signals = Namespace()

user_registered = _signals.signal("user-registered")  # sender: User
order_placed = _signals.signal("order-placed")  # sender: Order
invoice_issued = _signals.signal("invoice-issued")  # sender: Invoice
payment_succeeded = _signals.signal("payment-succeeded")  # sender: Payment; invoice=
payment_failed = _signals.signal("payment-failed")  # sender: Payment; invoice=
subscription_activated = _signals.signal("subscription-activated")  # sender: Subscription
subscription_ended = _signals.signal("subscription-ended")  # sender: Subscription; reason=
