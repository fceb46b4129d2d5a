"""What is kept in lists, mappings and objects like them, and taken out again."""

from __future__ import annotations


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
