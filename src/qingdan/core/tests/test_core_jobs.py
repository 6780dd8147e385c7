import datetime as dt
import os

import pytest
from django.utils import timezone

from qingdan.core import jobs
from qingdan.core.jobs_models import Job, Schedule

pytestmark = pytest.mark.django_db(transaction=True)
KINDS, PLANS = dict(jobs._kinds), dict(jobs._plans)  # those of the house itself
DATABASE_QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch):
    monkeypatch.setattr(jobs, "_kinds", {})
    monkeypatch.setattr(jobs, "_plans", {})


def later(job, **change):
    """Change a job as time or a crash would."""
    Job.objects.filter(pk=job.pk).update(**change)
    job.refresh_from_db()
    return job


def test_a_job_runs_and_keeps_its_result():
    @jobs.job("add")
    def add(*, a, b):
        jobs.progress(1, 2, "half")
        return {"sum": a + b}

    job = jobs.enqueue("add", actor="样本", district="530111", a=1, b=2)
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts, job.actor) == ("DONE", {"sum": 3}, 1, "样本")
    assert (job.done, job.total, job.message, job.percent) == (2, 2, "half", 100)
    assert job.started <= job.finished


def test_progress_is_seen_while_the_job_runs():
    seen = []

    @jobs.job("slow")
    def slow():
        for n in range(4):
            jobs.progress(n, 3)
            seen.append(Job.objects.get().done)

    jobs.enqueue("slow")
    assert (seen[0], seen[-1]) == (0, 3)
    jobs.progress(1, 2)  # outside a job: nothing


def test_an_unknown_kind_is_refused():
    with pytest.raises(LookupError):
        jobs.enqueue("nothing")
    assert not Job.objects.exists()


def test_a_kind_is_declared_once():
    jobs.job("one")(test_an_unknown_kind_is_refused)
    with pytest.raises(ValueError, match="twice"):
        jobs.job("one")(test_a_kind_is_declared_once)


def test_a_failure_is_tried_again_later_and_later():
    calls = []

    @jobs.job("shaky", retries=2)
    def shaky():
        calls.append(1)
        raise RuntimeError("no luck")

    job = jobs.enqueue("shaky")
    waits = []
    for _ in range(2):
        job.refresh_from_db()
        assert (job.state, "no luck" in job.error) == ("WAITING", True)
        waits.append(job.run_after - timezone.now())
        jobs.tick()  # not due yet
        later(job, run_after=timezone.now())
        jobs.tick()
    job.refresh_from_db()
    assert (job.state, job.attempts, len(calls)) == ("FAILED", 3, 3)
    assert waits[0] < waits[1]
    later(job, run_after=timezone.now())
    jobs.tick()
    assert len(calls) == 3


def test_a_job_that_mends_itself_is_done():
    calls = []

    @jobs.job("mends")
    def mends():
        calls.append(1)
        if len(calls) == 1:
            raise OSError
        return len(calls)

    job = jobs.enqueue("mends")
    later(job, run_after=timezone.now())
    jobs.tick()
    job.refresh_from_db()
    assert (job.state, job.result, job.error) == ("DONE", 2, "")


def test_bad_input_is_not_tried_again():
    @jobs.job("picky")
    def picky():
        raise jobs.JobError("the file is empty")

    job = jobs.enqueue("picky")
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == ("FAILED", "the file is empty", 1)


def test_a_result_that_json_cannot_hold_fails_the_job():
    @jobs.job("odd", retries=0)
    def odd():
        return {1, 2}

    job = jobs.enqueue("odd")
    job.refresh_from_db()
    assert job.state == "FAILED"
    assert "not JSON serializable" in job.error


def test_a_job_waits_for_its_time():
    jobs.job("later")(lambda: "ran")
    job = jobs.enqueue("later", run_after=timezone.now() + dt.timedelta(hours=1))
    jobs.tick()
    job.refresh_from_db()
    assert job.state == "WAITING"
    assert jobs.run_job(job.pk) is None
    later(job, run_after=timezone.now())
    jobs.tick()
    job.refresh_from_db()
    assert (job.state, job.result) == ("DONE", "ran")


def test_a_job_delivered_twice_runs_once():
    calls = []
    jobs.job("once")(lambda: calls.append(1))
    job = jobs.enqueue("once")
    assert jobs.run_job(job.pk) is None
    assert calls == [1]


@pytest.mark.parametrize(
    ("worker", "seen_ago", "taken_back"),
    [
        ("{host}:999999999", 0, True),  # no such process here
        ("{host}:{pid}", 0, True),  # this process, which runs no job
        ("elsewhere:1", 60, False),
        ("elsewhere:1", 16 * 60, True),
    ],
)
def test_a_job_of_a_dead_worker_is_taken_back(worker, seen_ago, taken_back, settings):
    settings.TASKS = DATABASE_QUEUE
    jobs.job("cut")(lambda: "ran")
    job = jobs.enqueue("cut")
    host = jobs.worker_name().rpartition(":")[0]
    now = timezone.now()
    later(
        job,
        state="RUNNING",
        attempts=1,
        worker=worker.format(host=host, pid=os.getpid()),
        seen=now - dt.timedelta(seconds=seen_ago),
    )
    jobs.tick(now)
    job.refresh_from_db()
    assert (job.state == "WAITING") is taken_back
    if taken_back:
        assert job.error
        later(job, run_after=now)
        jobs.work(once=True)
        job.refresh_from_db()
        assert (job.state, job.result, job.attempts) == ("DONE", "ran", 2)


def test_a_job_that_kills_every_worker_is_given_up(settings):
    settings.TASKS = DATABASE_QUEUE
    jobs.job("deadly", retries=1)(lambda: None)
    job = jobs.enqueue("deadly")
    later(job, state="RUNNING", attempts=2, worker="elsewhere:1", seen=None)
    jobs.tick()
    job.refresh_from_db()
    assert job.state == "FAILED"


def test_a_worker_empties_the_queue(settings):
    settings.TASKS = DATABASE_QUEUE
    ran = []
    jobs.job("one")(lambda *, n: ran.append(n))
    for n in range(3):
        jobs.enqueue("one", n=n)
    assert ran == []
    jobs.work(once=True)
    assert sorted(ran) == [0, 1, 2]
    assert set(Job.objects.values_list("state", flat=True)) == {"DONE"}


def test_a_job_whose_task_got_lost_is_queued_again(settings):
    settings.TASKS = DATABASE_QUEUE
    from django_tasks_db.models import DBTaskResult

    jobs.job("lost")(lambda: "ran")
    job = jobs.enqueue("lost")
    DBTaskResult.objects.all().delete()
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "WAITING"
    later(job, queued=timezone.now() - dt.timedelta(hours=1))
    jobs.work(once=True)
    job.refresh_from_db()
    assert job.state == "DONE"


def test_an_attempt_that_was_given_up_does_not_overwrite_the_next():
    @jobs.job("zombie")
    def zombie():
        Job.objects.update(attempts=2, state="RUNNING", worker="elsewhere:1")  # taken back and begun anew
        return "too late"

    job = jobs.enqueue("zombie")
    job.refresh_from_db()
    assert (job.state, job.result, job.worker) == ("RUNNING", None, "elsewhere:1")


def test_a_job_of_a_later_version_fails_clearly():
    job = Job.objects.create(kind="future", run_after=timezone.now())
    jobs.tick()
    job.refresh_from_db()
    assert (job.state, "future" in job.error) == ("FAILED", True)


def test_an_interval_runs_once_a_turn():
    runs = []
    jobs.schedule("hourly", every=dt.timedelta(hours=1))(jobs.job("hourly")(lambda: runs.append(1)))
    start = timezone.now() - dt.timedelta(hours=10)
    jobs.tick(start)
    assert runs == []  # the first turn comes after an hour
    jobs.tick(start + dt.timedelta(hours=1))
    jobs.tick(start + dt.timedelta(hours=1))
    assert runs == [1]
    jobs.tick(start + dt.timedelta(hours=5))  # four turns missed, made up for once
    assert runs == [1, 1]
    row = Schedule.objects.get()
    assert row.next_run == start + dt.timedelta(hours=6)


def test_two_workers_do_not_run_one_turn_twice():
    runs = []
    jobs.schedule("nightly", every=dt.timedelta(hours=1))(jobs.job("nightly")(lambda: runs.append(1)))
    now = timezone.now()
    jobs.tick(now - dt.timedelta(hours=3))
    stale = Schedule.objects.get()
    jobs.tick(now)
    # The other worker read the row before and acts on what it read.
    taken = Schedule.objects.filter(pk=stale.pk, next_run=stale.next_run).update(next_run=now)
    assert (runs, taken) == ([1], 0)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2018-06-29T01:00:00+08:00", "2018-06-29T02:30:00+08:00"),
        ("2018-06-29T02:30:00+08:00", "2018-06-30T02:30:00+08:00"),
        ("2018-06-28T20:00:00+00:00", "2018-06-30T02:30:00+08:00"),
        ("2018-12-31T12:00:00+08:00", "2019-01-01T02:30:00+08:00"),
    ],
)
def test_a_time_of_day_is_local(moment, expected):
    plan = jobs._Plan(None, dt.time(2, 30))
    assert plan.next_after(dt.datetime.fromisoformat(moment)) == dt.datetime.fromisoformat(expected)


def test_a_schedule_needs_one_rhythm():
    for wrong in ({}, {"every": dt.timedelta(1), "daily_at": dt.time(1)}, {"every": dt.timedelta(0)}):
        with pytest.raises(ValueError, match="either"):
            jobs.schedule("x", **wrong)


def test_old_jobs_are_pruned():
    now = timezone.now()
    for days, state in ((100, "DONE"), (100, "WAITING"), (1, "FAILED")):
        Job.objects.create(kind="x", state=state, run_after=now, finished=now - dt.timedelta(days=days))
    assert jobs.prune() == 1
    assert set(Job.objects.values_list("state", flat=True)) == {"WAITING", "FAILED"}


def test_old_jobs_are_pruned_every_day(monkeypatch):
    monkeypatch.setattr(jobs, "_kinds", KINDS)
    monkeypatch.setattr(jobs, "_plans", {"jobs.prune": PLANS["jobs.prune"]})
    midnight = timezone.make_aware(dt.datetime(2018, 9, 12))
    jobs.tick(midnight)
    jobs.tick(midnight + dt.timedelta(hours=4))
    assert Job.objects.filter(kind="jobs.prune").count() == 1
