import threading
from datetime import timedelta
from unittest.mock import patch

import pytest

from shop import clock, jobs
from shop.db import session, transaction
from shop.jobs import Job

pytestmark = pytest.mark.usefixtures("rolled_back")

TASK = "shop.notifications.tasks.deliver_pending"


def test_every_scheduled_task_exists():
    for task, every in jobs.SCHEDULE:
        assert callable(jobs.resolve(task)) and every > 0


def test_a_job_runs_once_with_its_arguments():
    jobs.enqueue("shop.notifications.tasks.order_confirmation", tenant_id=1, order_id=2)
    with patch("shop.notifications.tasks.order_confirmation") as task:
        assert jobs.run_pending() == 1
        assert jobs.run_pending() == 0
    task.assert_called_once_with(tenant_id=1, order_id=2)


def test_a_rolled_back_caller_queues_nothing():
    with pytest.raises(RuntimeError), transaction():
        jobs.enqueue(TASK)
        raise RuntimeError
    assert not jobs.run_next()


def test_delayed_jobs_wait():
    jobs.enqueue(TASK, delay=timedelta(hours=1))
    assert not jobs.run_next()


def test_failures_are_tried_again_later_and_given_up():
    job_id = jobs.enqueue(TASK).id
    with patch(TASK, side_effect=ValueError("boom")), patch("shop.clock.now") as now:
        for attempt in range(jobs.MAX_ATTEMPTS):
            now.return_value = clock.datetime(2030, 1, 1 + attempt, tzinfo=clock.UTC)
            assert jobs.run_next()
            assert not jobs.run_next()
    job = session.get(Job, job_id)
    assert (job.status, job.attempts) == ("failed", jobs.MAX_ATTEMPTS)
    assert "boom" in job.last_error


def test_jobs_of_a_dead_worker_are_taken_over():
    jobs.enqueue(TASK)
    assert jobs.claim_next() is not None
    assert jobs.claim_next() is None
    with patch("shop.clock.now", return_value=clock.now() + timedelta(hours=1)):
        assert jobs.claim_next() is not None


def test_worker_runs_the_schedule_once():
    assert jobs.work(threading.Event(), once=True) == len(jobs.SCHEDULE)
