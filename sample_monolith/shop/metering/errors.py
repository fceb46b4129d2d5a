from shop.errors import ShopError


class QuotaExceeded(ShopError):
    status = 429
    code = "quota_exceeded"
    title = "The plan's hard limit is reached"
