"""Background tasks: Celery, RQ, dramatiq, huey, APScheduler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from strangler.analysis import Task
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.mounts import kind_of, receiver_of
from strangler_analyzers.detectors.world import World, argument, ref_of, said, text
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.hierarchy import member, outside
from strangler_analyzers.resolve.objects import instance_of
from strangler_analyzers.resolve.values import Class, Const, Ext, Func, Instance, Items, Made, Member, Value, unwrapped

_DECORATORS = {
    "task": ("celery", "huey"),
    "shared_task": ("celery",),
    "periodic_task": ("celery", "huey"),
    "db_task": ("huey",),
    "db_periodic_task": ("huey",),
    "actor": ("dramatiq",),
    "job": ("rq",),
    "scheduled_job": ("apscheduler",),
}


def detect(world: World) -> Found:
    """Every task, and every function handed to a scheduler."""
    tasks = {(task.kind, task.name, task.handler): task for task in _every(world)}
    return Found(tasks=tuple(tasks[key] for key in sorted(tasks)))


def _every(world: World) -> Iterator[Task]:
    yield from _decorated(world)
    yield from _called(world)
    yield from _scheduled(world)
    known = {task.handler for task in _decorated(world)}
    yield from (task for task in _enqueued(world) if task.handler not in known)


def _decorated(world: World) -> Iterator[Task]:
    for func in world.functions:
        for value in world.decorators(func):
            task = _task(world, func, value)
            if task is not None:
                yield task


def _called(world: World) -> Iterator[Task]:
    """``ship = app.task(ship, name="…")``, ``clean = dramatiq.actor(Clean())``."""
    for event in world.named(*_DECORATORS):
        options = event.made.callee if isinstance(event.made.callee, Made) else event.made
        for value in argument(event.made, 0, "fn"):
            inner = unwrapped(value)
            instance = instance_of(inner)
            if isinstance(inner, Func) and inner.index:
                if not any(options in (one, event.made) for one in world.decorators(inner)):
                    yield from _some(_task(world, inner, options))
            elif instance is not None:
                yield from _some(_of_object(world, event, instance.cls, options))


def _some(task: Task | None) -> list[Task]:
    return [] if task is None else [task]


def _of_object(world: World, event: Event, cls: Class, options: Made) -> Task | None:
    """A task that is an object with ``__call__``, named as its class says."""
    called = member(cls, "__call__")
    func = next((one for one in called[1] if isinstance(one, Func)), None) if called is not None else None
    task = None if func is None else _task(world, func, options)
    if task is None:
        return None
    given = text(argument(options, -1, "name", "actor_name", "id"))
    name = given or said(cls, "__name__") or cls.scope.name
    where = (world.evidence(event.func.module, event.line),)
    return replace(task, name=name, handler=cls.ref, module=cls.module.name, evidence=where)


def _task(world: World, func: Func, value: Value) -> Task | None:
    name = _decorator(value)
    tail = name.rpartition(".")[2]
    kinds = _DECORATORS.get(tail)
    if kinds is None:
        return None
    origin = f"{name} {_origin(value)}".lower()
    kind = next((kind for kind in kinds if kind in origin), None)
    if kind is None:
        return None
    given = text(argument(value, -1, "name", "actor_name", "id")) if isinstance(value, Made) else None
    queue = text(argument(value, -1, "queue", "queue_name")) if isinstance(value, Made) else None
    schedule = _schedule(value) if isinstance(value, Made) and ("periodic" in tail or tail == "scheduled_job") else None
    default = func.scope.name if kind in ("dramatiq", "huey") else func.dotted
    where = (world.evidence(func.module, func.scope.line),)
    return Task(kind, given or default, func.ref, func.module.name, schedule, queue, where)


def _decorator(value: Value) -> str:
    """The library's name of a decorator; of an object of the program's own class, that of the class it derives from."""
    if isinstance(value, Made) and value.instance is not None:
        value = value.instance
    if isinstance(value, Instance):
        return next((base.dotted for base in outside(value.cls)), "")
    return value.dotted if isinstance(value, Ext | Member | Made) else ""


def _origin(value: Value) -> str:
    """The kind of object whose method decorates."""
    callee = value.callee if isinstance(value, Made) else value
    return kind_of(callee.base) if isinstance(callee, Member) else ""


def _schedule(made: Made) -> str | None:
    parts = [_shown(values) for values in made.args]
    parts += [f"{key}={_shown(values)}" for key, values in sorted(made.kwargs.items()) if key not in ("name", "id")]
    return " ".join(part for part in parts if part) or None


def _shown(values: tuple[Value, ...]) -> str:
    for value in values:
        if isinstance(value, Const):
            return str(value.value)
        if isinstance(value, Made):
            inner = _schedule(value)
            return f"{value.callee.dotted.rpartition('.')[2]}({inner or ''})"
        if isinstance(value, Items):
            return "…"
    return ""


def _scheduled(world: World) -> Iterator[Task]:
    """``scheduler.add_job(f, …)`` (APScheduler)."""
    for event in world.named("add_job", "schedule_job"):
        holder = receiver_of(event.made)
        if "scheduler" not in (event.name + (kind_of(holder) if holder else "")).lower():
            continue
        for job in argument(event.made, 0, "func"):
            ref = ref_of(job)
            if ref is not None:
                yield _job(world, event, ref)


def _enqueued(world: World) -> Iterator[Task]:
    """``queue.enqueue(f, …)`` (RQ), whose functions need no decorator."""
    for event in world.named("enqueue", "enqueue_in", "enqueue_at", "enqueue_call", "cron"):
        holder = receiver_of(event.made)
        if holder is None or not _library_of(holder).startswith("rq"):
            continue
        place = {"enqueue": 0, "enqueue_call": 0}.get(event.name.rpartition(".")[2], 1)
        for job in argument(event.made, place, "func", "f"):
            ref = ref_of(job)
            if ref is not None:
                where = (world.evidence(event.func.module, event.line),)
                yield Task("rq", ref.replace(":", "."), ref, ref.partition(":")[0], evidence=where)


def _library_of(holder: Value) -> str:
    """The library's class that an object is of, or that its own class derives from."""
    instance = holder.instance if isinstance(holder, Made) else holder
    if isinstance(instance, Instance):
        return next((base.dotted for base in outside(instance.cls)), "")
    return kind_of(holder)


def _job(world: World, event: Event, ref: str) -> Task:
    identity = text(argument(event.made, -1, "id")) or ref.replace(":", ".")
    rest = {key: values for key, values in event.made.kwargs.items() if key not in ("func", "id", "args", "kwargs")}
    trigger = [_shown(values) for values in event.made.args[1:2]]
    schedule = " ".join([*filter(None, trigger), *(f"{key}={_shown(values)}" for key, values in sorted(rest.items()))])
    where = (world.evidence(event.func.module, event.line),)
    return Task("apscheduler", identity, ref, ref.partition(":")[0], schedule or None, None, where)


DETECTOR = Detector(
    "tasks",
    "Background tasks of Celery, RQ, dramatiq, huey and APScheduler: decorated functions with their names, queues "
    "and schedules, and functions handed to a scheduler.",
    detect,
    (
        Example(
            "Celery tasks with and without a name",
            {
                "shop/tasks.py": (
                    "from celery import Celery, shared_task\n\napp = Celery('shop')\n\n\n"
                    "@app.task(queue='mail')\ndef ship(order_id): ...\n\n\n"
                    "@shared_task(name='billing.charge')\ndef charge(order_id): ...\n"
                ),
            },
            ("celery billing.charge -> shop.tasks:charge", "celery shop.tasks.ship -> shop.tasks:ship"),
        ),
        Example(
            "a dramatiq actor and a scheduled job",
            {
                "jobs.py": (
                    "import dramatiq\nfrom apscheduler.schedulers.background import BackgroundScheduler\n\n"
                    "scheduler = BackgroundScheduler()\n\n\n@dramatiq.actor\ndef mail(to): ...\n\n\n"
                    "def nightly(): ...\n\n\nscheduler.add_job(nightly, 'cron', hour=3, id='nightly')\n"
                ),
            },
            ("apscheduler nightly -> jobs:nightly", "dramatiq mail -> jobs:mail"),
        ),
        Example(
            "tasks that decorators make when they are called",
            {
                "shop/tasks.py": (
                    "import dramatiq\nfrom celery import shared_task\n\n\nclass Clean:\n    __name__ = 'clean'\n\n"
                    "    def __call__(self): ...\n\n\ndef load(rows): ...\n\n\n"
                    "clean = dramatiq.actor(Clean())\nload = shared_task(load, name='shop.load')\n\n\n"
                    "def worker(queue):\n    @dramatiq.actor(actor_name=f'work_{queue}', queue_name=queue)\n"
                    "    def work(message): ...\n\n    return work\n\n\n"
                    "WORKERS = {queue: worker(queue) for queue in ('fast', 'slow')}\n"
                ),
            },
            (
                "celery shop.load -> shop.tasks:load",
                "dramatiq clean -> shop.tasks:Clean",
                "dramatiq work_fast -> shop.tasks:worker.work",
                "dramatiq work_slow -> shop.tasks:worker.work",
            ),
        ),
        Example(
            "RQ with a decorator and a queue of one's own",
            {
                "jobs.py": (
                    "from functools import partial\nfrom rq import Queue\nfrom rq.decorators import job as rq_job\n\n\n"
                    "class Counting(rq_job): ...\n\n\nclass Mine(Queue): ...\n\n\n"
                    "job = partial(Counting, connection=None)\n\n\n@job('mail')\ndef mail(to): ...\n\n\n"
                    "def report(day): ...\n\n\ndef order(day):\n    Mine('slow').enqueue(report, day)\n"
                ),
            },
            ("rq jobs.mail -> jobs:mail", "rq jobs.report -> jobs:report"),
        ),
    ),
)
