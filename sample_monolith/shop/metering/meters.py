"""What can be metered. Quantities of a meter add up over a period."""

METERS = {
    "api_calls": "API calls",
    "documents": "Documents processed",
    "storage_mb": "Megabytes stored",
    "messages": "Messages sent",
}


def label(meter: str) -> str:
    return METERS[meter]
