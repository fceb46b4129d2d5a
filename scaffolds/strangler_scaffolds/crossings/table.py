"""The rules by which crossings are judged; docs/reference/crossings.md shows this table, and a test holds it there."""

from __future__ import annotations

from strangler.analysis import Evidence
from strangler.model import Location
from strangler_scaffolds.crossings.rules import Crossing, Rule, Verdict


def _table(*rules: Rule) -> dict[str, Rule]:
    return {rule.name: rule for rule in rules}


_REWRITE, _TODO, _REFUSE = Verdict.REWRITE, Verdict.TODO, Verdict.REFUSE

RULES = _table(
    Rule(
        "CALL",
        _REWRITE,
        "a function of the seam is called from outside",
        "nothing to do: the call goes through the client",
    ),
    Rule(
        "CALL-LOOP",
        _TODO,
        "the seam is called in a loop, once per item",
        "add a function that takes all items, call it once",
    ),
    Rule(
        "CALL-VARIADIC",
        _REWRITE,
        "a function that is called takes *args or **kwargs",
        "nothing to do: each value is encoded by itself",
    ),
    Rule(
        "CALL-ASYNC", _REWRITE, "an async function is called", "nothing to do: the client's function is async as well"
    ),
    Rule(
        "CALL-CACHED",
        _REFUSE,
        "a function of the seam that keeps its results is handed on outside, as to be cleared",
        "give the seam a function that clears it, and call that: what is kept is in the service",
    ),
    Rule(
        "CALL-BACK",
        _REFUSE,
        "the seam calls code that stays",
        "name that module under shared:, move it too, or pass in what it gives",
    ),
    Rule(
        "CLASS-VALUE",
        _REWRITE,
        "a value class, enum or exception of the seam is used outside",
        "nothing to do: it crosses as the same class",
    ),
    Rule(
        "CLASS-OBJECT",
        _REWRITE,
        "an object of the seam is made outside, and its methods are called",
        "nothing to do: it crosses with its members, its methods run in the service, what they change comes back",
    ),
    Rule(
        "CLASS-STATEFUL",
        _REFUSE,
        "an object of the seam with behaviour of its own is made outside",
        "give the seam a function that does the work and returns a value",
    ),
    Rule(
        "ARG-CALLABLE",
        _REFUSE,
        "a function is passed into the seam",
        "turn it round: return the data and let the caller do the rest",
    ),
    Rule(
        "ARG-ITERATOR",
        _TODO,
        "an iterator is passed into the seam",
        "pass a list: the whole of it is sent with the call",
    ),
    Rule(
        "ARG-MODEL",
        _TODO,
        "an ORM object is passed into the seam",
        "it crosses as a reference into the shared store; pass its key before the store is split",
    ),
    Rule(
        "ARG-MUTATED",
        _REWRITE,
        "the seam changes an argument",
        "nothing to do: the changed value is sent back and written over the caller's",
    ),
    Rule(
        "ARG-MODEL-MUTATED",
        _REFUSE,
        "the seam changes an ORM object of the caller",
        "pass its key and let one side write it",
    ),
    Rule("ARG-REQUEST", _REFUSE, "a web request is passed into the seam", "pass the values that are read from it"),
    Rule(
        "ARG-SESSION",
        _REFUSE,
        "a database session is passed into the seam",
        "let the function open its own: a session cannot leave the process",
    ),
    Rule(
        "RESULT-MODEL",
        _TODO,
        "the seam returns an ORM object",
        "it crosses as a reference into the shared store; return a value class before the store is split",
    ),
    Rule("RESULT-ITERATOR", _REFUSE, "the seam returns a generator or a query", "return a list, or pages of it"),
    Rule(
        "TXN-SPAN",
        _REFUSE,
        "a caller's transaction spans a call that writes",
        "call after the commit, or write first and compensate",
    ),
    Rule(
        "TXN-READ",
        _TODO,
        "a caller's transaction spans a call that reads",
        "read before the transaction: the service does not see uncommitted rows",
    ),
    Rule(
        "IMPORT",
        _REWRITE,
        "a module that is called is imported outside",
        "nothing to do: the import is pointed at the client",
    ),
    Rule(
        "IMPORT-KEPT",
        _TODO,
        "a module of the seam is imported outside for something other than calls",
        "nothing yet: the code stays until `strangler retire`, which asks for it",
    ),
    Rule(
        "IMPORT-ROUTES",
        _REWRITE,
        "the application mounts the seam: its routes, or an application of a Django project",
        "nothing to do: the facade sends their requests to the service",
    ),
    Rule("IMPORT-STAR", _REFUSE, "a star import takes whatever the seam defines", "name what is used"),
    Rule(
        "IMPORT-DYNAMIC",
        _TODO,
        "a module of the seam is imported by a string, and nothing of it goes through the client",
        "check that it may go on using the local code until `strangler retire`",
    ),
    Rule(
        "IMPORT-LOADED",
        _REFUSE,
        "what is called of the seam is loaded by a name that is put together while the program runs",
        "import it, or write its dotted name as one text; as it is, nothing can be pointed at the client",
    ),
    Rule(
        "IMPORT-OUT",
        _REFUSE,
        "the seam imports a module that stays",
        "name it under shared:, move it too, or move the one name that is used",
    ),
    Rule(
        "IMPORT-OUT-LATER",
        _TODO,
        "the seam or its library imports a module that stays, but only when a function runs",
        "the service cannot run that function; name the module under shared: if it must",
    ),
    Rule(
        "LIBRARY",
        _REWRITE,
        "code that both sides use",
        "nothing to do: the service has its copy, and `strangler check` sees to it that they are equal",
    ),
    Rule(
        "HOST-CUT",
        _REWRITE,
        "a part of the application that the service does without",
        "nothing to do: look through what was left out",
    ),
    Rule(
        "HOST-STUCK",
        _REFUSE,
        "the application cannot be cut down to the seam",
        "move what follows into a function of its own",
    ),
    Rule(
        "HOST-OUT",
        _REFUSE,
        "the project's settings name something (a middleware, a backend, a handler) in a module that stays",
        "name its module under shared:, or waive it if the service does without",
    ),
    Rule(
        "HOOK-OUT",
        _REFUSE,
        "what a framework calls for each request, or for rows that the service changes, lies in a module that stays",
        "name its module under shared:, or waive it if the service does without",
    ),
    Rule(
        "HOOK-PAGES",
        _TODO,
        "what gives every template its values lies in a module that stays",
        "name its module under shared: if a page of the service uses one of them",
    ),
    Rule(
        "INHERIT-OUT",
        _REFUSE,
        "a class of the seam derives from one that stays",
        "name the base's module under shared:, or move it",
    ),
    Rule(
        "INHERIT-IN",
        _REFUSE,
        "a class that stays derives from one of the seam",
        "name the base's module under shared:, or move the subclass",
    ),
    Rule(
        "EXC-CAUGHT",
        _REWRITE,
        "an exception of the seam is caught outside",
        "nothing to do: it arrives as the same class",
    ),
    Rule(
        "DATA-READ-IN",
        _TODO,
        "code that stays reads a table of the seam",
        "ask the service for it, before the store is split",
    ),
    Rule(
        "DATA-WRITE-IN",
        _TODO,
        "code that stays writes a table of the seam",
        "let the service do it, before the store is split",
    ),
    Rule("DATA-READ-OUT", _TODO, "the seam reads a table that stays", "pass the values in, before the store is split"),
    Rule(
        "DATA-WRITE-OUT",
        _TODO,
        "the seam writes a table that stays",
        "let the monolith do it, before the store is split",
    ),
    Rule(
        "DATA-SPLIT",
        _REFUSE,
        "a table is used on both sides, and the plan gives the service a store of its own",
        "set store: shared until each side has its own tables",
    ),
    Rule(
        "FK-IN", _TODO, "a table that stays refers to one of the seam", "drop the constraint before the store is split"
    ),
    Rule(
        "FK-OUT",
        _REFUSE,
        "a table of the seam refers to one whose model stays",
        "name the model's module under shared:, or keep the key without the constraint",
    ),
    Rule("STATE-SPLIT", _REFUSE, "both sides write one module-level value", "keep it in the store, or on one side"),
    Rule(
        "STATE-READ",
        _REFUSE,
        "one side reads a module-level value that the other writes",
        "pass the value, or keep it in the store",
    ),
    Rule(
        "STATE-COPY",
        _TODO,
        "the library keeps module-level state, of which each process has its own",
        "check that it is a cache and nothing that must agree",
    ),
    Rule(
        "SIGNAL-OUT",
        _REFUSE,
        "the seam sends a signal that code which stays receives",
        "call the receiver through a queue or an event after the commit",
    ),
    Rule(
        "SIGNAL-IN",
        _REFUSE,
        "the seam receives a signal that code which stays sends",
        "call the seam where the signal is sent, or move the receiver out of it",
    ),
    Rule(
        "TASK-IN",
        _TODO,
        "a background task of the seam is started from outside",
        "it runs the local code until `strangler retire`; schedule it in the service before",
    ),
    Rule(
        "TASK-OUT",
        _TODO,
        "the seam starts a background task that stays",
        "the job goes through the shared queue, as before",
    ),
    Rule(
        "SEEN-STUCK",
        _TODO,
        "an observed call had a value that cannot cross",
        "take or return a value class; such calls fail once the service is in use",
    ),
    Rule(
        "SEEN-CHATTY",
        _TODO,
        "a function of the seam was called very often in one test",
        "add a function that takes all items, call it once",
    ),
    Rule(
        "SEEN-OPEN",
        _TODO,
        "a function of the seam was called while the caller held uncommitted work",
        "call it before or after the transaction: the service does not see uncommitted rows",
    ),
    Rule("SETTING", _REWRITE, "a setting that the seam reads", "nothing to do: it is listed in the service's settings"),
    Rule(
        "PATCH-PROD",
        _REFUSE,
        "code that stays replaces something in the seam at run time",
        "make what is replaced an argument or a setting",
    ),
    Rule(
        "PATCH-TEST",
        _REWRITE,
        "a test replaces something in the seam",
        "nothing to do: in a proof the service calls the replacement back in the test's process, and that is counted",
    ),
)


def crossing(rule: str, message: str, site: Evidence | Location, hint: str = "", *, stays: str = "") -> Crossing:
    """A crossing of the rule with this name."""
    place = site if isinstance(site, Location) else Location(site.path, site.line)
    return Crossing(RULES[rule], message, place, hint, stays=stays)
