"""The server-rendered pages."""

from flask import Blueprint

blueprint = Blueprint("web", __name__)

# The views hang themselves on the blueprint, so they come after it.
from shop.web import account, checkout, dashboard, forms, invoices, pages, settings  # noqa: E402, F401
