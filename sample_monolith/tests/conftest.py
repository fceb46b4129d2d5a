import os

# The application reads its settings when it is imported, so these come first.
os.environ["SHOP_PASSWORD_METHOD"] = "pbkdf2:sha256:1"
os.environ["SHOP_MAIL_TRANSPORT"] = "memory"
os.environ["SHOP_INVOICE_DUE_DAYS"] = "14"

from dataclasses import dataclass  # noqa: E402
from datetime import datetime, timezone  # noqa: E402
from unittest.mock import patch  # noqa: E402

import pytest  # noqa: E402

from shop import clock, db, tenancy  # noqa: E402
from shop.app import create_app  # noqa: E402
from shop.catalogue.models import Allowance, Plan, Price, Product  # noqa: E402
from shop.identity import passwords, throttle  # noqa: E402
from shop.identity import service as identity  # noqa: E402
from shop.identity.models import Account, User  # noqa: E402
from shop.notifications import transports  # noqa: E402
from shop.payments import service as payments  # noqa: E402
from shop.tenancy import Tenant  # noqa: E402

NOON = datetime(2025, 3, 10, 12, 0, tzinfo=timezone.utc)
PASSWORD = "correct-horse"


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    url = os.environ.get("SHOP_TEST_DATABASE_URL")
    url = url or f"sqlite:///{tmp_path_factory.mktemp('shop') / 'test.db'}"
    return create_app({"DATABASE_URL": url, "TESTING": True, "SECRET_KEY": "test"})


def _forget_process_state():
    tenancy.forget_tenants()
    throttle._failures.clear()
    transports.sent_messages.clear()


def delete_all_rows():
    """Empty each table, referring tables first."""
    for table in reversed(db.Base.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.commit()


@pytest.fixture
def emptied(app):
    """Real commits; every table is emptied afterwards."""
    _forget_process_state()
    db.session.remove()
    yield app
    db.session.rollback()
    delete_all_rows()
    db.session.remove()


@pytest.fixture
def rolled_back(app):
    """Everything happens in one outer transaction that is thrown away."""
    _forget_process_state()
    db.session.remove()
    engine = app.extensions["shop_engine"]
    with engine.connect() as connection:
        outer = connection.begin()
        db.session.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield app
        db.session.remove()
        outer.rollback()
        db.session.configure(bind=engine, join_transaction_mode="conditional_savepoint")


@dataclass
class World:
    """A tenant with a catalogue, two customers and staff."""

    tenant_id: int
    account_id: int
    owner_id: int
    member_id: int
    other_account_id: int
    other_owner_id: int
    staff_id: int

    @property
    def owner(self) -> User:
        return db.session.get(User, self.owner_id)

    @property
    def account(self) -> Account:
        return db.session.get(Account, self.account_id)


def make_tenant(slug="acme", currency="EUR", country="DE"):
    with db.transaction():
        tenant = Tenant(
            slug=slug,
            name=slug.title(),
            tagline="Tested daily.",
            currency=currency,
            country=country,
            created_at=clock.now(),
        )
        db.session.add(tenant)
        db.session.flush()
        return tenant.id


def make_user(account, email, role):
    with db.transaction():
        user = identity._new_user(
            account, email.split("@")[0].title(), email, role, passwords.hash_password(PASSWORD)
        )
        db.session.flush()
        return user.id


def make_account(tenant_id, name, country="DE", vat_id=None):
    with db.transaction():
        account = Account(
            tenant_id=tenant_id,
            name=name,
            billing_email=f"{name.lower()}@example.com",
            country=country,
            vat_id=vat_id,
            credit_cents=0,
            created_at=clock.now(),
        )
        db.session.add(account)
        db.session.flush()
        return account


def make_catalogue(tenant_id):
    since = clock.parse_day("2025-01-01")
    for sku, plans in (
        (
            "desk",
            (
                ("free", 1, True, 0, ("api_calls", 100, 1000, 0)),
                ("team", 1, False, 1000, ("api_calls", 1000, 100, 50)),
                ("business", 1, False, 3100, ("api_calls", 5000, 100, 40)),
                ("yearly", 12, False, 12_000, None),
            ),
        ),
        ("lamp", (("light", 1, False, 450, ("documents", 10, 10, 100)),)),
    ):
        product = Product(
            tenant_id=tenant_id,
            sku=sku,
            name=sku.title(),
            description=f"A {sku}.",
            is_active=True,
            updated_at=clock.now(),
        )
        for code, months, hard, cents, allowance in plans:
            plan = Plan(
                tenant_id=tenant_id,
                code=code,
                name=code.title(),
                interval_months=months,
                hard_limits=hard,
            )
            plan.prices.append(
                Price(tenant_id=tenant_id, currency="EUR", amount_cents=cents, valid_from=since)
            )
            if allowance:
                meter, included, block, block_cents = allowance
                plan.allowances.append(
                    Allowance(
                        tenant_id=tenant_id,
                        meter=meter,
                        included=included,
                        block_size=block,
                        block_cents=block_cents,
                    )
                )
            product.plans.append(plan)
        db.session.add(product)


def make_world(slug="acme") -> World:
    with db.transaction():
        return _make_world(slug)


def _make_world(slug):
    tenant_id = make_tenant(slug)
    make_catalogue(tenant_id)
    account = make_account(tenant_id, "Buyer")
    other = make_account(tenant_id, "Other")
    house = make_account(tenant_id, "House")
    return World(
        tenant_id=tenant_id,
        account_id=account.id,
        owner_id=make_user(account, "owner@buyer.example", "owner"),
        member_id=make_user(account, "member@buyer.example", "member"),
        other_account_id=other.id,
        other_owner_id=make_user(other, "owner@other.example", "owner"),
        staff_id=make_user(house, "staff@acme.example", "staff"),
    )


@pytest.fixture
def shop_window(rolled_back):
    """For tests of the catalogue: products and plans, nobody to buy them; gives the tenant's id."""
    with db.transaction():
        tenant_id = make_tenant()
        make_catalogue(tenant_id)
    with tenancy.tenant_scope(tenant_id):
        yield tenant_id


@pytest.fixture
def world(rolled_back):
    """For tests of services: the world, inside its tenant."""
    world = make_world()
    with tenancy.tenant_scope(world.tenant_id):
        yield world


@pytest.fixture
def noon():
    """The clock stands at noon of 10 March 2025; set `return_value` to move it."""
    with patch("shop.clock.now", return_value=NOON) as now:
        yield now


@pytest.fixture
def card(world):
    with tenancy.tenant_scope(world.tenant_id):
        return payments.add_method(world.account_id, "tok_visa")


@pytest.fixture
def api_world(emptied):
    """For tests over HTTP: the world, committed."""
    world = make_world()
    db.session.remove()
    return world


class Api:
    """A test client that speaks JSON and names the tenant."""

    def __init__(self, app, email=None, tenant="acme"):
        self.http = app.test_client()
        self.tenant = tenant
        if email:
            answer = self.post("/api/identity/login", {"email": email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text

    def call(self, method, path, json=None, key=None, **headers):
        sending = {"X-Tenant": self.tenant, **headers}
        if key:
            sending["Idempotency-Key"] = key
        return self.http.open(path, method=method, json=json, headers=sending)

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, json=None, key=None):
        return self.call("POST", path, json=json, key=key)

    def put(self, path, json=None):
        return self.call("PUT", path, json=json)


@pytest.fixture
def anyone(api_world, app):
    return Api(app)


@pytest.fixture
def owner(api_world, app):
    return Api(app, "owner@buyer.example")


@pytest.fixture
def member(api_world, app):
    return Api(app, "member@buyer.example")


@pytest.fixture
def other_owner(api_world, app):
    return Api(app, "owner@other.example")


@pytest.fixture
def staff(api_world, app):
    return Api(app, "staff@acme.example")
