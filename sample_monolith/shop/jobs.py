"""Background jobs: a queue in a table, tasks named by dotted string."""

import importlib
import json
import logging
import threading
import time
import traceback
from datetime import timedelta

from sqlalchemy import Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from shop import clock
from shop.db import Base, UtcDateTime, session, transaction

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
STUCK_AFTER = timedelta(minutes=10)

# Task and how often the worker starts it, in seconds.
SCHEDULE = (
    ("shop.notifications.tasks.deliver_pending", 5),
    ("shop.metering.tasks.roll_up_pending", 15),
    ("shop.billing.tasks.renew_due", 60),
    ("shop.billing.tasks.retry_unpaid", 600),
    ("shop.orders.tasks.expire_unpaid", 600),
    ("shop.orders.tasks.reconcile_quotas", 900),
    ("shop.notifications.tasks.warn_near_quota", 3600),
    ("shop.reporting.tasks.snapshot_revenue", 3600),
    ("shop.idempotency.purge_keys", 3600),
)


class Job(Base):
    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "status", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(String(120))
    arguments: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    run_at = mapped_column(UtcDateTime)
    started_at = mapped_column(UtcDateTime, nullable=True)
    finished_at = mapped_column(UtcDateTime, nullable=True)
    last_error: Mapped[str | None] = mapped_column(Text)


def enqueue(task: str, *, delay: timedelta = timedelta(), **kwargs) -> Job:
    """Queue `task`; it becomes visible to workers with the caller's commit."""
    with transaction():
        job = Job(task=task, arguments=json.dumps(kwargs), run_at=clock.now() + delay)
        session.add(job)
        session.flush()
        return job


def resolve(task: str):
    module, _, name = task.rpartition(".")
    return getattr(importlib.import_module(module), name)


def claim_next():
    """Take the oldest due job, or one whose worker seems to have died."""
    with transaction():
        now = clock.now()
        due = (Job.status == "queued") & (Job.run_at <= now)
        stuck = (Job.status == "running") & (Job.started_at < now - STUCK_AFTER)
        job = session.scalar(
            select(Job)
            .where(due | stuck)
            .order_by(Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.status, job.started_at, job.attempts = "running", now, job.attempts + 1
        return job.id, job.task, json.loads(job.arguments)


def run_next() -> bool:
    """Run one due job. False when there was none."""
    claimed = claim_next()
    if claimed is None:
        return False
    job_id, task, kwargs = claimed
    try:
        resolve(task)(**kwargs)
        error = None
    except Exception:
        log.exception("job %s (%s) failed", job_id, task)
        error = traceback.format_exc()
        session.rollback()
    with transaction():
        job = session.get(Job, job_id)
        job.finished_at = clock.now()
        job.last_error = error
        if error is None:
            job.status = "done"
        elif job.attempts >= MAX_ATTEMPTS:
            job.status = "failed"
        else:
            job.status = "queued"
            job.run_at = clock.now() + timedelta(seconds=2**job.attempts)
    return True


def run_pending(limit: int = 100) -> int:
    done = 0
    while done < limit and run_next():
        done += 1
    return done


def work(stop: threading.Event, once: bool = False, interval: float = 1.0) -> int:
    """The worker's loop: start what the schedule says, then run what is queued."""
    due_at = {task: 0.0 for task, _ in SCHEDULE}
    done = 0
    while not stop.is_set():
        for task, every in SCHEDULE:
            if time.monotonic() >= due_at[task]:
                enqueue(task)
                due_at[task] = time.monotonic() + every
        done += run_pending()
        session.remove()
        if once:
            break
        stop.wait(interval)
    return done
