"""Django's models: which classes are ones, their tables, what they refer to."""

from __future__ import annotations


def test_a_model_by_way_of_a_library_s_base_is_known_by_any_of_its_fields(look) -> None:
    source = """
from django.db import models
from some_library.trees import Tree

class Found(models.QuerySet): ...

class Page(Tree):
    objects = Found.as_manager()
    shown = models.Manager()
    title = models.TextField()
"""
    models = {model.cls: model for model in look({"pages/__init__.py": "", "pages/models.py": source}).models}
    assert models["pages.models:Page"].table == "pages_page"


def test_a_proxy_of_a_library_s_model_has_its_table(look) -> None:
    source = """
from django.contrib.auth.models import Group

class Team(Group):
    class Meta:
        proxy = True
"""
    (team,) = look({"teams/__init__.py": "", "teams/models.py": source}).models
    assert (team.table, team.abstract) == ("auth_group", False)


def test_a_field_class_of_the_program_s_own_may_know_its_target(look) -> None:
    source = """
from django.db import models

class Status(models.Model): ...

class Role(models.Model): ...

class StatusField(models.ForeignKey):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("to", Status)
        super().__init__(*args, **kwargs)

class RoleField(models.ForeignKey):
    def __init__(self, to=Role, **kwargs):
        super().__init__(to, **kwargs)

class Order(models.Model):
    status = StatusField(null=True)
    role = RoleField(on_delete=models.CASCADE)
"""
    models = {model.cls: model for model in look({"shop/__init__.py": "", "shop/models.py": source}).models}
    found = {one.field: one.target for one in models["shop.models:Order"].references}
    assert found == {"status": "shop.models:Status", "role": "shop.models:Role"}
