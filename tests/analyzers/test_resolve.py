"""Who calls whom, as the abstract run sees it; the public suites are measured by benchmarks/."""

from __future__ import annotations

import pytest

from strangler_analyzers import call_graph
from strangler_analyzers.options import Options


@pytest.fixture
def calls(write):
    def calls(files):
        files = {"main.py": files} if isinstance(files, str) else files
        graph = call_graph(write(files), Options(processes=1))
        outside = ("<", "os.", "functools.", "itertools.")
        return {(a, b) for a, found in graph.items() for b in found if not b.startswith(outside)}

    return calls


def test_a_name_stands_for_its_last_value(calls) -> None:
    assert calls("def f(): ...\ndef g(): ...\na = f\na = g\na()\n") == {("main", "main.g")}


def test_after_a_branch_a_name_stands_for_both_values(calls) -> None:
    source = "def f(): ...\ndef g(): ...\nif x:\n    a = f\nelse:\n    a = g\na()\n"
    assert calls(source) == {("main", "main.f"), ("main", "main.g")}


def test_a_branch_that_returns_says_nothing_about_what_follows(calls) -> None:
    source = "def f(): ...\ndef g(): ...\ndef h(x):\n    a = f\n    if x:\n        a = g\n        return\n    a()\n"
    assert calls(source) == {("main.h", "main.f")}


def test_functions_flow_through_parameters_containers_and_closures(calls) -> None:
    source = """
def f(): ...
def g(): ...
def run(task):
    def inner():
        task()
    return inner
table = {"a": f, "b": g}
run(table["a"])()
[f, g][1]()
"""
    found = calls(source)
    assert ("main.run.inner", "main.f") in found
    assert ("main.run.inner", "main.g") not in found
    assert {("main", "main.run"), ("main", "main.run.inner"), ("main", "main.g")} <= found


def test_methods_are_found_in_the_order_of_classes(calls) -> None:
    source = """
class A:
    def f(self): self.g()
    def g(self): ...
class B(A):
    def g(self): ...
class C(A): ...
class D(C, B): ...
D().f()
"""
    assert ("main.A.f", "main.B.g") in calls(source)


def test_a_template_method_calls_each_class_s_own_step(calls) -> None:
    source = """
class Base:
    def run(self): return self.step()
class One(Base):
    def step(self): ...
class Two(Base):
    def step(self): return One()
Two().run().run()
"""
    assert {("main.Base.run", "main.One.step"), ("main.Base.run", "main.Two.step")} <= calls(source)


def test_a_call_of_a_decorated_function_reaches_it(look) -> None:
    analysis = look(
        {
            "guards.py": (
                "import functools\n\n\ndef guarded(view):\n    @functools.wraps(view)\n"
                "    def wrapper(*args):\n        return view(*args)\n    return wrapper\n"
            ),
            "views.py": "from guards import guarded\n\n\n@guarded\ndef show(x): ...\n",
            "main.py": "from views import show\n\n\ndef go():\n    show(1)\n",
        }
    )
    assert ("main:go", "views:show") in {(call.caller, call.callee) for call in analysis.calls}


def test_annotations_say_what_a_parameter_is(calls) -> None:
    source = """
from __future__ import annotations
class Order:
    def total(self): ...
def f(order: Order | None, orders: list["Order"]):
    order.total()
    for one in orders:
        one.total()
"""
    assert ("main.f", "main.Order.total") in calls(source)


def test_re_exports_lead_to_the_definition(calls) -> None:
    files = {
        "shop/__init__.py": "from shop.orders import *\n",
        "shop/orders.py": "__all__ = ['place']\ndef place(): ...\ndef hidden(): ...\n",
        "main.py": "import shop\nshop.place()\n",
    }
    assert calls(files) == {("main", "shop.orders.place")}


def test_modules_that_import_each_other_still_resolve(calls) -> None:
    files = {
        "a.py": "import b\ndef f():\n    b.g()\n",
        "b.py": "from a import f\ndef g():\n    f()\n",
    }
    assert calls(files) == {("a.f", "b.g"), ("b.g", "a.f")}


def test_a_definition_named_by_text_is_found_by_the_shape_of_the_call(look) -> None:
    files = {
        "shop/loading.py": "def fetch(path, name): return _registry[path, name]\n",
        "shop/orders/forms.py": "class OrderForm:\n    def check(self): ...\n",
        "shop/views.py": (
            "from shop.loading import fetch\n\nForm = fetch('orders.forms', 'OrderForm')\n\n\n"
            "def view():\n    Form().check()\n"
        ),
    }
    analysis = look(files)
    dynamic = [edge for edge in analysis.edges if edge.scope == ("dynamic",)]
    assert [(edge.source, edge.target, edge.confidence) for edge in dynamic] == [
        ("shop.views", "shop.orders.forms", "inferred")
    ]
    assert ("shop.views:view", "shop.orders.forms:OrderForm.check") in {
        (one.caller, one.callee) for one in analysis.calls
    }


def test_text_that_only_looks_like_a_path_is_no_reference(look) -> None:
    files = {
        "shop/orders.py": "def f(): ...\n",
        "shop/views.py": "load('other.orders', 'f')\nlabel('orders', 'of the day')\n",
    }
    assert look(files).edges == ()


def test_generators_iterators_and_context_managers_hand_on_their_values(calls) -> None:
    source = """
from contextlib import contextmanager
def f(): ...
def values():
    yield f
class Iterator:
    def __iter__(self): return self
    def __next__(self): return f
@contextmanager
def held():
    yield f
def go():
    for one in values():
        one()
def run():
    for one in Iterator():
        one()
def enter():
    with held() as one:
        one()
"""
    found = calls(source)
    assert {("main.go", "main.f"), ("main.run", "main.f"), ("main.enter", "main.f")} <= found
    assert ("main.run", "main.Iterator.__next__") in found


def test_recursion_and_growing_values_come_to_an_end(calls) -> None:
    source = """
def f(x):
    return f([x, f])
class A:
    def m(self): return type("B", (A,), {"x": self.m})
f(f)
A().m()
"""
    assert ("main.f", "main.f") in calls(source)


def test_a_loader_finds_what_a_package_loads_itself(calls) -> None:
    files = {
        "app/__init__.py": "",
        "app/loading.py": "def load(module, name):\n    return LOADER(module, name)\n",
        "app/views/__init__.py": "from app.loading import load\nView = load('views.search', 'View')\n",
        "app/views/search.py": "class View:\n    def show(self): ...\n",
        "app/run.py": "from app.loading import load\ndef run():\n    load('views', 'View')().show()\n",
    }
    assert ("app.run.run", "app.views.search.View.show") in calls(files)


def test_a_decorator_hands_back_what_it_is_put_on(calls) -> None:
    """Not what it was put on elsewhere, whether it hands it back as it is or through an object that is called."""
    source = """
class Guard:
    def __call__(self, fn):
        def guarded(*args):
            return fn(*args)
        return guarded
def guard(fn):
    return Guard()(fn)
def register(fn):
    return fn
@guard
def a(): ...
@guard
def b(): ...
@register
def c(): ...
@register
def d(): ...
def run(): b()
def go(): d()
"""
    found = calls(source)
    assert {callee for caller, callee in found if caller == "main.go"} == {"main.d"}
    assert {callee for caller, callee in found if caller == "main.run"} == {"main.Guard.__call__.guarded"}


def test_sums_that_feed_each_other_come_to_an_end(calls) -> None:
    """Each run of one made the other's list twice as long."""
    sums = "".join(f"        self.x += [f{i}]\n        self.x = self.x + [f{i}, f{i}]\n" for i in range(6))
    source = "".join(f"def f{i}(): ...\n" for i in range(6))
    source += f"class A:\n    def __init__(self):\n        self.x = []\n    def g(self):\n{sums}"
    source += "    def h(self):\n        self.g()\n        for one in self.x: one()\n"
    assert {("main.A.h", f"main.f{i}") for i in range(6)} <= calls(source)


def test_a_container_that_holds_itself_is_opened_once(calls) -> None:
    source = """
def f(): ...
class A:
    def go(self): f()
kinds = [A]
kinds.append(kinds)
def g(x: kinds[1]):
    try:
        x.go()
    except kinds as error:
        error.go()
"""
    assert ("main.g", "main.A.go") in calls(source)


def test_a_branch_that_constants_decide_is_known_and_not_gone_into(calls) -> None:
    source = """
import os
def on(): ...
def off(): ...
def truth(text):
    text = text.strip().lower()
    if text in ("yes", "true"):
        return True
    elif text in ("no", "false"):
        return False
MANY = truth(os.environ.get("MANY", " False "))
if MANY:
    def one(): ...
    on()
else:
    off()
if not MANY and truth("yes"): off()
one()
"""
    assert calls(source) == {("main", "main.off"), ("main", "main.one"), ("main", "main.truth")}


def test_what_is_decided_while_a_program_runs_is_left_open(calls) -> None:
    source = """
def f(): ...
def g(): ...
READY = False
def run():
    if READY: f()
    for part in parts:
        first = True
        if first: g()
first = True
for part in parts:
    if first: first = False
    else: g()
"""
    assert calls(source) == {("main", "main.g"), ("main.run", "main.f"), ("main.run", "main.g")}


def test_a_loop_over_what_is_known_pairs_what_belongs_together(calls) -> None:
    source = """
def f(): ...
def g(): ...
def call(name, task):
    if name == "f": task()
for name, task in [("f", f), ("g", g)]: call(name, task)
for name, task in {"f": f, "h": g}.items(): call(name, task)
[call(name, task) for name, task in (("g", g), ("f", f)) if name != "g"]
"""
    assert calls(source) == {("main", "main.call"), ("main.call", "main.f")}


def test_lists_are_summed_in_their_order(calls) -> None:
    source = """
from functools import reduce
from itertools import chain
from operator import add
def f(): ...
def g(): ...
def h(): ...
lists = [[f], [g], [h]]
reduce(add, lists)[0]()
sum(lists, [])[1]()
list(chain(*lists))[2]()
"""
    assert calls(source) == {("main", "main.f"), ("main", "main.g"), ("main", "main.h")}


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


def test_an_object_of_a_class_derived_from_a_container_holds_what_containers_hold(calls) -> None:
    source = """
def f(): ...
def g(): ...
class Registry(dict):
    def __getitem__(self, key):
        return super().__getitem__(key)
class Queue(list): ...
registry = Registry({"f": f})
registry["g"] = g
queue = Queue()
queue.append(f)
def first(): registry["f"]()
def second(): registry["g"]()
def third():
    for task in queue:
        task()
"""
    found = calls(source)
    assert {("main.first", "main.f"), ("main.second", "main.g"), ("main.third", "main.f")} <= found
    assert not {("main.first", "main.g"), ("main.second", "main.f"), ("main.third", "main.g")} & found


def test_a_defaultdict_has_something_of_its_own_for_each_key(calls) -> None:
    source = """
from collections import OrderedDict, defaultdict
def f(): ...
def g(): ...
def h(): ...
handlers = defaultdict(list)
handlers["a"].append(f)
handlers["b"].append(g)
deep = defaultdict(lambda: defaultdict(list))
deep["a"]["b"].append(h)
ordered = OrderedDict([("x", f)], y=g)
def first():
    for one in handlers["a"]:
        one()
def second(): deep["a"]["b"][0]()
def third(key):
    for one in handlers[key]:
        one()
def fourth(): ordered["y"]()
"""
    found = calls(source)
    assert {pair for pair in found if pair[0] == "main.first"} == {("main.first", "main.f")}
    assert ("main.second", "main.h") in found
    assert {("main.third", "main.f"), ("main.third", "main.g")} <= found
    assert {pair for pair in found if pair[0] == "main.fourth"} == {("main.fourth", "main.g")}


def test_a_function_within_one_that_is_followed_apart_sees_that_one_s_names(calls) -> None:
    source = """
def f(): ...
def g(): ...
class A:
    def step(self): f()
class B:
    def step(self): g()
table = {}
def register(cls, name):
    def keep(handler):
        table[name] = (cls, handler)
        return handler
    return keep
@register(A, "a")
@register(B, "b")
def handle(): ...
def run(): table["a"][0]().step()
"""
    found = calls(source)
    assert ("main.run", "main.A.step") in found
    assert ("main.run", "main.B.step") not in found


def test_what_is_registered_is_read_back_for_its_key(calls) -> None:
    """A decorator keeps views by model, another module asks for those of one."""
    files = {
        "shop/registry.py": "registry = {'views': {}}\n",
        "shop/views.py": (
            "from shop.registry import registry\nclass Order: ...\nclass Item: ...\n"
            "def view_of(model, path, detail=True):\n    def keep(view):\n        name = model.__name__\n"
            "        if name not in registry['views']:\n            registry['views'][name] = []\n"
            "        registry['views'][name].append({'view': view, 'path': path, 'detail': detail})\n"
            "        return view\n    return keep\n"
            "@view_of(Order, 'list', detail=False)\ndef orders(): ...\n"
            "@view_of(Order, 'show')\ndef order(): ...\n@view_of(Item, 'show')\ndef item(): ...\n"
        ),
        "shop/urls.py": (
            "from shop import views\nfrom shop.registry import registry\n"
            "def run(view): view()\n"
            "def of(name, detail=True):\n    found = []\n"
            "    for one in [kept for kept in registry['views'][name] if kept['detail'] == detail]:\n"
            "        found.append(one['view'])\n    return found\n"
            "ORDERS = of('Order', detail=False)\nITEMS = of('Item')\n"
            "def first(): ORDERS[0]()\ndef second(): ITEMS[0]()\n"
        ),
    }
    found = calls(files)
    assert {pair for pair in found if pair[0] == "shop.urls.first"} == {("shop.urls.first", "shop.views.orders")}
    assert {pair for pair in found if pair[0] == "shop.urls.second"} == {("shop.urls.second", "shop.views.item")}


def test_a_class_tells_its_bases_when_it_is_defined(calls) -> None:
    source = """
def f(): ...
def g(): ...
class Base:
    def __init_subclass__(cls, **options):
        cls.run = cls.step
class One(Base):
    step = f
class Two(Base):
    step = g
def first(): One.run()
"""
    found = calls(source)
    assert ("main.first", "main.f") in found
    assert ("main.first", "main.g") not in found


def test_a_loop_over_the_parts_of_a_program_goes_round_by_round(calls) -> None:
    source = """
def f(): ...
def g(): ...
def fs(run): run()
def gs(run): run()
def build():
    for start, task in [(fs, f), (gs, g)]:
        start(task)
"""
    found = calls(source)
    assert {("main.fs", "main.f"), ("main.gs", "main.g")} <= found
    assert not {("main.fs", "main.g"), ("main.gs", "main.f")} & found


def test_a_loop_over_a_list_that_holds_itself_comes_to_an_end(calls) -> None:
    source = """
def f(): ...
def build():
    both = [f]
    both[0] = both
    for one in both:
        one()
    each = [(f, both), (f, both)]
    for run, rest in each:
        run()
"""
    assert ("main.build", "main.f") in calls(source)
