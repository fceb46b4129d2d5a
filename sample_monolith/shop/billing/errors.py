from shop.errors import Conflict, ShopError


class CollectionFailed(ShopError):
    """Money that was asked for did not come."""

    status = 402
    code = "collection_failed"
    title = "The payment did not go through"


class InvoiceClosed(Conflict):
    code = "invoice_closed"
    title = "The invoice is closed"
