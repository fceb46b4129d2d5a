from __future__ import annotations


def test_a_folder_of_scripts_is_a_root_when_they_import_each_other(look) -> None:
    files = {"tools/run.py": "import helper\n", "tools/helper.py": "", "shop/__init__.py": ""}
    analysis = look(files)
    assert [(edge.source, edge.target) for edge in analysis.edges] == [("run", "helper")]
    assert analysis.source_roots == (".", "tools")


def test_a_namespace_package_is_named_from_the_tree(look) -> None:
    analysis = look({"org/a.py": "from org.b import f\n", "org/b.py": "def f(): ...\n"})
    assert [(edge.source, edge.target) for edge in analysis.edges] == [("org.a", "org.b")]


def test_a_tree_that_is_a_package_itself_is_named_as_it_imports_itself(look) -> None:
    analysis = look({"__init__.py": "", "a.py": "from tree.b import f\n", "b.py": "def f(): ...\n"})
    assert [module.name for module in analysis.modules] == ["tree", "tree.a", "tree.b"]
    assert [(edge.source, edge.target) for edge in analysis.edges] == [("tree.a", "tree.b")]


def test_a_tree_with_an_init_that_imports_from_itself_is_a_root(look) -> None:
    analysis = look({"__init__.py": "from nested import a\n", "nested/__init__.py": "", "nested/a.py": ""})
    assert "nested.a" in [module.name for module in analysis.modules]


def test_a_folder_inside_a_package_is_a_root_when_its_files_are_imported_by_their_own_names_only(look) -> None:
    files = {
        "demos/__init__.py": "",
        "demos/chat/chat/__init__.py": "",
        "demos/chat/chat/main.py": "from chat.views import index\n",
        "demos/chat/chat/views.py": "def index(): ...\n",
    }
    assert [edge.source for edge in look(files).edges] == ["chat.main"]
    files["demos/run.py"] = "import demos.chat.chat.main\n"
    assert "demos.chat.chat.main" in [module.name for module in look(files).modules]


def test_a_folder_whose_name_cannot_be_imported_is_no_package(look) -> None:
    files = {"my-app/__init__.py": "", "my-app/shop/__init__.py": "", "my-app/shop/a.py": "from shop import b\n"}
    analysis = look({**files, "my-app/shop/b.py": ""})
    assert [(edge.source, edge.target) for edge in analysis.edges] == [("shop.a", "shop.b")]


def test_a_package_in_which_a_start_file_names_its_settings_is_where_names_start(look) -> None:
    """Its modules are imported by way of the package's own name too."""
    analysis = look(
        {
            "shop/__init__.py": "",
            "shop/manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'core.settings')\n",
            "shop/core/__init__.py": "",
            "shop/core/settings.py": "from shop.core.tools import tool\n\nROOT_URLCONF = 'core.urls'\n",
            "shop/core/tools.py": "def tool(): ...\n",
            "shop/core/urls.py": (
                "from django.urls import path\nfrom orders.views import show\n\nurlpatterns = [path('orders', show)]\n"
            ),
            "shop/orders/__init__.py": "",
            "shop/orders/views.py": "def show(request): ...\n",
        }
    )
    assert [(route.path, route.handler) for route in analysis.routes] == [("/orders", "orders.views:show")]
    assert ("core.settings", "core.tools") in {(edge.source, edge.target) for edge in analysis.edges}
