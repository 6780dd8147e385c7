"""Benchmark of the suggestions on a need's page at the size of a district; no peer, for the page is ours alone.

It runs in a process of its own, with a temporary SQLite database of synthetic needs and resources.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median, quantiles
from typing import Any

import click

from qingdan.config.bench_tables import DISTRICT, PLACES
from qingdan.config.bench_tables import prepare as prepare_places
from qingdan.engine.synthetic import make
from qingdan.engine.timing import machine

OFFICER = "bench-bureau"


def bench_suggestions(resources: int = 4_000, needs: int = 100) -> Iterator[str]:
    """Suggestions for one need after the other, and the whole page with them."""
    yield f"suggestions: {resources:,} resources with time windows, SQLite; {machine()}"
    with tempfile.TemporaryDirectory(prefix="qingdan-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"QINGDAN_DATA": folder, "DJANGO_SETTINGS_MODULE": "qingdan.config.settings"}
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(resources), str(needs)],
            env=environment,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise click.ClickException(f"The benchmark stopped: {last}")
    yield from done.stdout.splitlines()


BENCHMARKS: dict[str, Callable[[], Iterator[str]]] = {"suggestions": bench_suggestions}


# --- inside the process -----------------------------------------------------------------------------


def _prepare(resources: int, needs: int) -> list[Any]:
    """The two lists in the database; answers the needs."""
    from qingdan.directory.models import Account, Place
    from qingdan.lists.matching import CATEGORY_WORDS, TARGET_WORDS
    from qingdan.lists.models import Resource, ResourceWindow, SocialNeed

    prepare_places()
    places = [Place.objects.get(code=code) for code in PLACES]
    categories = {word: code for code, word in CATEGORY_WORDS.items() if word}
    targets = {word: code for code, word in TARGET_WORDS.items()}
    made = make(needs, resources)
    day = dt.date(2018, 1, 1)

    def common(item: Any, number: int) -> dict[str, Any]:
        return {
            "district": DISTRICT,
            "title": (item.title or item.text)[:40],
            "text": item.text,
            "category": categories.get(item.category, "OTHER"),
            "target": targets.get(item.target, "RESIDENTS"),
        }

    Resource.objects.bulk_create(
        Resource(
            **common(item, n),
            number=f"ZY-{n:05d}",
            owner_kind="PROFESSIONAL_ORG",
            owner_name="示例机构",
            kind="SERVICE",
            area=places[n % len(places)],
            capacity=20 + n % 200,
            valid_from=day,
            state="AVAILABLE",
        )
        for n, item in enumerate(made.resources)
    )
    ResourceWindow.objects.bulk_create(
        ResourceWindow(
            district=DISTRICT,
            resource=one,
            weekday=1 + (one.pk + step) % 7,
            starts=dt.time(9 + step * 3),
            ends=dt.time(11 + step * 3),
        )
        for one in Resource.objects.all()
        for step in range(3)
    )
    SocialNeed.objects.bulk_create(
        SocialNeed(
            **common(item, n),
            number=f"XQ-{n:05d}",
            source="RESIDENT",
            place=places[n % len(places)],
            persons=5 + n % 60,
            raised_on=day,
            state="PUBLISHED",
        )
        for n, item in enumerate(made.needs)
    )
    officer = Account.objects.create(username=OFFICER, district=DISTRICT)
    officer.grants.create(
        district=DISTRICT,
        role="BUREAU",
        state="GRANTED",
        valid_from=day,
        founding=True,  # nobody is there who could grant it
    )
    return list(SocialNeed.objects.select_related("place").order_by("pk"))


def _milliseconds(acts: Sequence[Callable[[], Any]]) -> str:
    spent = []
    for act in acts:
        began = time.perf_counter()
        act()
        spent.append((time.perf_counter() - began) * 1000)
    return f"middle {median(spent):.0f} ms, 95 of 100 within {quantiles(spent, n=20)[-1]:.0f} ms"


def main(resources: int, needs: int) -> None:
    """Prepare, measure, print."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from qingdan.core.actor import SystemActor
    from qingdan.directory.models import Account
    from qingdan.lists import matching
    from qingdan.lists.acts import matches

    settings.ALLOWED_HOSTS = ["testserver"]
    wishes = _prepare(resources, needs)
    began = time.perf_counter()
    matching.suggestions(wishes[0])
    click.echo(f"first question, which reads the list: {time.perf_counter() - began:.1f} s")
    click.echo(
        f"five resources for a need: {_milliseconds([partial(matching.suggestions, n) for n in wishes])}"
    )
    client = Client()
    client.force_login(Account.objects.get(username=OFFICER), "django.contrib.auth.backends.ModelBackend")
    pages = [partial(client.get, reverse("need", args=[n.number])) for n in wishes]
    if b'value="dispatch"' not in pages[0]().content:
        raise RuntimeError("the page shows no suggestion")
    click.echo(f"the whole page of the need: {_milliseconds(pages)}")
    staff = SystemActor("bench", DISTRICT)

    def order_and_ask(need: Any) -> None:
        if found := matching.suggestions(need):
            matches.order(need=need, resource=found[0].resource, actor=staff, persons=1)
        matching.suggestions(need)

    changing = [partial(order_and_ask, n) for n in wishes]
    click.echo(f"ask, order the best, ask again (what is left has changed): {_milliseconds(changing)}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
