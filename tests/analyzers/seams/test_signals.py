from __future__ import annotations

import dataclasses

import pytest

from strangler.analysis import Analysis, Edge, Evidence, Function, Model, Module
from strangler_analyzers.seams.options import SeamOptions
from strangler_analyzers.seams.signals.citations import citation_ties
from strangler_analyzers.seams.signals.cochange import cochange_ties
from strangler_analyzers.seams.signals.direct import arcs, direct_ties
from strangler_analyzers.seams.signals.directories import directory_ties, folder_layers
from strangler_analyzers.seams.signals.families import plugin_families
from strangler_analyzers.seams.signals.landscape import landscape
from strangler_analyzers.seams.signals.packages import separate_packages
from strangler_analyzers.seams.signals.similarity import neighbours, weigh
from strangler_analyzers.seams.signals.stems import recurring_stems
from strangler_analyzers.seams.signals.ties import Ties, gather
from strangler_analyzers.seams.signals.topics import topic_ties
from strangler_analyzers.seams.signals.traces import trace_ties
from strangler_analyzers.seams.signals.vocabulary import Vocabulary, vocabulary
from strangler_analyzers.seams.signals.words import domain_nouns, words
from strangler_analyzers.seams.surroundings import Commit
from strangler_analyzers.seams.weights import DEFAULT


def about(*things: str, kinds: tuple[str, ...] = (), joined: tuple[tuple[str, str], ...] = ()) -> Vocabulary:
    spelt = {one + two: (one, two) for one, two in joined}
    return Vocabulary(frozenset(things), frozenset(kinds), frozenset(joined), spelt)


def modules(*names: str) -> tuple[Module, ...]:
    return tuple(Module(name, name.replace(".", "/") + ".py") for name in names)


def test_packages_that_hardly_touch_are_programs_of_their_own() -> None:
    land = landscape(Analysis(version="1", modules=modules("a.x", "a.y", "b.x", "b.y", "c.x", "c.y")))
    apart = {(0, 1): 10.0, (2, 3): 10.0, (4, 5): 1.0, (3, 4): 1.0}
    assert separate_packages(land, apart) == [(0, 1), (2, 3)]


def test_a_program_of_its_own_takes_nobody_in() -> None:
    ties = Ties({"direct": {(0, 1): 1.0, (1, 2): 1.0, (2, 3): 1.0}}).apart([(0, 1)])
    assert ties.total() == {(0, 1): 1.0, (2, 3): 1.0}


def test_a_package_with_most_of_the_modules_is_the_monolith() -> None:
    land = landscape(Analysis(version="1", modules=modules("a.x", "a.y", "a.z", "b.x", "b.y")))
    assert separate_packages(land, {(0, 1): 1.0, (3, 4): 1.0}) == [(3, 4)]


def test_an_import_through_a_package_counts_for_the_definer() -> None:
    site = Evidence("a.py", 1, symbol="p.inner:Thing")
    edges = (Edge("a", "p", "import", evidence=(site,)),)
    analysis = Analysis(version="1", modules=modules("a", "p", "p.inner"), edges=edges)
    land = landscape(analysis)
    assert list(arcs(analysis, land)) == [(land.index["a"], land.index["p.inner"])]


def test_a_tie_to_a_hub_is_weaker() -> None:
    names = [f"m{number}" for number in range(9)]
    edges = [Edge(name, "hub", "import") for name in names] + [Edge("m0", "quiet", "import")]
    analysis = Analysis(version="1", modules=modules(*names, "hub", "quiet"), edges=tuple(edges))
    land = landscape(analysis)
    ties = direct_ties(arcs(analysis, land), len(land), DEFAULT)

    def tie(one: str, other: str) -> float:
        return ties[tuple(sorted((land.index[one], land.index[other])))]  # type: ignore[index]

    assert tie("m0", "quiet") > 2 * tie("m0", "hub")


def test_a_feature_of_one_module_says_nothing() -> None:
    assert weigh([{"a": 1.0, "b": 1.0}, {"b": 1.0}])[0].keys() == {"b"}


def test_neighbours_are_the_nearest_and_no_others() -> None:
    near = neighbours([{"x": 1.0}, {"x": 1.0, "y": 0.1}, {"y": 1.0}, {"z": 1.0}], 1)
    assert near[0, 1] == pytest.approx(0.995, abs=0.001)
    assert all(3 not in key for key in near)


def test_modules_used_by_the_same_modules_are_alike() -> None:
    found = {(0, 2): {"import": 1}, (0, 3): {"import": 1}, (1, 2): {"import": 1}, (1, 3): {"import": 1}}
    assert (2, 3) in citation_ties(found, 5, 4)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("OrderLines_v2", {"order", "line"}),
        ("HTTPCategoriesView", {"http", "category", "view"}),
        ("status", {"status"}),
        ("id", set()),
    ],
)
def test_words_are_lower_case_and_singular(identifier: str, expected: set[str]) -> None:
    assert words(identifier) == expected


def test_nouns_come_from_models_and_tables(shop: Analysis) -> None:
    assert domain_nouns(shop) == {"order", "invoice"}


def test_modules_about_the_same_thing_are_alike(shop: Analysis) -> None:
    land = landscape(shop)
    ties = topic_ties(shop, land, DEFAULT)
    same = [land.names[a].split(".")[1] == land.names[b].split(".")[1] for a, b in ties]
    assert ties
    assert all(same)


def test_folders_tie_and_common_file_names_do_not() -> None:
    land = landscape(Analysis(version="1", modules=modules("a.x.api", "a.x.models", "a.y.api", "a.y.models")))
    ties = directory_ties(land, about(), 3)
    assert set(ties) == {(0, 1), (2, 3)}


def test_a_folder_of_domain_names_that_recur_elsewhere_is_a_layer() -> None:
    names = [f"a.{layer}.{noun}" for layer in ("api", "db", "logic") for noun in ("order", "card", "mail")]
    land = landscape(Analysis(version="1", modules=modules(*names)))
    ties = directory_ties(land, about("order", "card", "mail"), 2)
    assert {tuple(land.names[place].rpartition(".")[2] for place in pair) for pair in ties} == {
        ("order", "order"),
        ("card", "card"),
        ("mail", "mail"),
    }


def plug_ins(*kinds: str, base: str = "a.runners") -> Analysis:
    """A package of variations of one base, which two modules of the domain use."""
    variations = [f"a.runners.{kind}" for kind in kinds]
    packages = (Module("a.runners", "a/runners/__init__.py"), *modules("a.orders", "a.cards", *variations))
    edges = [Edge(name, base, "inherit") for name in variations] + [Edge("a.orders", base, "import")]
    return Analysis(version="1", modules=packages, edges=tuple(edges))


def families(program: Analysis, *things: str) -> list[set[str]]:
    land = landscape(program)
    found = plugin_families(program, land, folder_layers(land, about(*things)))
    return [{land.names[place] for place in family} for family in found]


def test_variations_of_what_their_folder_declares_are_a_family() -> None:
    program = plug_ins("pg", "hive", "mysql", "druid", "athena")
    assert families(program) == [{name for name in landscape(program).names if name.startswith("a.runners")}]


def test_a_few_variations_are_no_family() -> None:
    assert families(plug_ins("pg", "hive", "mysql", "druid")) == []


def test_what_derives_from_elsewhere_is_no_family() -> None:
    assert families(plug_ins("pg", "hive", "mysql", "druid", "athena", base="a.orders")) == []


def test_a_layer_is_no_family() -> None:
    kinds = ("order", "card", "mail", "user", "group")
    program = plug_ins(*kinds)
    others = modules(*(f"a.api.{kind}" for kind in kinds))
    assert families(dataclasses.replace(program, modules=(*program.modules, *others)), *kinds) == []


def test_a_name_written_as_one_word_is_taken_apart() -> None:
    names = ("a.db.meal_plan", "a.db.shop", "a.web.mealplans", "a.web.x")
    land = landscape(Analysis(version="1", modules=modules(*names)))
    words_of = about("meal", "plan", joined=(("meal", "plan"),))
    assert words_of.spell("MealplansView") == ("meal", "plan", "view")
    assert words_of.things_in("mealplan") == {"meal", "plan"}
    assert words_of.phrases_in("get_meal_plan") == {("meal", "plan")}
    assert max(directory_ties(land, words_of, 1).items(), key=lambda tie: tie[1])[0] == (0, 2)


def test_a_word_that_goes_with_many_things_is_a_kind() -> None:
    things = ("Device", "Site", "Cable", "Rack", "Tenant")
    classes = [f"m:{thing}{kind}" for thing in things for kind in ("Filter", "Form")] + ["m:SavedFilter"]
    analysis = Analysis(
        version="1",
        modules=modules("m"),
        models=tuple(Model(f"m:{name}", "django", "m") for name in (*things, "SavedFilter")),
        functions=tuple(Function(ref, "m.py", 1, 2, "class") for ref in classes),
    )
    found = vocabulary(analysis, landscape(analysis))
    assert found.kinds == {"filter", "form"}
    assert found.things == {"device", "site", "cable", "rack", "tenant", "saved"}


def test_few_things_make_no_kind(shop: Analysis) -> None:
    assert vocabulary(shop, landscape(shop)).things == {"order", "invoice"}


def test_words_that_recur_in_a_few_folders_hold_modules_together() -> None:
    names = [f"a.f{number}.utils" for number in range(8)]
    names += ["a.web.scraper", "a.jobs.scraper", "a.web.order", "a.jobs.form", "a.web.form", "a.jobs.once"]
    paths = [[".".join(name.split(".")[:depth]) for depth in (1, 2, 3)] for name in names]
    assert recurring_stems(paths, about("order", kinds=("form",))) == {"scraper"}


def test_what_changes_together_often_is_tied_and_large_commits_do_not_count() -> None:
    analysis = Analysis(version="1", modules=modules("a", "b", "c"))
    land = landscape(analysis)
    large = Commit("x", ("a.py", "c.py", *(f"f{number}.py" for number in range(40))))
    commits = [*[Commit("x", ("a.py", "b.py"))] * 6, *[large] * 9]
    assert cochange_ties(analysis, land, commits) == {(0, 1): 1.0}


def test_observed_calls_both_ways_add_up() -> None:
    land = landscape(Analysis(version="1", modules=modules("a", "b")))
    assert trace_ties(land, {("a", "b"): 3, ("b", "a"): 4, ("a", "gone"): 9}) == {(0, 1): 3.0}


def test_similarities_are_shares_of_the_direct_ties(shop: Analysis) -> None:
    ties = gather(shop, landscape(shop), SeamOptions(), None).signals
    base = sum(ties["direct"].values())
    assert sum(ties["topic"].values()) == pytest.approx(DEFAULT.topic * base)


def test_folders_are_looked_at_only_if_allowed(shop: Analysis) -> None:
    land = landscape(shop)
    assert "directory" in gather(shop, land, SeamOptions(), vocabulary(shop, land)).signals
    assert "directory" not in gather(shop, land, SeamOptions(), None).signals


def test_a_renamed_program_gets_the_same_seams_without_names(shop: Analysis) -> None:
    from strangler_analyzers import propose

    def renamed(name: str) -> str:
        return f"z{sum(map(ord, name))}" if name.startswith("m.") else name

    edges = tuple(
        dataclasses.replace(edge, source=renamed(edge.source), target=renamed(edge.target), evidence=())
        for edge in shop.edges
    )
    mods = tuple(dataclasses.replace(module, name=renamed(module.name)) for module in shop.modules)
    plain = dataclasses.replace(shop, functions=(), calls=(), tables=(), models=(), transactions=())
    hidden = dataclasses.replace(plain, edges=edges, modules=mods)
    blind = SeamOptions(names=False)
    expected = {frozenset(map(renamed, seam.modules)) for seam in propose(plain, blind).seams}
    assert {frozenset(seam.modules) for seam in propose(hidden, blind).seams} == expected
