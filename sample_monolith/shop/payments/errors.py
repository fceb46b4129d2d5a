from shop.billing.errors import CollectionFailed


class PaymentDeclined(CollectionFailed):
    code = "payment_declined"
    title = "The card was declined"
