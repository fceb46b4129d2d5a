"""What can be metered. A meter either adds up or keeps its highest value is not our
business: every meter here adds up over a period."""

METERS = {
    "api_calls": "API calls",
    "documents": "Documents processed",
    "storage_mb": "Megabytes stored",
    "messages": "Messages sent",
}


def label(meter: str) -> str:
    return METERS[meter]
