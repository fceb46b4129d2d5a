"""Modules that a program loads by name, or finds in a folder."""

from __future__ import annotations


def test_a_loader_finds_what_a_package_loads_itself(calls) -> None:
    files = {
        "app/__init__.py": "",
        "app/loading.py": "def load(module, name):\n    return LOADER(module, name)\n",
        "app/views/__init__.py": "from app.loading import load\nView = load('views.search', 'View')\n",
        "app/views/search.py": "class View:\n    def show(self): ...\n",
        "app/run.py": "from app.loading import load\ndef run():\n    load('views', 'View')().show()\n",
    }
    assert ("app.run.run", "app.views.search.View.show") in calls(files)


def test_plug_ins_found_by_scanning_a_folder_are_the_modules_in_it(calls) -> None:
    files = {
        "app/__init__.py": "",
        "app/main.py": """
import os
from importlib import import_module

def load_all(app):
    for name in os.listdir(app):
        import_module("." + name, package="app.plugins").load(app)
        import_module(f"app.{name}.late").load(app)
        import_module(name).load(app)
""",
        "app/plugins/__init__.py": "def load(app): ...\n",
        "app/plugins/one.py": "def load(app): ...\n",
        "app/plugins/two/__init__.py": "def load(app): ...\n",
        "app/other/__init__.py": "",
        "app/other/late.py": "def load(app): ...\n",
    }
    found = {callee for _, callee in calls(files) if callee.startswith("app.")}
    assert found == {"app.plugins.one.load", "app.plugins.two.load", "app.other.late.load"}
