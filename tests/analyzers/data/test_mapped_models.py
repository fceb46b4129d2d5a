"""SQLAlchemy's models: which classes are ones, and how their tables are called."""

from __future__ import annotations

import pytest


def test_a_base_that_names_tables_for_others_is_no_model(look) -> None:
    source = """
from sqlalchemy.orm import DeclarativeBase, declared_attr, mapped_column

class Base(DeclarativeBase):
    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()

class Order(Base):
    id = mapped_column(primary_key=True)
"""
    assert [model.cls for model in look({"models.py": source}).models] == ["models:Order"]


def test_flask_sqlalchemy_children_without_a_key_are_rows_of_their_parent_s_table(look) -> None:
    source = """
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class User(db.Model):
    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)

class Admin(User):
    __tablename__ = "admins"

class StaffMember(User):
    id = db.Column(db.ForeignKey("users.id"), primary_key=True)
"""
    tables = {model.cls: model.table for model in look({"models.py": source}).models}
    assert tables == {"models:User": "users", "models:Admin": "users", "models:StaffMember": "staff_member"}


@pytest.mark.parametrize(
    ("expression", "table"),
    [
        ("cls.__name__.lower()", "orderline"),
        ("f'shop_{cls.__name__.lower()}s'", "shop_orderlines"),
        ("'t' + cls.__name__", "tOrderLine"),
        ("resolve(cls.__name__)", "order_line"),
        ("'lines'", "lines"),
        ("names[cls]", "order_line"),
    ],
)
def test_tables_are_named_after_classes_as_the_base_does_it(look, expression: str, table: str) -> None:
    source = f"""
from sqlalchemy.orm import declarative_base, declared_attr, mapped_column

class Named:
    @declared_attr
    def __tablename__(cls):
        return {expression}

class OrderLine(Named, declarative_base()):
    id = mapped_column(primary_key=True)
"""
    assert [model.table for model in look({"models.py": source}).models] == [table]


def test_a_base_that_renames_the_tables_of_what_derives_from_it_is_heard(look) -> None:
    analysis = look(
        {
            "shop/models.py": (
                "import os\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n"
                "PREFIX = '__NONE__' if os.environ.get('MIGRATE') == '1' else 'shop_'\n\n\n"
                "class Base(DeclarativeBase):\n    id: Mapped[int] = mapped_column(primary_key=True)\n\n"
                "    def __init_subclass__(cls):\n        cls.__tablename__ = f'{PREFIX}{cls.__tablename__}'\n\n\n"
                "class Order(Base):\n    __tablename__ = 'orders'\n\n\nclass Item(Base):\n    __tablename__ = 'items'\n"
            )
        }
    )
    assert sorted((model.cls, model.table) for model in analysis.models) == [
        ("shop.models:Item", "shop_items"),
        ("shop.models:Order", "shop_orders"),
    ]
