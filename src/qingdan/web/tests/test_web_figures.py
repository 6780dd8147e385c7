"""The page of a figure: its number, its parts, who cites it, and what strangers do not read."""

import datetime as dt
import io
import re
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from qingdan.core import figures, small_counts
from qingdan.core.figures import Scope
from qingdan.replies.models import ReplyLetter
from qingdan.web.tests.cast import TODAY, account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "day")]


def test_a_figure_page_shows_definition_splits_and_who_cites_it(bureau: Client) -> None:
    figure = figures.get("delivery.direct_persons")
    value = figure.read(Scope("530111", dt.date(2018, 6, 29), 2017))
    value.freeze(actor=account("BUREAU"))
    page = bureau.get(value.link)
    html = page.content.decode()
    assert page.context["value"].exact == value.exact
    assert str(figure.definition.counts) in html
    streets = page.context["streets"]
    assert streets.totals[streets.years.index(2017)].number == value.exact
    frozen = [one for one in page.context["cited"] if one.value == value.exact]
    assert [one.agrees for one in frozen] == [True]
    later = bureau.get(figure.link(Scope("530111", TODAY, 2017)))
    assert later.context["value"].exact != value.exact  # the sample corrects one record in August
    assert [one.agrees for one in later.context["cited"] if one.value == value.exact] == [False]


def test_a_figure_names_the_letters_that_cite_it_as_far_as_they_are_open(client: Client) -> None:
    cited = client.get("/figures/delivery.direct_persons/?year=2017").context["cited"]
    assert {number for one in cited for number, _url in one.letters} == {"官民函〔2018〕51号"}
    law = client.get("/figures/delivery.direct_persons/", {"year": 2017, "by.project": "法律援助"}).context[
        "cited"
    ]
    assert [one.value for one in law] == [102]
    ReplyLetter.objects.update(publication="NONE", publication_reason="Internal")
    cited = client.get("/figures/delivery.direct_persons/?year=2017").context["cited"]
    assert cited
    assert all(not one.letters for one in cited)


def test_streets_of_persons_counted_once_are_said_not_to_add_up(client: Client) -> None:
    page = client.get("/figures/delivery.direct_persons/?year=2017")
    assert page.context["streets"].adds_up is False
    assert "do not add up to the district" in page.content.decode()
    assert client.get("/figures/delivery.sessions/?year=2017").context["streets"].adds_up is True


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=yesterday", "is no date"),
        ("as_of=2999-01-01", "a day to come"),
        ("year=x", "is no year"),
        ("year=²", "is no year"),
        ("place=12", "is no place code"),
        ("place=110101", "outside this district"),
        ("by.project=nothing", "is not a value of project"),
        ("by.moon=full", "has no dimension"),
        ("colour=red", "is not understood"),
        ("year=2017&page=x", ""),
        ("as_of=%00&place=%00", "is no date"),
    ],
)
def test_a_bad_parameter_of_a_figure_is_said(client: Client, query: str, said: str) -> None:
    answer = client.get(f"/figures/delivery.direct_persons/?{query}")
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_a_figure_that_knows_no_year_or_place_says_so(client: Client) -> None:
    html = client.get("/figures/programmes.count/?year=2018&place=530111001").content.decode()
    assert "not kept by year" in html
    assert "not kept by place" in html


def test_an_unknown_figure_is_not_found_and_a_near_one_is_named(client: Client) -> None:
    answer = client.get("/figures/delivery.direct_person/")
    assert answer.status_code == 404
    assert "delivery.direct_persons" in answer.content.decode()


def test_budgets_that_may_contain_one_another_show_no_sum(client: Client) -> None:
    page = client.get("/figures/funds.budget/?year=2018")
    html = page.content.decode()
    assert len(page.context["no_total"]["parts"]) == 3
    assert "2,900,000" not in html
    one = page.context["no_total"]["parts"][0]
    assert client.get(one.url).context["no_total"] is None
    assert "3,600,000" not in client.get(reverse("figures")).content.decode()


def test_strangers_read_no_small_count_of_persons(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample's 102 persons of one project made small: the number stands nowhere, neither do its parts."""
    monkeypatch.setattr(small_counts, "SMALL", 103)
    address = "/figures/delivery.direct_persons/?year=2017&by.project=法律援助"
    for role in ("", "RESIDENT"):
        if role:
            client.force_login(account(role), backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(address)
        html = page.content.decode()
        assert "fewer than 103" in html
        assert not re.search(r">102( persons)?<|\b102 records", html)
        streets = page.context["streets"]
        assert all(cell.covered for row in streets.rows for cell in row[1] if cell)
        assert not any(value for one in streets.bars()["series"] for value in one["values"])
        assert "The records behind it" not in html
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}&export=xlsx").getvalue()))
        told = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        assert 102 not in told
        assert any("fewer than 103" in str(cell) for cell in told)
        all_projects = client.get("/figures/delivery.direct_persons/?year=2017")
        parts = {
            part.label: part.covered for split in all_projects.context["splits"] for part in split["parts"]
        }
        assert parts["法律援助"]
        assert not re.search(r">102( persons)?<", all_projects.content.decode())
    assert client.get("/figures/delivery.sessions/?year=2017").context["covered"] == ""
    for role in ("BUREAU", "STREET", "AUDITOR"):
        client.force_login(account(role), backend="django.contrib.auth.backends.ModelBackend")
        assert not client.get(address).context["covered"]


def test_a_figure_as_workbook(client: Client) -> None:
    answer = client.get("/figures/delivery.sessions/?year=2017&export=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.getvalue().startswith(b"PK")


def test_strangers_see_the_number_but_not_records_of_persons(client: Client) -> None:
    page = client.get("/figures/delivery.direct_persons/?year=2017")
    behind = page.context["behind"]
    assert behind["all"] > 0
    assert behind["open"] == 0
    assert "not open to you; the number is" in page.content.decode()


def test_links_of_evidence_carry_the_whole_scope() -> None:
    scope = Scope("530111", dt.date(2018, 6, 29), 2017, "530111001", {"project": "法律援助"})
    link = urlsplit(figures.get("delivery.direct_persons").link(scope))
    assert parse_qs(link.query) == {
        "as_of": ["2018-06-29"],
        "year": ["2017"],
        "place": ["530111001"],
        "by.project": ["法律援助"],
    }


@pytest.mark.parametrize(
    ("key", "dimension"),
    [("funds.budget", "line"), ("delivery.direct_persons", "project"), ("replies.in_time_rate", "unit")],
)
def test_a_figure_read_by_a_dimension_is_the_figure_of_each_value(key: str, dimension: str) -> None:
    figure = figures.get(key)
    whole = Scope("530111", TODAY)
    read = figure.read_by(whole, dimension)
    assert read
    for code, value in read.items():
        alone = figure.read(Scope("530111", TODAY, by={dimension: code}))
        assert (value.exact, value.records, value.part, value.whole, value.link) == (
            alone.exact,
            alone.records,
            alone.part,
            alone.whole,
            alone.link,
        )
        assert set(value.queryset.values_list("pk")) == set(alone.queryset.values_list("pk"))
