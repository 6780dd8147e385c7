"""Background work over django-tasks: progress, retries, schedules, and no job lost with its worker.

    @job("needs.import", retries=2)
    def import_needs(*, path: str) -> dict:
        for n in ...:
            progress(n, total, "…")
        return {"taken": n}

    enqueue("needs.import", actor=actor, district="530111", path="…")

The `Job` row is the truth; a task in django-tasks' queue only says "look at job 7". A job runs when a worker
moves it from waiting to running, so a task delivered twice does nothing the second time. A job must be
able to run again after it was cut off in the middle: it is retried.
"""

import datetime as dt
import logging
import os
import socket
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django_tasks import task

from qingdan.core.jobs_models import Job, Schedule

logger = logging.getLogger(__name__)

SILENCE = dt.timedelta(minutes=15)  # a worker elsewhere that has shown no life for so long is dead
KEPT = dt.timedelta(days=90)  # after its end; what came of a job may speak of persons
_FIRST_DELAY, _LONGEST_DELAY = dt.timedelta(minutes=1), dt.timedelta(hours=1)
_TELL_EVERY = 0.5  # seconds between two writes of progress


class JobError(Exception):
    """A failure that trying again will not mend; its text is shown to the person who started the job."""


@dataclass(frozen=True)
class _Kind:
    name: str
    run: Callable[..., Any]
    retries: int


@dataclass(frozen=True)
class _Plan:
    every: dt.timedelta | None
    daily_at: dt.time | None

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        if self.every is not None:
            return moment + self.every
        assert self.daily_at is not None
        local = timezone.localtime(moment)
        day = local.date() + dt.timedelta(days=local.time() >= self.daily_at)
        return timezone.make_aware(dt.datetime.combine(day, self.daily_at))


_kinds: dict[str, _Kind] = {}
_plans: dict[str, _Plan] = {}
_current: ContextVar[Job | None] = ContextVar("current job", default=None)
_told: ContextVar[float] = ContextVar("progress told", default=0.0)


def job(kind: str, *, retries: int = 3) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function as the work of a kind. It takes keyword arguments and returns what JSON can hold;
    `retries` is how often it is tried again after an exception other than JobError."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        known = _kinds.get(kind)
        if known is not None and known.run.__qualname__ != function.__qualname__:
            raise ValueError(f"the job kind {kind} is declared twice")
        _kinds[kind] = _Kind(kind, function, retries)
        return function

    return declare


def schedule(
    kind: str, *, every: dt.timedelta | None = None, daily_at: dt.time | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have a declared kind enqueued without arguments: at an interval, or once a day at a local time.

    Runs missed while no worker was up are made up for once.
    """
    if (every is None) == (daily_at is None) or (every is not None and every <= dt.timedelta(0)):
        raise ValueError("give either an interval or a time of day")

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _plans[kind] = _Plan(every, daily_at)
        return function

    return declare


def enqueue(
    kind: str, *, actor: Any = "", district: str = "", run_after: dt.datetime | None = None, **arguments: Any
) -> Job:
    """Record a job and hand it to the queue when the transaction commits."""
    if kind not in _kinds:
        raise LookupError(f"no job of the kind {kind} is declared")
    new = Job.objects.create(
        kind=kind,
        district=district,
        actor=str(actor)[:100],
        arguments=arguments,
        run_after=run_after or timezone.now(),
    )
    transaction.on_commit(lambda: _queue(new.pk))
    return new


def is_running() -> bool:
    """Whether this code runs as the work of a job."""
    return _current.get() is not None


def progress(done: int, total: int = 0, message: str = "") -> None:
    """Tell how far the running job is; written at most twice a second, and a sign of life.

    Outside a job it does nothing, so that the same function serves the command line.
    """
    current = _current.get()
    if current is None:
        return
    current.done, current.total, current.message = max(done, 0), max(total, 0), message[:200]
    if done != total and time.monotonic() - _told.get() < _TELL_EVERY:
        return
    _told.set(time.monotonic())
    current.seen = timezone.now()
    current.save(update_fields=["done", "total", "message", "seen"])


# --- running ------------------------------------------------------------------------------------


@task()
def run_queued(job_id: int) -> None:
    """What the queue of django-tasks calls."""
    run_job(job_id)


def _queue(job_id: int) -> None:
    """Hand a due job to the queue once; a retry or a lost one is handed over again by `tick`."""
    now = timezone.now()
    lost = now - SILENCE
    due = Job.objects.filter(
        Q(queued=None) | Q(queued__lt=lost), pk=job_id, state=Job.State.WAITING, run_after__lte=now
    )
    if due.update(queued=now):
        run_queued.enqueue(job_id)


def run_job(job_id: int) -> Job | None:
    """Run a waiting job here and now; None when it is not waiting, not due or not declared here."""
    with transaction.atomic():
        current = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.WAITING).first()
        now = timezone.now()
        if current is None or current.run_after > now:
            return None
        kind = _kinds.get(current.kind)
        if kind is None:
            _fail(current, _("This version knows no job of the kind %(kind)s.") % {"kind": current.kind})
            return current
        current.state = Job.State.RUNNING
        current.attempts += 1
        current.worker, current.seen, current.started = worker_name(), now, now
        current.done, current.total, current.message, current.error = 0, 0, "", ""
        current.finished, current.result = None, None
        current.save()
    token = _current.set(current)
    _told.set(0.0)
    try:
        result = kind.run(**current.arguments)
        _finish(current, result)
    except JobError as error:
        _fail(current, str(error))
    except Exception as error:
        logger.error("job %s failed\n%s", current, traceback.format_exc())
        summary = "".join(traceback.format_exception_only(error)).strip()[:2_000]
        _retry_or_fail(current, kind, summary)
    finally:
        _current.reset(token)
    return current


def _end(current: Job, **values: Any) -> None:
    """Write how an attempt ended, unless the job was taken back meanwhile and another attempt began."""
    mine = Job.objects.filter(pk=current.pk, attempts=current.attempts)
    if mine.filter(state__in=[Job.State.RUNNING, Job.State.WAITING]).update(**values):
        for name, value in values.items():
            setattr(current, name, value)


def _finish(current: Job, result: Any) -> None:
    done = current.total or current.done
    _end(current, state=Job.State.DONE, result=result, done=done, finished=timezone.now())


def _fail(current: Job, error: str) -> None:
    _end(current, state=Job.State.FAILED, error=error, finished=timezone.now())


def _retry_or_fail(current: Job, kind: _Kind | None, error: str) -> None:
    if kind is None or current.attempts > kind.retries:
        _fail(current, error)
        return
    delay = min(_FIRST_DELAY * 4 ** (current.attempts - 1), _LONGEST_DELAY)
    _end(current, state=Job.State.WAITING, error=error, queued=None, run_after=timezone.now() + delay)


# --- keeping things going -----------------------------------------------------------------------


def worker_name() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def _is_dead(current: Job, now: dt.datetime) -> bool:
    """A worker of this machine is asked by its process number, one elsewhere by its silence."""
    host, _colon, number = current.worker.rpartition(":")
    if host == socket.gethostname()[:80] and number.isdigit():
        if int(number) == os.getpid():
            return _current.get() is None  # this very process, and it is not running a job
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
    return current.seen is None or current.seen < now - SILENCE


def tick(now: dt.datetime | None = None) -> None:
    """One round of care: take back jobs of dead workers, enqueue what is scheduled, queue what is due.

    Any number of workers may do this at once.
    """
    now = now or timezone.now()
    for candidate in Job.objects.filter(state=Job.State.RUNNING):
        if not _is_dead(candidate, now):
            continue
        with transaction.atomic():
            current = Job.objects.select_for_update().get(pk=candidate.pk)
            if current.state == Job.State.RUNNING and current.attempts == candidate.attempts:
                _retry_or_fail(current, _kinds.get(current.kind), _("The worker was stopped in the middle."))
    for kind, plan in _plans.items():
        _run_schedule(kind, plan, now)
    due = Job.objects.filter(state=Job.State.WAITING, run_after__lte=now)
    for pk in due.filter(Q(queued=None) | Q(queued__lt=now - SILENCE)).values_list("pk", flat=True):
        _queue(pk)


def _run_schedule(kind: str, plan: _Plan, now: dt.datetime) -> None:
    row, _made = Schedule.objects.get_or_create(kind=kind, defaults={"next_run": plan.next_after(now)})
    if row.next_run > now:
        return
    with transaction.atomic():
        # Only one worker finds the row as it read it, so only one enqueues.
        mine = Schedule.objects.filter(pk=row.pk, next_run=row.next_run)
        if mine.update(next_run=plan.next_after(now), last_run=now):
            enqueue(kind)


def work(*, once: bool = False, interval: float = 1.0) -> None:
    """Work off the queue until stopped by a signal; with `once` until nothing is due.

    Several workers may run at once, on one machine or many. The process ends after its present job.
    """
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        interval=interval,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_name()[-64:],
        excluded_queue_names=[],
    )
    if not once:
        worker.configure_signals()
    autodiscover_modules("acts", "jobs")  # where the rooms declare their jobs
    while True:
        try:
            tick()
        except OperationalError:  # the database is away or busy: the next round comes soon
            logger.warning("the job table could not be read", exc_info=True)
            if once:
                raise
            connection.close()
        worker.run()
        if once or not worker.running:
            return
        time.sleep(interval)


@schedule("jobs.prune", daily_at=dt.time(3, 50))
@job("jobs.prune")
def prune() -> int:
    """Delete jobs that ended long ago, with the queue's own records; returns how many jobs."""
    from django_tasks_db.models import DBTaskResult

    limit = timezone.now() - KEPT
    ended = Job.objects.filter(state__in=[Job.State.DONE, Job.State.FAILED], finished__lt=limit)
    count = ended.count()
    ended.delete()
    DBTaskResult.objects.filter(enqueued_at__lt=limit).exclude(status="READY").delete()
    return count
