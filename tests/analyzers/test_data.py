from __future__ import annotations

DJANGO = {
    "shop/__init__.py": "",
    "shop/orders/__init__.py": "",
    "shop/orders/models.py": """
from django.db import models
from django.conf import settings

class Base(models.Model):
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="orders")
    class Meta:
        abstract = True

class Order(Base):
    tags = models.ManyToManyField("Tag")

class Tag(models.Model):
    class Meta:
        db_table = "labels"
""",
    "shop/customers/__init__.py": "",
    "shop/customers/models.py": "from django.db import models\n\n\nclass Customer(models.Model): ...\n",
    "shop/service.py": """
from django.db import transaction
from shop.orders.models import Order

def place(customer):
    with transaction.atomic():
        order = Order.objects.create(customer=customer)
        order.customer.save()
    return order

def shown():
    return [order.pk for order in Order.objects.filter(pk=1)]

def of(customer_id):
    from shop.customers.models import Customer
    return Customer.objects.get(pk=customer_id).orders.all()
""",
}


def function(analysis, ref):
    return next(one for one in analysis.functions if one.ref == ref)


def test_django_models_have_tables_and_inherited_references(look) -> None:
    analysis = look(DJANGO)
    models = {model.cls: model for model in analysis.models}
    assert models["shop.orders.models:Base"].abstract
    order = models["shop.orders.models:Order"]
    assert order.table == "orders_order"
    assert [(one.field, one.kind, one.target, one.target_table) for one in order.references] == [
        ("customer", "fk", "shop.customers.models:Customer", "customers_customer"),
        ("tags", "m2m", "shop.orders.models:Tag", "labels"),
    ]
    assert "orders_order_tags" in [table.name for table in analysis.tables]


def test_a_library_s_model_is_called_what_the_source_calls_it(look) -> None:
    source = """
from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

class Note(models.Model):
    by_class = models.ForeignKey(User, on_delete=models.CASCADE)
    by_name = models.ManyToManyField("auth.Group")
    by_setting = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    own = models.ForeignKey("Note", on_delete=models.CASCADE)
"""
    (note,) = look({"notes/__init__.py": "", "notes/models.py": source}).models
    assert {one.field: (one.target, one.outside) for one in note.references} == {
        "by_class": (None, "django.contrib.auth.models.User"),
        "by_name": (None, "auth.Group"),
        "by_setting": (None, "auth.User"),
        "own": ("notes.models:Note", None),
    }


def test_django_queries_read_and_write_tables_within_their_transaction(look) -> None:
    analysis = look(DJANGO)
    place = function(analysis, "shop.service:place")
    assert place.writes == ("customers_customer", "orders_order")
    assert function(analysis, "shop.service:shown").reads == ("orders_order",)
    assert function(analysis, "shop.service:of").reads == ("customers_customer", "orders_order")
    (transaction,) = analysis.transactions
    assert (transaction.kind, transaction.function) == ("atomic", "shop.service:place")
    assert transaction.tables == ("customers_customer", "orders_order")


SQLALCHEMY = {
    "shop/db.py": """
from contextlib import contextmanager
from sqlalchemy.orm import DeclarativeBase, scoped_session, sessionmaker

session = scoped_session(sessionmaker())

class Base(DeclarativeBase): ...

@contextmanager
def transaction():
    yield session
    session.commit()
""",
    "shop/models.py": """
from __future__ import annotations
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship
from shop.db import Base

links = Table("links", Base.metadata, Column("a", ForeignKey("orders.id")))

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Line]] = relationship(back_populates="order")

class Line(Base):
    __tablename__ = "order_lines"
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order: Mapped[Order] = relationship()
    quantity: Mapped[int] = mapped_column()
""",
    "shop/service.py": """
from sqlalchemy import select, text
from shop.db import session, transaction
from shop.models import Line, Order

def add(order_id):
    with transaction():
        session.add(Line(order_id=order_id))

def more(line_id):
    line = session.get(Line, line_id)
    line.quantity += 1

def show():
    return session.scalars(select(Order).where(Order.id == 1)).all()

def total(event):
    return event["quantity"], event.get("quantity"), event.quantity

def report():
    return session.execute(text("SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id")).all()
""",
}


def test_sqlalchemy_models_have_keys_and_relationships(look) -> None:
    line = next(model for model in look(SQLALCHEMY).models if model.cls.endswith(":Line"))
    assert [(one.field, one.kind, one.target) for one in line.references] == [
        ("order", "relationship", "shop.models:Order"),
        ("order_id", "fk", "shop.models:Order"),
    ]


def test_sqlalchemy_sessions_and_sql_read_and_write_tables(look) -> None:
    analysis = look(SQLALCHEMY)
    assert function(analysis, "shop.service:add").writes == ("order_lines",)
    assert function(analysis, "shop.service:more").writes == ("order_lines",)
    assert function(analysis, "shop.service:show").reads == ("orders",)
    assert function(analysis, "shop.service:report").reads == ("order_lines", "orders")


def test_an_attribute_that_is_named_as_a_column_is_no_use_of_a_table(look) -> None:
    total = function(look(SQLALCHEMY), "shop.service:total")
    assert (total.reads, total.writes) == ((), ())


def test_the_program_s_own_context_manager_is_a_transaction(look) -> None:
    found = {(one.function, one.kind): one.tables for one in look(SQLALCHEMY).transactions}
    assert found["shop.service:add", "session"] == ("order_lines",)


def test_other_orms_have_tables_and_references(look) -> None:
    analysis = look(
        {
            "p.py": (
                "import peewee as pw\n\n\nclass Json(pw.TextField): ...\n\n\n"
                "class User(pw.Model):\n    name = Json()\n\n\n"
                "class Post(pw.Model):\n    author = pw.ForeignKeyField(User)\n"
                "    class Meta:\n        table_name = 'posts'\n"
            ),
            "t.py": (
                "from tortoise import fields, models\n\n\n"
                "class Team(models.Model):\n    id = fields.IntField(pk=True)\n\n\n"
                "class Match(models.Model):\n    team = fields.ForeignKeyField('models.Team')\n"
            ),
            "s.py": (
                "from sqlmodel import Field, SQLModel\n\n\nclass Hero(SQLModel, table=True):\n"
                "    team_id: int = Field(foreign_key='team.id')\n\n\nclass Form(SQLModel):\n    name: str\n"
            ),
        }
    )
    found = {model.cls: (model.orm, model.table, [one.target for one in model.references]) for model in analysis.models}
    assert found["p:Post"] == ("peewee", "posts", ["p:User"])
    assert found["t:Match"] == ("tortoise", "match", ["t:Team"])
    assert found["s:Hero"][:2] == ("sqlmodel", "hero")
    assert not {"s:Form", "p:Json"} & set(found)


def references(analysis, cls: str) -> list[tuple[str, str, str | None]]:
    (model,) = (model for model in analysis.models if model.cls == cls)
    return [(one.field, one.kind, one.target) for one in model.references]


def test_a_relationship_s_backref_is_one_of_the_other_side_and_its_children(look) -> None:
    source = """
from sqlalchemy import Column, ForeignKey
from sqlalchemy.orm import backref, declarative_base, relationship

Base = declarative_base()

class User(Base):
    __tablename__ = "users"
    id = Column(primary_key=True)

class Admin(User): ...

class Order(Base):
    __tablename__ = "orders"
    user_id = Column(ForeignKey("users.id"))
    user = relationship("User", backref="orders")
    payer = relationship(User, backref=backref("paid", lazy="dynamic"))

class Gift(Order): ...
"""
    analysis = look({"models.py": source})
    given = [("orders", "relationship", "models:Order"), ("paid", "relationship", "models:Order")]
    assert references(analysis, "models:User") == given
    assert references(analysis, "models:Admin") == given


def test_a_child_s_self_reference_is_its_parent_s(look) -> None:
    source = """
from django.contrib.auth.models import AbstractUser
from django.db import models

class User(AbstractUser):
    class Meta(AbstractUser.Meta): ...

class Node(models.Model):
    above = models.ForeignKey("self", on_delete=models.CASCADE)
    class Meta:
        abstract = True

class Status(Node): ...

class Comment(Status): ...

class Plain: ...

class Shown(Plain, Status):
    class Meta:
        proxy = True
"""
    analysis = look({"social/__init__.py": "", "social/models.py": source})
    tables = {model.cls.partition(":")[2]: model.table for model in analysis.models}
    assert tables == {
        "User": "social_user",
        "Node": None,
        "Status": "social_status",
        "Comment": "social_comment",
        "Shown": "social_status",
    }
    assert references(analysis, "social.models:Comment")[0] == ("above", "fk", "social.models:Status")
    assert references(analysis, "social.models:Shown") == [("above", "fk", "social.models:Status")]


def test_an_installed_application_has_its_own_label_and_tags_reach_their_tables(look) -> None:
    files = {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        "shop/__init__.py": "",
        "shop/settings.py": "INSTALLED_APPS = ['shop', 'shop.goods.extra']\n",
        "shop/apps.py": "from django.apps import AppConfig\n\nclass Shop(AppConfig):\n    name = 'shop'\n",
        "shop/goods/__init__.py": "",
        "shop/goods/extra/__init__.py": "",
        "shop/goods/extra/models.py": """
from django.db import models
from taggit.managers import TaggableManager
from taggit.models import GenericTaggedItemBase, TagBase

class Manager(TaggableManager): ...

class Median(models.Aggregate):
    output_field = models.FloatField()

class Tag(TagBase):
    colour = models.CharField()

class Tagged(GenericTaggedItemBase):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

class Good(models.Model):
    tags = Manager(through="extra.Tagged")
""",
    }
    analysis = look(files)
    tables = {model.cls.rpartition(":")[2]: model.table for model in analysis.models}
    assert tables == {"Tag": "extra_tag", "Tagged": "extra_tagged", "Good": "extra_good"}
    assert references(analysis, "shop.goods.extra.models:Good") == [
        ("tagged_items", "generic", "shop.goods.extra.models:Tagged"),
        ("tags", "m2m", "shop.goods.extra.models:Tag"),
    ]


def test_a_helper_that_is_handed_a_model_s_method_is_followed_apart(look) -> None:
    source = """
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Found:
    @classmethod
    def by_id(cls, id):
        return cls.query.filter(cls.id == id).one()

class Order(Found, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    paid = db.Column(db.Boolean)

class Bill(Found, db.Model):
    id = db.Column(db.Integer, primary_key=True)

def get_or_404(find, *args):
    found = find(*args)
    return found

def pay(id):
    order = get_or_404(Order.by_id, id)
    order.paid = True

def drop(id):
    db.session.delete(get_or_404(Bill.by_id, id))
"""
    analysis = look({"shop.py": source})
    assert function(analysis, "shop:pay").writes == ("order",)
    assert function(analysis, "shop:drop").writes == ("bill",)


def test_an_application_s_model_may_add_nothing_to_another_s_and_names_of_models_come_in_any_case(look) -> None:
    analysis = look(
        {
            "pages/models.py": (
                "from django.db import models\nfrom forms_of_others.models import AbstractField, FieldManager\n\n\n"
                "class Field(AbstractField): ...\n\n\nclass OwnManager(FieldManager): ...\n\n\n"
                "class Answer(models.Model):\n    field = models.ForeignKey('pages.field', models.CASCADE)\n"
            )
        }
    )
    assert sorted(model.cls for model in analysis.models) == ["pages.models:Answer", "pages.models:Field"]
    (answer,) = [model for model in analysis.models if model.cls == "pages.models:Answer"]
    assert [reference.target for reference in answer.references] == ["pages.models:Field"]
