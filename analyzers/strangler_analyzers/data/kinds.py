"""Which classes are ORM models, by what they derive from outside the program."""

from __future__ import annotations

from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Class, Made, Value

_DJANGO_FIELDS = ("django.db.models.", "django.contrib.")
_SQLALCHEMY_BASES = (
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
    "sqlalchemy.orm.decl_api.DeclarativeBase",
)
_SQLALCHEMY_MAKERS = ("declarative_base", "automap_base", "generate_base", "as_declarative")


def orm_of(cls: Class) -> str | None:
    """The ORM ``cls`` is a model of: ``django sqlalchemy sqlmodel peewee tortoise pony``, or None."""
    for base in linearised(cls)[1]:
        found = _by_base(base)
        if found is not None:
            return found
    if any(_is_declarative(value) for one in linearised(cls)[0] for values in one.decorators for value in values):
        return "sqlalchemy"
    return "django" if _has_django_fields(cls) or _is_of_an_application(cls) else None


def is_declarative_base(cls: Class) -> bool:
    """Whether ``cls`` derives from SQLAlchemy's ``DeclarativeBase`` itself: what derives from it is mapped."""
    return any(base.dotted in _SQLALCHEMY_BASES for base in cls.bases if not isinstance(base, Class))


def _by_base(base: Value) -> str | None:
    name = base.dotted
    if name.startswith("django."):
        return "django" if name.endswith(".models.Model") or _is_django_model(name) else None
    if name in _SQLALCHEMY_BASES or name.rpartition(".")[2] in _SQLALCHEMY_MAKERS:
        return "sqlalchemy"
    if name.endswith(("SQLAlchemy.Model", "sqlalchemy.SQLAlchemy.Model")):
        return "sqlalchemy"
    return _SIMPLE_BASES.get(name) or _by_suffix(name)


_SIMPLE_BASES = {
    "sqlmodel.SQLModel": "sqlmodel",
    "sqlmodel.main.SQLModel": "sqlmodel",
    "peewee.Model": "peewee",
    "tortoise.models.Model": "tortoise",
    "tortoise.Model": "tortoise",
    "advanced_alchemy.base.UUIDBase": "sqlalchemy",
}


def _by_suffix(name: str) -> str | None:
    if name.startswith("tortoise.") and name.endswith(".Model"):
        return "tortoise"
    if name.endswith((".peewee.Model", "flask_db.Model", "FlaskDB.Model")):
        return "peewee"
    return "sqlalchemy" if name.startswith(("sqlalchemy.", "advanced_alchemy.base.")) and "Base" in name else None


def _is_django_model(name: str) -> bool:
    is_helper = "Manager" in name or "Mixin" in name or name.endswith(".Meta")
    return name.startswith("django.contrib.") and ".models." in name and not is_helper


def _is_declarative(value: Value) -> bool:
    return value.dotted.endswith(("registry.mapped", "mapped_as_dataclass", "as_declarative"))


_NO_BASES = ("Choices", "Enum", "Error", "Exception", "Field", "Form", "Key", "Manager", "Meta", "Mixin", "QuerySet")


def _is_of_an_application(cls: Class) -> bool:
    """A model in Django's module of models that adds nothing to the abstract one of another application's models."""
    if not {"models", "base"} & set(cls.module.name.split(".")):
        return False
    named = any(_is_model_of_another(base.dotted) for base in linearised(cls)[1])
    return named and any(one.module.startswith("django.db") for one in cls.module.facts.imports)


def _is_model_of_another(name: str) -> bool:
    parts = name.split(".")
    helps = not parts[-1].startswith("Abstract") and any(part.endswith(_NO_BASES) for part in parts)
    return "models" in parts[:-1] and not helps and not _is_known(name)


def _is_known(name: str) -> bool:
    return name.startswith(_NO_MODELS)


_NO_MODELS = ("<builtin>.", "django.db.", "django.forms", "rest_framework.", "graphene")


def _has_django_fields(cls: Class) -> bool:
    """A model by way of a third party's abstract base: it derives from outside and declares Django's fields."""
    order, outside = linearised(cls)
    if not outside or outside[0].dotted.startswith(_NO_MODELS):
        return False
    made = (value for one in order for values in one.members.values() for value in values if isinstance(value, Made))
    return any(_is_django_field(one.callee.dotted) for one in made)


def _is_django_field(name: str) -> bool:
    return name.startswith("django.db.models.") and name.endswith(("Field", "ForeignKey"))
