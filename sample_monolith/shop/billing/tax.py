"""Value added tax: enough of it for a seller of digital services."""

# Standard rates in basis points.
RATES = {
    "AT": 2000, "BE": 2100, "DE": 1900, "DK": 2500, "ES": 2100, "FI": 2550, "FR": 2000,
    "IE": 2300, "IT": 2200, "LU": 1700, "NL": 2100, "PL": 2300, "PT": 2300, "SE": 2500,
}  # fmt: skip
HOME_ONLY = {"GB": 2000, "CH": 810}


def rate_for(seller_country: str, buyer_country: str, vat_id: str | None) -> int:
    """Basis points to charge.

    Inside the union a business buyer elsewhere accounts for the tax itself (reverse
    charge), a consumer pays the rate of their own country. Exports carry none.
    """
    if seller_country == buyer_country:
        return RATES.get(seller_country, HOME_ONLY.get(seller_country, 0))
    if seller_country in RATES and buyer_country in RATES:
        return 0 if vat_id else RATES[buyer_country]
    return 0


def note_for(seller_country: str, buyer_country: str, vat_id: str | None) -> str:
    if seller_country == buyer_country or rate_for(seller_country, buyer_country, vat_id):
        return ""
    if seller_country in RATES and buyer_country in RATES:
        return f"Reverse charge: tax is due from the recipient ({vat_id})."
    return "Export: not subject to value added tax."
