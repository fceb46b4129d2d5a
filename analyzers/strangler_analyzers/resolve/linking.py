"""How a program hangs together: its modules among each other, and with what lies outside."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

from strangler_analyzers.facts import Facts, Import
from strangler_analyzers.resolve import loaders, pure
from strangler_analyzers.resolve.annotations import annotated
from strangler_analyzers.resolve.attributes import attribute
from strangler_analyzers.resolve.containers import elements
from strangler_analyzers.resolve.frames import CallOf, Event, Frame, Record
from strangler_analyzers.resolve.imports import ModuleTable
from strangler_analyzers.resolve.interning import Interned
from strangler_analyzers.resolve.library import Knowledge, standard_result, texts, wrapped_result
from strangler_analyzers.resolve.pending import Generator
from strangler_analyzers.resolve.values import EMPTY, Class, Func, Made, Module, Value, Values, union


class Linked(Interned):
    """The modules of a program and what is known of the libraries it uses."""

    def __init__(self, modules: Iterable[Module], knowledge: Knowledge) -> None:
        super().__init__()
        self.table = ModuleTable(modules)
        self.index = loaders.Index(self.table)
        self.knowledge = knowledge
        self._result_rules = (standard_result, pure.default, wrapped_result, *knowledge.results)
        self._attribute_rules = (pure.attribute, *knowledge.attributes)
        self._notes: dict[str, Any] = {}
        self.dynamic: dict[tuple[str, str, int, str], None] = {}
        self.patches: dict[tuple[str, str, str, int], None] = {}
        self._queue: dict[Func, None] = {}
        self._namespaces: dict[str, Module] = {}

    @abstractmethod
    def apply(self, frame: Frame, call: CallOf) -> Values:
        """What calling each of ``call.callees`` gives."""

    @abstractmethod
    def run_module(self, module: Module) -> None:
        """Run the body of ``module`` if it has not been."""

    def run_import(self, frame: Frame, statement: Import) -> None:
        """What an import statement binds."""
        if statement.names is None:
            name = statement.module
            if statement.alias:
                frame.bind(statement.alias, self._module_or_outside(frame, name))
            else:
                frame.bind(name.partition(".")[0], self._module_or_outside(frame, name.partition(".")[0]))
                self._module_or_outside(frame, name)
            return
        base = self.table.home(frame.module, statement)
        if base is None:
            return
        origin = self._module_or_outside(frame, base)
        for name, alias in statement.names:
            if name == "*":
                self._import_all(frame, origin)
            else:
                frame.bind(alias, self._taken(frame, origin, name))

    def _taken(self, frame: Frame, origin: Values, name: str) -> Values:
        """What ``from origin import name`` takes."""
        found = EMPTY
        for one in origin:
            taken = self._member(frame, one, name) if isinstance(one, Module) else attribute(frame, (one,), name)
            found = union(found, taken)
        return found

    def _import_all(self, frame: Frame, origin: Values) -> None:
        for module in origin:
            if isinstance(module, Module):
                exports = module.facts.exports
                for name, values in list(module.env.items()):
                    if name in exports if exports is not None else not name.startswith("_"):
                        frame.bind(name, values)

    def _module_or_outside(self, frame: Frame, name: str) -> Values:
        module = self.table.get(name) or self._namespace(name)
        if module is None and frame.module.facts.grade == "tolerant":
            module = self.table.get(self.table.sibling(frame.module, name) or "")
        if module is None:
            return (self.outside(name),) if name else EMPTY
        self.run_module(module)
        return (module,)

    def _namespace(self, name: str) -> Module | None:
        if name not in self.table.namespaces:
            return None
        found = self._namespaces.get(name)
        if found is None:
            nothing = Facts("light", 0, (), (), (), None, (), (), {}, {})
            found = self._namespaces[name] = Module(name, "", nothing, is_package=True)
        return found

    def module_attribute(self, frame: Frame, module: Module, attr: str) -> Values:
        """``module.attr``: a name of the module, or a module within it."""
        if attr.isupper() and module is not frame.module and attr in module.env:
            frame.record.holds.setdefault(("constant", f"{module.name}:{attr}"), frame.line)
        return self._member(frame, module, attr)

    def _member(self, frame: Frame, module: Module, attr: str) -> Values:
        self.run_module(module)
        found = module.env.get(attr)
        if found is not None:
            if attr in module.state:
                frame.record.state_reads.setdefault((module.name, attr), frame.line)
            return found
        inner = self.table.get(f"{module.name}.{attr}") or self._namespace(f"{module.name}.{attr}")
        if inner is not None:
            self.run_module(inner)
            return (inner,)
        if module.stage == 1:
            self._queue[frame.func] = None
        special = module.env.get("__getattr__")
        if special:
            call = CallOf(special, [self.constant(attr)], {}, frame.line, frame.next_site())
            return self.apply(frame, call)
        return EMPTY

    def imported_by_text(self, frame: Frame, args: list[Values], package: Values, line: int) -> Values:
        """What ``import_module("…", package)`` gives; each module of a folder, where a part of the name is open."""
        found = EMPTY
        packages = texts(args[1] if len(args) > 1 else package) or [""]
        for text in texts(args[0]):
            name = packages[0] + text if text.startswith(".") else text
            modules = self.table.matching(name) if "{}" in name else [self.table.get(name)]
            for module in modules:
                if module is not None:
                    self.note_dynamic(frame.module, module, line, module.name)
                    self.run_module(module)
                    found = union(found, (module,))
        return found

    def note_dynamic(self, source: Module, target: Module, line: int, symbol: str) -> None:
        """Note that ``source`` names something of ``target`` by text."""
        self.dynamic.setdefault((source.name, target.name, line, symbol))

    def patch(self, frame: Frame, module: Module, attr: str, values: Values) -> None:
        """What ``module.attr = values`` does from outside."""
        if module is not frame.module:
            self.patches.setdefault((frame.module.name, module.name, attr, frame.line))
        module.env[attr] = union(module.env.get(attr, EMPTY), values)

    def declared_return(self, frame: Frame, func: Func) -> Values:
        """What a function whose returns are not known is declared to give."""
        if func.scope.returns is None:
            return EMPTY
        home = Frame(self, func, {})
        home.record = Record()
        return annotated(home, func.scope.returns[1])

    def unknown_call(self, frame: Frame, name: str, call: CallOf) -> Values:
        """What the call of something unknown may load."""
        return loaders.loaded(frame, self.index, call)

    def yielded(self, frame: Frame, values: Values) -> Values:
        """What a provider hands out: what it returns, or yields."""
        found = EMPTY
        for value in values:
            inner = elements(frame, (value,)) if isinstance(value, Generator) else (value,)
            found = union(found, inner)
        return found

    def library_result(self, frame: Frame, made: Made, call: CallOf) -> Values:
        """What a call of something outside gives."""
        for rule in self._result_rules:
            found = rule(frame, made, call)
            if found is not None:
                return found
        # Constructors make something of their own; what only looks a name up is a function.
        is_constructor = made.callee.dotted.rpartition(".")[2][:1].isupper()
        return (not is_constructor and loaders.loaded(frame, self.index, call)) or (made,)

    def library_item(self, frame: Frame, value: Value, keys: Values) -> Values:
        """What ``value[keys]`` of something outside is; a look into the environment or a configuration is noted."""
        name = value.dotted
        if name.endswith(("environ", "config")) and texts(keys):
            made = self.made(frame, frame.next_site(), value)
            made.args, made.line = [keys], frame.line
            event = Event(f"{name}.__getitem__", made, frame.func, frame.line, frame.loops > 0, frame.transaction)
            frame.record.events.append(event)
        return self.library_element(frame, value)

    def library_element(self, frame: Frame, value: Value) -> Values:
        """What iterating over something outside gives."""
        for rule in self.knowledge.elements:
            found = rule(frame, value)
            if found:
                return found
        return EMPTY

    def library_field(self, frame: Frame, made: Made, receiver: Value) -> Values:
        """What a field declared in a class body is on an object."""
        for rule in self.knowledge.fields:
            found = rule(frame, made, receiver)
            if found is not None:
                return found
        return (made,)

    def library_class_member(self, frame: Frame, made: Made, cls: Class, attr: str) -> Values:
        """What a field declared in a class body is on the class."""
        for rule in self.knowledge.class_members:
            found = rule(frame, made, cls, attr)
            if found is not None:
                return found
        return (made,)

    def library_attribute(self, frame: Frame, value: Value, attr: str) -> Values:
        """What the attribute of something outside is known to be."""
        for rule in self._attribute_rules:
            found = rule(frame, value, attr)
            if found:
                return found
        return EMPTY

    def noted(self, what: str, make: Callable[[], Any]) -> Any:
        """What is made of the whole program, and made once: the rules and detectors that ask share it."""
        if what not in self._notes:
            self._notes[what] = make()
        return self._notes[what]

    def is_factory(self, frame: Frame, bases: list[Any]) -> bool:
        """Whether objects of a class with these outside bases are told apart inside functions too."""
        return False
