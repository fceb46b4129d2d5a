"""The application factory."""

from flask import Flask, jsonify
from sqlalchemy import text

from shop import db, errors, schema, tenancy
from shop.config import settings


def create_app(config=None) -> Flask:
    app = Flask("shop.web")
    app.config.update(
        DATABASE_URL=settings.database_url,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="shop_session",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    app.config.update(config or {})
    app.json.sort_keys = False

    app.extensions["shop_engine"] = db.init_engine(app.config["DATABASE_URL"])
    schema.create_all()
    tenancy.forget_tenants()
    app.before_request(tenancy.identify_tenant)
    app.teardown_appcontext(lambda _error: db.session.remove())
    errors.register(app)
    _register_blueprints(app)
    _connect_handlers()
    app.add_url_rule("/healthz", view_func=healthz)
    return app


def _register_blueprints(app: Flask) -> None:
    from shop.billing.api import bp as billing
    from shop.catalogue.api import bp as catalogue
    from shop.identity.api import bp as identity
    from shop.metering.api import bp as metering
    from shop.notifications.api import bp as notifications
    from shop.orders.api import bp as orders
    from shop.payments.api import bp as payments
    from shop.reporting.api import bp as reporting
    from shop.web import blueprint as web

    for blueprint in (
        web, identity, catalogue, orders, payments, billing, metering, notifications, reporting,
    ):  # fmt: skip
        app.register_blueprint(blueprint)


def _connect_handlers() -> None:
    import shop.notifications.handlers
    import shop.orders.handlers

    shop.orders.handlers.connect()
    shop.notifications.handlers.connect()


def healthz():
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
