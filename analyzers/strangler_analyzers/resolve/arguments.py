"""How the arguments of a call reach the parameters, and what a parameter holds."""

from __future__ import annotations

from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.values import EMPTY, Cell, Func, Values, union

Passes = tuple[tuple[str, Values], ...]

# Further arguments that are told apart by place; those after them are one, but where what is handed is followed apart.
_MOST_PLACES = 8


def bind_arguments(frame: Frame, func: Func, call: CallOf, first: Values = EMPTY) -> Passes:
    """Let the arguments flow into the parameters; what was passed for which, without ``first``, the receiver."""
    args = [first, *call.args] if first else call.args
    passes = _by_place(frame, func, args)[1 if first else 0 :]
    if call.kwargs:
        _by_name(frame, func, call.kwargs, passes)
    if call.rest:
        _spread(frame, func, len(args), call.rest)
    elif func.layout.defaulted:
        _default(frame, func, passes)
    func.is_called = True
    return tuple(passes)


def _by_place(frame: Frame, func: Func, args: list[Values]) -> list[tuple[str, Values]]:
    places, rest = func.layout.places, func.layout.rest
    flow, params, passes = frame.program.flow, func.params, []
    for place, values in enumerate(args):
        if place < len(places):
            name = places[place]
            if values:
                flow(params[name], values)
        elif rest:
            name = rest
            flow(_further(func, name, place - len(places)), values)
        else:
            break
        passes.append((name, values))
    return passes


def _by_name(frame: Frame, func: Func, given: dict[str, Values], passes: list[tuple[str, Values]]) -> None:
    layout = func.layout
    for name, values in given.items():
        if name in layout.names:
            frame.program.flow(func.params[name], values)
            passes.append((name, values))
        elif layout.keywords:
            frame.program.flow(_further(func, layout.keywords, name), values)
            passes.append((layout.keywords, values))


def _further(func: Func, name: str, key: int | str) -> Cell:
    """The cell of one further argument; who reads the others reads it too."""
    whole = func.param(name)
    if type(key) is int and key >= _MOST_PLACES and not func.is_variant:
        return whole
    cell = func.further.get((name, key))
    if cell is None:
        cell = func.further[name, key] = Cell()
        cell.readers = whole.readers
    return cell


def _spread(frame: Frame, func: Func, start: int, values: Values) -> None:
    """``*values`` of unknown length may be any of the parameters that are left."""
    for name in func.layout.places[start:]:
        frame.program.flow(func.param(name), values)
    if func.layout.rest:
        frame.program.flow(func.param(func.layout.rest), values)


def _default(frame: Frame, func: Func, passes: list[tuple[str, Values]]) -> None:
    """What is left out, or passed and not known, has its default."""
    given = None
    for name in func.layout.defaulted:
        cell = func.params[name]
        if cell.is_defaulted:
            continue
        given = {known for known, values in passes if values} if given is None else given
        if name not in given:
            cell.is_defaulted = True
            if cell.default:
                frame.program.flow(cell, cell.default)


def held(frame: Frame, func: Func, name: str, kind: str) -> Values:
    """What the parameter ``name`` holds in this run of ``func``."""
    cell = func.param(name)
    values: Values = frame.program.read(frame, cell)
    if kind not in ("var_positional", "var_keyword"):
        return values if func.is_called else union(values, cell.default)
    known = {key: one.values for (whole, key), one in func.further.items() if whole == name}
    if kind == "var_positional":
        places = [known.get(place, EMPTY) for place in range(len(known))]
        return (frame.program.container(frame, "[", places, values),)
    items = frame.program.container(frame, "d", [], values)
    for key, one in known.items():
        frame.program.keep(items, key, one)
    return (items,)
