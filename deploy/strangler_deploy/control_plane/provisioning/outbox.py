"""Empties the outbox: oldest request first, each into one commit, whatever happens in between.

The commit carries its request's number. After any kill, rejected push or lost answer the branch is read before
something is built, so that a request which is there already is only noted; what is not there is built anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from strangler.errors import OutputError, PlanError, StranglerError, UpstreamError
from strangler_deploy.control_plane.provisioning.declaration import PLAN_FILE, Declaration, Refused, tenant_path
from strangler_deploy.control_plane.provisioning.git import GitError, Repository
from strangler_deploy.control_plane.provisioning.prepare import Prepared, declared, first_change, prepare, trailer
from strangler_deploy.control_plane.store.store import Store, StoreError, upsert
from strangler_deploy.control_plane.store.tables import facts
from strangler_deploy.control_plane.tenants.requests import (
    Asked,
    committed,
    delayed,
    failed,
    is_pending,
    open_requests,
)
from strangler_deploy.control_plane.tenants.stages import State

_ATTEMPTS = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0


@dataclass(frozen=True)
class Settings:
    """How requests become commits.

    ``plan`` is the text that an empty repository begins with; with ``review`` each commit goes to a branch of its own,
    for somebody to merge.
    """

    plan: str
    review: bool = False


class Outbox:
    """The worker. Several may run, each with a clone of its own; the branch decides who was first."""

    def __init__(self, store: Store, repository: Repository, settings: Settings, now: Callable[[], datetime]) -> None:
        """Nothing is touched yet."""
        self._store, self._repository, self._settings, self._now = store, repository, settings, now
        self._declaration = Declaration(settings.plan)
        self._ring = threading.Event()
        self._ended = False
        self.on_change: Callable[[], None] = lambda: None

    def ring(self) -> None:
        """Say that there may be something to do."""
        self._ring.set()

    def end(self) -> None:
        """Let ``run`` return after the request it is at."""
        self._ended = True
        self._ring.set()

    def run(self, idle: float = 1.0) -> None:
        """Work until ended; look by itself every ``idle`` seconds, as other replicas cannot ring."""
        pause = 0.0
        while not self._ended:
            self._ring.wait(pause or idle)
            self._ring.clear()
            pause = 0.0 if self._ended or self.empty() else min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)

    def empty(self) -> bool:
        """Meet every request there is; False if one has to wait, as those behind it then do."""
        try:
            while requests := self._pending():
                for asked in requests:
                    if not self._meet(asked):
                        return False
        except StoreError:
            return False
        return True

    def _pending(self) -> list[Asked]:
        with self._store.read() as connection:
            return open_requests(connection, State.PENDING)

    def _meet(self, asked: Asked) -> bool:
        try:
            self._commit(asked)
        except (UpstreamError, OutputError, PlanError) as error:
            with self._store.write() as connection:
                delayed(connection, asked.id, f"waiting: {error.message}", self._now())
            self.on_change()
            return False
        except Refused as error:
            self._fail(asked, error.message, error)
        except StranglerError as error:
            self._fail(asked, error.message)
        except Exception as error:  # a bug of ours must not keep all others waiting
            self._fail(asked, f"this is a bug in strangler: {type(error).__name__}: {error}")
        self.on_change()
        return True

    def _fail(self, asked: Asked, reason: str, error: Refused | None = None) -> None:
        with self._store.write() as connection:
            failed(connection, asked.id, reason, error.findings if error else (), self._now())

    def _commit(self, asked: Asked) -> None:
        for _ in range(_ATTEMPTS):
            head = self._repository.head() or self._begin()
            if self._noted(asked, head):
                return
            prepared = self._prepare(asked, head)
            commit = self._repository.build(head, prepared.change)
            branch = self._branch(asked)
            if self._repository.publish(commit, head, branch):
                self._note(asked, commit, branch, prepared, head if branch else commit)
                return
        raise GitError(f"the branch moved {_ATTEMPTS} times while a commit was made for it")

    def _begin(self) -> str:
        """Give an empty repository its first commit; if somebody else was faster, theirs counts."""
        moment = f"{int(self._now().timestamp())} +0000"
        first = self._repository.build("", first_change(self._declaration, moment))
        self._repository.publish(first, "")
        head = self._repository.head()
        if not head:
            raise GitError("the repository stays empty")
        return head

    def _branch(self, asked: Asked) -> str:
        return f"strangler/request-{asked.id}-{asked.tenant}" if self._settings.review else ""

    def _noted(self, asked: Asked, head: str) -> bool:
        """Whether the request is met already; if only git knows of that, it is noted."""
        with self._store.read() as connection:
            # Read after the head: who moved the cursor past this request has also noted it.
            if not is_pending(connection, asked.id):
                return True
            cursor = connection.scalar(select(facts.c.value).where(facts.c.name == "cursor")) or ""
        commit = self._commit_of(asked, cursor, head)
        if commit:
            text = self._repository.read(commit, tenant_path(asked.tenant)).get(tenant_path(asked.tenant))
            document = asked.wish if text is None else declared(text, asked.tenant)
            with self._store.write() as connection:
                committed(connection, asked.id, commit, self._branch(asked), document, self._now())
        return bool(commit)

    def _commit_of(self, asked: Asked, cursor: str, head: str) -> str:
        """The request's commit, "" if there is none: on its own branch, or behind the cursor on everybody's."""
        branch = self._branch(asked)
        commit = self._repository.branch_commit(branch) if branch else ""
        if not commit:
            wanted = trailer(self._store.instance, asked.id)
            found = self._repository.requests_since(cursor, head)
            commit = next((commit for said, commit in found if said == wanted), "")
        return commit

    def _prepare(self, asked: Asked, head: str) -> Prepared:
        path = tenant_path(asked.tenant)
        found = self._repository.read(head, PLAN_FILE, path)
        if PLAN_FILE not in found:
            raise PlanError(f"the repository has no {PLAN_FILE}", hint="commit the plan")
        if found[PLAN_FILE] != self._declaration.text:
            self._declaration = Declaration(found[PLAN_FILE])
        return prepare(
            asked,
            self._declaration,
            found.get(path),
            instance=self._store.instance,
        )

    def _note(self, asked: Asked, commit: str, branch: str, prepared: Prepared, cursor: str) -> None:
        with self._store.write() as connection:
            committed(connection, asked.id, commit, branch, prepared.document, self._now())
            at = {"name": "cursor", "value": cursor}
            statement = upsert(connection, facts).values(at)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": cursor}))
