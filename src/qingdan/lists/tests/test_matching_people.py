"""Who sees resources and orders and who may decide, the pages of it, and what waits: in the sample district."""

import datetime as dt
import html

import pytest
from django.urls import reverse

from qingdan.core import clock, journal
from qingdan.core import jobs as core_jobs
from qingdan.core.jobs_models import Job
from qingdan.core.permits import Refused
from qingdan.core.testing import assert_constant_queries
from qingdan.directory.models import SocialOrganisation
from qingdan.funds.models import BudgetLine
from qingdan.lists import jobs, matching_queries, queries
from qingdan.lists.acts import matches as acts
from qingdan.lists.models import (
    Match,
    MatchProposal,
    MatchState,
    NeedState,
    PurchaseItem,
    PurchasePlan,
    Reservation,
    Resource,
    ResourceState,
    SocialNeed,
    Way,
)
from qingdan.lists.tests.cast import DISTRICT, STAFF, account, fields, holds_together, need, place, resource
from qingdan.lists.waiting import SINGLY, waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample", "no_index", "on_the_day")]


def test_an_organisation_enters_a_resource_of_its_own_for_any_place(client):
    actor = account("organisation")
    client.force_login(actor)
    given = fields() | {
        "owner_kind": "PROFESSIONAL_ORG",
        "valid_from": "2018-01-01",
        "cost_fen": "0",
        "windows": "",
    }
    given |= {"area": place("530111002").pk, "organisation": actor.organisation_id}
    page = client.get("/resources/new/").content.decode()
    assert f'<option value="{actor.organisation_id}" selected>' in page
    assert client.post("/resources/new/", given).status_code == 302
    assert (
        Resource.objects.get(title=given["title"], organisation=actor.organisation).area_id == given["area"]
    )
    other = SocialOrganisation.objects.exclude(pk=actor.organisation_id).first()
    assert client.post("/resources/new/", given | {"organisation": other.pk}).status_code == 422


def test_an_organisation_answers_for_its_own_resource_only():
    actor = account("organisation")
    theirs = (
        Match.objects.filter(state="DISPATCHED").exclude(resource__organisation=actor.organisation).first()
    )
    visible = set(matching_queries.matches(actor).values_list("pk", flat=True))
    assert theirs.pk not in visible
    with pytest.raises(Refused, match="another organisation"):
        acts.take(match=theirs, actor=actor)
    mine = acts.order(
        need=need(2, place=theirs.need.place),
        resource=resource(organisation=actor.organisation),
        actor=STAFF,
    )
    assert not matching_queries.matches(actor).filter(pk=mine.pk).exists()  # not before it is dispatched
    acts.dispatch(match=mine, actor=STAFF)
    assert matching_queries.matches(actor).filter(pk=mine.pk).exists()
    acts.take(match=mine, actor=actor)
    assert mine.state == MatchState.TAKEN


def test_the_need_goes_along_with_its_order_whoever_decides_about_it():
    owner, street = account("organisation"), account("street")
    wish = SocialNeed.objects.filter(
        state="PUBLISHED", place__code__startswith="530111001", matches__isnull=True
    ).first()
    room = resource(500, organisation=owner.organisation)
    match = acts.order(need=wish, resource=room, actor=account("community"), dispatch=True, persons=2)
    wish.refresh_from_db()
    assert wish.state == NeedState.MATCHED
    acts.take(match=match, actor=owner)
    wish.refresh_from_db()
    assert wish.state == NeedState.IN_SERVICE
    assert journal.history(wish)[0].actor_label == owner.actor_label
    acts.cancel(match=match, actor=street, reason="示例：教室停用")
    wish.refresh_from_db()
    assert wish.state == NeedState.PUBLISHED


def test_street_officers_match_their_own_street_only():
    actor = account("street")
    elsewhere = (
        SocialNeed.objects.filter(state="PUBLISHED").exclude(place__code__startswith="530111001").first()
    )
    with pytest.raises(Refused, match="another street"):
        acts.find(need=elsewhere, way=Way.SELF, covers=False, note="试过", actor=actor)
    assert not matching_queries.matches(actor).exclude(need__place__code__startswith="530111001").exists()


def test_drafts_of_resources_are_for_officers():
    hidden = resource(state=ResourceState.DRAFT)
    assert not queries.resources(None).filter(pk=hidden.pk).exists()
    assert not queries.resources(account("resident")).filter(pk=hidden.pk).exists()
    assert queries.resources(account("street")).filter(pk=hidden.pk).exists()


def test_the_sample_keeps_its_promises():
    for one in Resource.objects.filter(reservations__isnull=False).distinct():
        holds_together(one)
    assert Reservation.objects.count() == Match.objects.filter(ordered_on__isnull=False).count() > 50
    assert Match.objects.filter(state=MatchState.REFUSED).exclude(why_not="").exists()
    assert matching_queries.unmet_needs(DISTRICT).count() == 58


def test_the_page_of_a_need_suggests_orders_and_keeps_refusals(client):
    client.force_login(account("street"), "django.contrib.auth.backends.ModelBackend")
    wish = need(30, place=place("530111001001"), number="XQ-530111001-2018-9001")
    rooms = [resource(50, title=f"放学后看护教室{n}") for n in range(2)]
    page = reverse("need", args=[wish.number])

    def suggested():
        return [one.resource for one in client.get(page).context["suggestions"]]

    def grow():
        for n in range(12):
            resource(20 + n, title=f"课后看护{n}")

    assert set(rooms) <= set(suggested())
    assert assert_constant_queries(lambda: client.get(page), grow) <= 60
    decide = reverse("need-decide", args=[wish.number])
    refused = client.post(
        decide, {"resource": rooms[0].pk, "do": "refuse", "reason": "教室在三楼，没有电梯", "from-need": "1"}
    )
    assert refused["Location"] == page
    assert Match.objects.get(need=wish, resource=rooms[0]).why_not == "教室在三楼，没有电梯"
    assert rooms[0] not in suggested()
    client.post(decide, {"resource": rooms[1].pk, "do": "dispatch", "persons": "30", "from-need": "1"})
    assert Match.objects.get(need=wish, resource=rooms[1]).state == MatchState.DISPATCHED
    wish.refresh_from_db()
    assert wish.state == NeedState.MATCHED
    answer = client.get(page)
    assert answer.context["suggestions"] == []
    assert answer.context["lacking"] == 0
    # Those who may not decide are shown none.
    client.force_login(account("finance"), "django.contrib.auth.backends.ModelBackend")
    assert not client.get(page).context["can_match"]


def test_orders_items_and_overdue_needs_wait_on_the_workbench(english):
    owner = account("organisation")

    def said(who):
        return [(str(one.verb), str(one.title)) for one in waiting_for(account(who))]

    room = resource(500, organisation=owner.organisation, title="示例教室")
    match = acts.order(need=need(2, title="示例需求甲"), resource=room, actor=STAFF)
    title = "示例需求甲 ← 示例教室"
    assert title not in dict(map(reversed, said("organisation")))  # not before it is dispatched
    acts.dispatch(match=match, actor=STAFF)
    for act, verb in ((acts.take, "Take or decline"), (acts.serve, "Record as served")):
        assert (verb, title) in said("organisation")
        assert title not in dict(map(reversed, said("street")))  # the owner has an account of its own
        act(match=match, actor=owner)
    to_rate = Match.objects.filter(state=MatchState.SERVED, need__place__code__startswith="530111001").count()
    expected = title if to_rate <= SINGLY else f"{to_rate} orders are to be rated"
    assert ("Rate the order", expected) in said("street")
    PurchaseItem.objects.filter(state="PROPOSED").update(title="示例项目")
    assert ("Review", "示例项目") in said("bureau")
    assert not any(verb == "Review" for verb, _title in said("finance"))
    with clock.living_on(clock.today() + dt.timedelta(days=60)):
        late = [title for verb, title in said("bureau") if verb == "Look after them"]
    assert len(late) == 1


def test_a_long_list_is_proposed_in_the_background_and_its_page_leads_to_it(client, monkeypatch):
    monkeypatch.setattr(jobs, "IN_REQUEST", 5)
    client.force_login(account("bureau"), "django.contrib.auth.backends.ModelBackend")
    before = MatchProposal.objects.count()
    answer = client.post(reverse("match-proposal-new"), {"street": "", "category": "", "least": "50"})
    job = Job.objects.get(kind="lists.propose")
    page = reverse("lists-running", args=[job.pk])
    assert answer["Location"] == page
    assert MatchProposal.objects.count() == before
    assert "http-equiv" in client.get(page).content.decode()
    client.force_login(account("street"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(page).status_code == 404  # it belongs to whoever started it
    core_jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.percent) == ("DONE", 100)
    made = MatchProposal.objects.latest("pk")
    assert made.lines.count() == len(job.arguments["needs"])
    assert jobs.propose(**job.arguments) == job.result  # cut off after its work, it does not do it twice
    assert MatchProposal.objects.count() == before + 1
    client.force_login(account("bureau"), "django.contrib.auth.backends.ModelBackend")
    assert client.get(page)["Location"] == made.get_absolute_url()


def test_a_plan_that_cannot_be_made_in_the_background_says_why(client, monkeypatch):
    monkeypatch.setattr(jobs, "IN_REQUEST", 3)
    client.force_login(account("bureau"), "django.contrib.auth.backends.ModelBackend")
    line = BudgetLine.objects.get(pk=PurchasePlan.objects.first().lines.first().pk)
    weights = dict.fromkeys(("urgency", "persons", "support", "streets", "groups"), "2")
    given = {"name": "方案丙", "focus": "", "lines": [line.pk], **weights}
    for name, money in (("方案丙", "300000"), ("方案丁", "900000000")):
        answer = client.post(reverse("plan-new"), {**given, "name": name, "budget_fen": money})
        assert answer.status_code == 302, answer.context["form"].errors
        job = Job.objects.filter(kind="lists.plan").latest("pk")
        core_jobs.run_job(job.pk)
        page = client.get(reverse("lists-running", args=[job.pk]))
        if name == "方案丙":
            assert page["Location"].endswith(f"?plan={PurchasePlan.objects.get(name=name).pk}")
        else:
            job.refresh_from_db()
            assert job.state == "FAILED"
            assert job.error in html.unescape(page.content.decode())
            assert not PurchasePlan.objects.filter(name=name).exists()
