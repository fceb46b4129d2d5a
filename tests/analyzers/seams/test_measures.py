from __future__ import annotations

import dataclasses

from strangler.analysis import Analysis, Call, Edge, Function, Module, Param, Table, Transaction
from strangler_analyzers.seams.measures.books import Books, Border, points
from strangler_analyzers.seams.measures.contract import contract, is_typed, signature
from strangler_analyzers.seams.measures.cycles import breaking, cycles
from strangler_analyzers.seams.measures.demand import with_demand
from strangler_analyzers.seams.measures.effects import Effects
from strangler_analyzers.seams.measures.figures import Figures, Surveyor
from strangler_analyzers.seams.measures.ledger import Entry, ledger
from strangler_analyzers.seams.measures.libraries import Libraries
from strangler_analyzers.seams.measures.order import independence, order
from strangler_analyzers.seams.measures.people import People
from strangler_analyzers.seams.measures.rationale import rationale
from strangler_analyzers.seams.measures.reach import Reach, methods_of
from strangler_analyzers.seams.measures.risk import risk
from strangler_analyzers.seams.measures.trials import Trials
from strangler_analyzers.seams.surroundings import Commit, OwnerRule, Surroundings

CALM = dict.fromkeys(("transactions", "writes", "loop_calls", "foreign_keys", "inherits"), 0.0)


def test_the_ledger_has_each_tie_once_with_its_kind(shop: Analysis) -> None:
    between = [
        entry.kind
        for entry in ledger(shop)
        if {entry.source.split(".")[1], entry.target.split(".")[1]} == {"order", "invoice"}
    ]
    assert sorted(between) == ["foreign-key", "import", "loop-call", "read", "transaction"]


def test_a_border_splits_what_is_inside_from_what_crosses(shop: Analysis) -> None:
    own = [module.name for module in shop.modules if module.name.startswith("m.order")]
    border = Books(ledger(shop), frozenset({"m.clock"})).border(own)
    assert {entry.source for entry in border.inward} >= {"m.invoice.service", "m.invoice.models"}
    assert border.outward == ()
    assert all(entry.source in own and entry.target in own for entry in border.inside)


def test_points_are_the_sum_of_prices() -> None:
    assert points([Entry("import", "a", "b", "", 3), Entry("transaction", "a", "b", "t", 1)]) == 14


def test_a_contract_tells_signature_types_and_guesses(shop: Analysis) -> None:
    inward = [entry for entry in ledger(shop) if entry.target == "m.order.service"]
    operation = contract(inward, {function.ref: function for function in shop.functions}, lambda ref: [])[0]
    assert operation["ref"] == "m.order.service:find"
    assert operation["signature"] == "(pk: int) -> Order"
    assert operation["typed"]
    assert operation["in_loop"]
    assert (operation["operation"], operation["idempotency"]) == ("query", "natural")


def test_a_command_with_a_key_may_be_repeated() -> None:
    key = Param("idempotency_key", "keyword_only", "str")
    function = Function("m:f", "m.py", 1, 2, "function", params=(key,), writes=("t",))
    operation = contract([Entry("call", "a", "m", "m:f", 1)], {"m:f": function}, lambda ref: ["t"])[0]
    assert (operation["operation"], operation["idempotency"]) == ("command", "key")


def test_a_signature_is_written_as_python_would() -> None:
    params = (
        Param("self", "positional_or_keyword"),
        Param("a", "positional_or_keyword", "int"),
        Param("rest", "var_positional"),
        Param("b", "keyword_only", None, "1"),
        Param("more", "var_keyword"),
    )
    function = Function("m:C.f", "m.py", 1, 2, "method", params=params, returns="str")
    assert signature(function) == "(a: int, *rest, b=1, **more) -> str"
    assert not is_typed(function)


def test_the_cheapest_arc_breaks_the_ring() -> None:
    assert breaking({("a", "b"): 5, ("b", "c"): 1, ("c", "a"): 7}) == [("b", "c")]


def test_what_is_broken_has_no_ring_left_and_nothing_is_broken_needlessly() -> None:
    prices = {("a", "b"): 1, ("b", "a"): 9, ("b", "c"): 2, ("c", "b"): 3, ("c", "d"): 4, ("d", "a"): 1}
    removed = breaking(prices)
    assert not _has_ring(set(prices) - set(removed))
    assert all(_has_ring({*(set(prices) - set(removed)), arc}) for arc in removed)


def _has_ring(arcs: set[tuple[str, str]]) -> bool:
    left = set(arcs)
    while True:
        ends = {target for _, target in left}
        free = {arc for arc in left if arc[0] not in ends}
        if not free:
            return bool(left)
        left -= free


def test_deferred_named_and_type_only_imports_close_no_ring(shop: Analysis) -> None:
    assert cycles(shop) == []
    edge = next(e for e in shop.edges if (e.source, e.target) == ("m.order.service", "m.order.models"))
    back = dataclasses.replace(edge, source=edge.target, target=edge.source, scope=("module",))
    ring = cycles(dataclasses.replace(shop, edges=(*shop.edges, back)))
    assert [cycle.modules for cycle in ring] == [("m.order.models", "m.order.service")]
    for scope in (("type_checking",), ("function",), ("dynamic",), ("dynamic", "function")):
        harmless = dataclasses.replace(back, scope=scope)
        assert cycles(dataclasses.replace(shop, edges=(*shop.edges, harmless))) == []


def test_the_order_prefers_what_gets_cheap_once_its_neighbour_is_out() -> None:
    alone = {(2, -1): 45}
    assert order([1.0, 1.0, 1.0], [50, 50, 50], alone) == [0, 1, 2]
    leaning = {(0, -1): 10, (0, 1): 60, (1, 0): 60, **alone}
    assert order([1.0, 0.9, 1.0], [200, 50, 50], leaning) == [0, 1, 2]
    assert order([0.1, 0.9, 1.0], [200, 50, 50], leaning) == [2, 1, 0]
    assert independence(30, 10) == 0.75


def library_program(*imports: tuple[str, str], tables: tuple[Table, ...] = ()) -> Analysis:
    names = sorted({name for pair in imports for name in pair})
    modules = tuple(Module(name, f"{name}.py") for name in names)
    edges = tuple(Edge(one, two, "import") for one, two in imports)
    return Analysis(version="1", modules=modules, edges=edges, tables=tables)


USERS = [(f"{group}{number}", "clock") for group in "abcde" for number in range(2)]
GROUPS = {name: name[0] for name, _ in USERS}


def test_the_kernel_is_used_everywhere_and_dominated_by_nobody() -> None:
    assert [one.module for one in Libraries(library_program(*USERS)).kernel(GROUPS, 5)] == ["clock"]
    lopsided = [*USERS, *((f"a{number}", "clock") for number in range(2, 20))]
    groups = {name: name[0] for name, _ in lopsided}
    assert Libraries(library_program(*lopsided)).kernel(groups, 5) == []


def test_what_drags_somebodys_tables_along_is_no_library() -> None:
    dragging = library_program(*USERS, ("clock", "ledger"), tables=(Table("entries", None, "ledger"),))
    assert Libraries(dragging).kernel(GROUPS, 5) == []
    own = library_program(*USERS, tables=(Table("ticks", None, "clock"),))
    assert [one.module for one in Libraries(own).kernel(GROUPS, 5)] == ["clock"]


def test_a_service_takes_kernel_and_light_modules_along_and_no_others() -> None:
    imports = (("s", "clock"), ("s", "cookie"), ("cookie", "text"), ("s", "people"), ("people", "store"))
    libraries = Libraries(library_program(*imports, tables=(Table("users", None, "store"),)))
    assert libraries.beside(["s"], ["clock"]) == ["clock", "cookie", "text"]


def test_effects_follow_calls_but_not_what_was_handed_over() -> None:
    functions = (
        Function("a:f", "a.py", 1, 2, "function"),
        Function("a:g", "a.py", 3, 4, "function", writes=("own",)),
        Function("b:h", "b.py", 1, 2, "function", writes=("theirs",)),
        Function("c:later", "c.py", 1, 2, "function", writes=("other",)),
    )
    calls = (Call("a:f", "a:g", in_transaction="t"), Call("a:f", "b:h", in_transaction="t"), Call("b:h", "c:later"))
    effects = Effects(dataclasses.replace(library_program(("a", "b"), ("c", "b")), functions=functions, calls=calls))
    assert effects.written("a:f") == ["own", "theirs"]
    assert effects.written_within("a:f", {"a"}) == ["own"]
    assert effects.written_in(Transaction("t", "atomic", "a:f", ("direct",))) == {"direct", "own", "theirs"}


def test_risk_grows_with_each_danger_and_stays_below_one() -> None:
    safe = {**CALM, "tested_share": 1.0, "stability": 1.0}
    assert risk(safe) == 0.0
    assert 0 < risk({**safe, "loop_calls": 1.0}) < risk({**safe, "transactions": 1.0}) < 1
    assert risk({**safe, "tested_share": 0.0}) > 0


def test_the_last_matching_rule_of_codeowners_counts() -> None:
    rules = (
        OwnerRule("*", ("@all",), "CODEOWNERS", 1),
        OwnerRule("/m/", ("@core",), "CODEOWNERS", 2),
        OwnerRule("*.sql", ("@data",), "CODEOWNERS", 3),
    )
    analysis = Analysis(version="1", modules=(Module("m.a", "m/a.py"), Module("x", "x.py")))
    people = People(analysis, Surroundings(owners=rules))
    assert people.of(["m.a"]).owners == [{"owner": "@core", "files": 1, "rule": "CODEOWNERS:2"}]
    assert people.of(["x"]).owners[0]["owner"] == "@all"


def test_leakage_is_the_share_of_commits_that_reach_outside() -> None:
    analysis = Analysis(version="1", modules=(Module("a", "a.py"), Module("b", "b.py")))
    commits = (Commit("ann", ("a.py",)), Commit("ann", ("a.py", "b.py")), Commit("bob", ("b.py",)))
    found = People(analysis, Surroundings(commits=commits)).of(["a"])
    assert found.leakage == 0.5
    assert found.authors == [{"author": "ann", "commits": 2}]


def test_tests_are_found_by_imports_and_by_coverage(shop: Analysis) -> None:
    own = ["m.order.service", "m.order.models"]
    assert Trials(shop, Surroundings()).of(own).tests == [{"test": "tests.test_order", "modules": 1}]
    covered = Trials(shop, Surroundings(covered={"m/order/models.py": ("t::one",)})).of(own)
    assert covered.share == 1.0


def test_reach_follows_calls_through_rings(shop: Analysis) -> None:
    reach = Reach(shop)
    assert reach.of("m.invoice.api:issue", methods_of(shop)) == reach.bits(
        ["m.invoice.api", "m.invoice.service", "m.order.service"]
    )


def test_the_rationale_counts_in_words() -> None:
    metrics = {**CALM, "modules": 1.0, "cohesion": 0.5, "stability": 1.0, "effort": 6.0, "users": 1.0}
    metrics |= {"reads": 0.0, "calls": 2.0}
    text = rationale({**metrics, "imports": 1.0, "risk": 0.1}, ["t"], 1)
    assert "1 module, owns 1 table" in text
    assert "2 calls, 1 import" in text
    assert "; 1 other seam uses it." in text
    assert "; 2 other seams use it." in rationale({**metrics, "imports": 1.0, "risk": 0.1, "users": 2.0}, ["t"], 1)


def test_a_first_seam_that_is_sure_to_hurt_is_not_called_the_best() -> None:
    metrics = {"modules": 3.0, "cohesion": 0.2, "stability": 0.9, "effort": 900.0, "risk": 0.97, "users": 0.0}
    metrics |= dict.fromkeys(
        ("transactions", "writes", "foreign_keys", "inherits", "reads", "loop_calls", "calls", "imports"), 1.0
    )
    assert "hard lot" in rationale(metrics, (), 1)
    assert "The best one to begin with." in rationale({**metrics, "risk": 0.4}, (), 1)
    assert "hard lot" not in rationale(metrics, (), 2)


def test_what_owns_most_tables_is_called_the_core_and_comes_late(shop: Analysis) -> None:
    metrics = {**CALM, "modules": 1.0, "cohesion": 0.5, "stability": 1.0, "effort": 6.0, "users": 0.0, "risk": 0.1}
    metrics |= {"reads": 0.0, "calls": 2.0, "imports": 1.0}
    tables = [f"t{number}" for number in range(8)]
    assert "owns 8 tables of 10 and so is the core" in rationale(metrics, tables, 2, 10)
    assert "core" not in rationale(metrics, tables, 2, 20)
    own = tuple(module.name for module in shop.modules if module.name.startswith("m.order"))
    alone = dataclasses.replace(shop, tables=tuple(table for table in shop.tables if table.name == "orders"))
    much = Surveyor(alone, Surroundings(), Libraries(alone), frozenset()).survey(own, 1.0, 20)
    others = tuple(Table(f"t{number}", None, "elsewhere") for number in range(40))
    wider = dataclasses.replace(shop, tables=(*alone.tables, *others))
    little = Surveyor(wider, Surroundings(), Libraries(wider), frozenset()).survey(own, 1.0, 20)
    assert much.worth < little.worth / 2


def test_what_many_seams_use_and_nobody_asks_for_from_outside_is_worth_less() -> None:
    def seam(name: str, routes: float, *users: str) -> Figures:
        border = Border((), tuple(Entry("call", user, name, "x", 1) for user in users), ())
        return Figures((name,), border, {"routes": routes, "tasks": 0.0}, {}, (), (), (), 0.8)

    ground, asked, leaf = with_demand(
        [seam("ground", 0, "asked", "leaf"), seam("asked", 1, "leaf", "m"), seam("leaf", 0)]
    )
    assert (ground.worth, asked.worth, leaf.worth) == (0.0, 0.8, 0.8)
    assert [one.metrics["users"] for one in (ground, asked, leaf)] == [2.0, 1.0, 0.0]
