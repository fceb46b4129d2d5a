"""Django in the service's process, during a proof: on the test's store, with the test's settings."""

from __future__ import annotations

import contextlib
import functools
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from .activated import ACTIVE, NOTHING
from .beside import Beside
from .django_edge import UNCHECKED
from .lent import LentConnection


class DjangoSide:
    """What a proof changes about Django; does nothing where the service does not use it."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._store: dict[str, Any] = {}
        self._opened: list[Any] = []
        self._unchecked = False
        self.beside = Beside()
        self.is_there = "django.db" in sys.modules
        if self.is_there:
            self._follow_store()
            self._follow_checks()
            self.beside.follow()
            self._log_errors()

    def use(self, store: dict[str, Any]) -> None:
        """Connect from now on to ``store``."""
        self.let_go()
        self._store = store

    def let_go(self) -> None:
        """Close every connection, in whatever thread it was opened."""
        opened, self._opened = self._opened, []
        for wrapper in opened:
            if wrapper.connection is not None:
                wrapper.connection.close()
            wrapper.connection = None
            wrapper.in_atomic_block = wrapper.needs_rollback = wrapper.closed_in_transaction = False
            wrapper.savepoint_ids, wrapper.run_on_commit = [], []

    @contextlib.contextmanager
    def configured(self, config: dict[str, Any]) -> Iterator[None]:
        """Let Django have the test's settings, and middleware that was made with them."""
        from django.test.utils import override_settings

        self._unchecked = config.pop(UNCHECKED, False)
        self.beside.active = config.pop(ACTIVE, NOTHING)
        with override_settings(**config):
            self._application.load_middleware()
            yield

    def _follow_store(self) -> None:
        from django.db.backends.base.base import BaseDatabaseWrapper

        connect = BaseDatabaseWrapper.connect

        @functools.wraps(connect)
        def connected(wrapper: Any) -> None:
            vars(wrapper).pop("get_new_connection", None)
            if wrapper.alias in self._store.get("aliases", ()):
                wrapper.get_new_connection = functools.partial(self._lent, wrapper)
            else:
                wrapper.settings_dict.update(self._store.get("django", {}).get(wrapper.alias, {}))
            connect(wrapper)
            self._opened.append(wrapper)

        BaseDatabaseWrapper.connect = connected

    def _lent(self, wrapper: Any, _: Any) -> LentConnection:
        implicit = False if wrapper.vendor == "sqlite" else None
        return LentConnection(self._store["lent"], wrapper.Database, alias=wrapper.alias, implicit=implicit)

    def _follow_checks(self) -> None:
        from django.core.handlers.base import BaseHandler

        get_response = BaseHandler.get_response

        @functools.wraps(get_response)
        def unchecked(handler: Any, request: Any) -> Any:
            if self._unchecked:  # the test's client asks for it
                request._dont_enforce_csrf_checks = True
            return get_response(handler, request)

        BaseHandler.get_response = unchecked

    def _log_errors(self) -> None:
        """Let the service's log say why it answered 500, wherever the application's own logging goes."""
        from django.core.signals import got_request_exception

        got_request_exception.connect(lambda **_: traceback.print_exc(), weak=False)
