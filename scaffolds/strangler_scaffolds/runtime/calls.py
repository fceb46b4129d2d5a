"""One call of a function of the contract, as the caller made it."""

from __future__ import annotations

import inspect
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from .codec import Codec


class Call:
    """A function's ref and the arguments it was called with; a local call gets them just so.

    The result of one that ``is_async`` is awaited by the caller, if it was run locally.
    """

    def __init__(
        self,
        ref: str,
        signature: inspect.Signature,
        args: Sequence[Any],
        kwargs: Dict[str, Any],
        is_async: bool = False,
    ) -> None:
        self.ref = ref
        self.args = args
        self.kwargs = kwargs
        self.is_async = is_async
        self._signature = signature

    def arguments(self) -> Dict[str, Any]:
        """The given arguments by name, as they go over the wire; defaults are left to the function itself.

        What can only be given by position has a name that begins with ``/``; ``*`` and ``**`` hold what has no name.

        Raises:
            TypeError: the function cannot be called so.
        """
        bound = self._signature.bind(*self.args, **self.kwargs)
        kinds = {name: parameter.kind for name, parameter in self._signature.parameters.items()}
        starred = bool(bound.arguments.get(_star_name(kinds)))
        return {_key(name, kinds[name], starred): value for name, value in bound.arguments.items()}

    def copied(self, codec: Codec) -> Call:
        """The same call with arguments of its own, as the other side would get them.

        Raises:
            CodecError: an argument cannot cross.
        """
        args, kwargs = codec.loads(codec.dumps([list(self.args), self.kwargs]))
        return Call(self.ref, self._signature, args, kwargs, self.is_async)


def _star_name(kinds: Mapping[str, Any]) -> str:
    return next((name for name, kind in kinds.items() if kind == inspect.Parameter.VAR_POSITIONAL), "")


def _key(name: str, kind: Any, starred: bool) -> str:
    if kind == inspect.Parameter.VAR_POSITIONAL:
        return "*"
    if kind == inspect.Parameter.VAR_KEYWORD:
        return "**"
    by_position = kind == inspect.Parameter.POSITIONAL_ONLY
    by_position = by_position or (starred and kind == inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return f"/{name}" if by_position else name


def spread(arguments: Mapping[str, Any]) -> Tuple[List[Any], Dict[str, Any]]:
    """Positional and keyword arguments from what :meth:`Call.arguments` gave."""
    keywords = {name: value for name, value in arguments.items() if name[0] not in "*/"}
    keywords.update(arguments.get("**", {}))
    positional = [value for name, value in arguments.items() if name.startswith("/")]
    return [*positional, *arguments.get("*", ())], keywords
