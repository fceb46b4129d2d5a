"""Who calls whom, as the abstract run sees it; the public suites are measured by benchmarks/."""

from __future__ import annotations


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
