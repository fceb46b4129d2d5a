"""What Django knows of models once they are loaded."""

from __future__ import annotations

import pytest

_OF_USERS = {
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/__init__.py": "",
    "shop/people/__init__.py": "",
    "shop/people/models.py": "from django.db import models\n\nclass Person(models.Model): ...\n",
    "shop/notes/__init__.py": "",
    "shop/notes/models.py": """
from django.contrib.auth import get_user_model
from django.db import models

class Note(models.Model):
    owner = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)

def newest():
    return get_user_model().objects.latest("id")
""",
}


@pytest.mark.parametrize(
    ("settings", "target", "outside"),
    [
        ("AUTH_USER_MODEL = 'people.Person'\n", "shop.people.models:Person", None),
        ("DEBUG = False\n", None, "django.contrib.auth.models.User"),
    ],
)
def test_the_user_model_is_what_the_settings_name(look, settings: str, target: str | None, outside: str | None) -> None:
    analysis = look(_OF_USERS | {"shop/settings.py": settings})
    note = next(model for model in analysis.models if model.cls == "shop.notes.models:Note")
    assert [(one.target, one.outside) for one in note.references] == [(target, outside)]
    reads = ("people_person",) if target else ()
    newest = next(one for one in analysis.functions if one.ref == "shop.notes.models:newest")
    assert newest.reads == reads
