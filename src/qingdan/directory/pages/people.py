"""People: always masked; the whole number only by a logged act with a reason."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qingdan.core import access, clock
from qingdan.core.gate import page
from qingdan.core.identifiers import normalise
from qingdan.core.listing import Button, ChoiceFilter, Column, Listing, PlaceFilter, register_rows
from qingdan.core.permits import Refused
from qingdan.core.pieces import Fact
from qingdan.core.records import record_context
from qingdan.directory import acts, queries
from qingdan.directory.forms import PersonForm
from qingdan.directory.models import Person, Sex
from qingdan.directory.pages.frame import actor_of, form_page
from qingdan.directory.pages.places import street_choices
from qingdan.directory.permits import may_keep_people, may_reveal_resident_id, may_see_people


class _Search:
    """By name, or by the whole resident number through its keyed index."""

    def __call__(self, found: Any, text: str) -> Any:
        number = normalise(text)
        if len(number) == 18 and number[:17].isdigit():
            return found.with_resident_id(number)
        return found.filter(name__icontains=text)


_COLUMNS = (
    Column("name", pgettext_lazy("person", "Name"), kind="title", value="masked_name", link=True, fixed=True),
    Column("resident_id", _("Resident number"), value="masked_resident_id", kind="code"),
    Column("sex", _("Sex"), kind="choice"),
    Column("age", _("Age"), value=lambda one: one.age_on(clock.today()), kind="number", sort="birth_date"),
    Column(
        "community",
        _("Community"),
        value=lambda one: one.community and one.community.local_full_name,
        sort="community__code",
    ),
)

PEOPLE = Listing(
    key="people",
    title=_("People"),
    note=_("Names and numbers are masked; every full view is kept in the journal"),
    records=lambda actor: queries.people(actor).select_related("community__parent"),
    columns=_COLUMNS,
    search=_Search(),
    search_hint=_("Name, or the whole resident number"),
    filters=(
        PlaceFilter("place", _("Street"), "community__code", choices=street_choices),
        ChoiceFilter("sex", _("Sex"), "sex", choices=[(s.value, s.label) for s in Sex if s.value]),
    ),
    order=("community__code", "name"),
    buttons=(Button(_("Enter a person"), "person-new", may=may_see_people, icon="plus", primary=True),),
    empty=_("Enter the people whom your place serves."),
    export=False,  # masked lists help nobody in a spreadsheet, full ones may not leave
)
register_rows(Person, _COLUMNS[:1] + _COLUMNS[2:])


@page(may_see_people)
@never_cache
def people(request: HttpRequest) -> HttpResponseBase:
    return PEOPLE.response(request)


@page(may_see_people)
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    return _record(request, access.get_visible_or_404(Person, request.user, pk=pk))


def _record(request: HttpRequest, one: Person, *, number: str = "", complaint: str = "") -> HttpResponse:
    today, place = clock.today(), one.community
    context = record_context(
        one,
        request.user,
        title=one.masked_name,
        crumbs=[(_("People"), reverse("people"))],
        line=[_("under 14: a child's data") if one.is_child_on(today) else ""],
        facts=[
            Fact(_("Resident number"), one.masked_resident_id, kind="code"),
            Fact(_("Sex"), one.get_sex_display() if one.sex else ""),
            Fact(_("Age"), one.age_on(today), kind="number"),
            Fact(
                _("Community"),
                place.full_name if place else "",
                url=place.get_absolute_url() if place else "",
            ),
        ],
        may_reveal=may_reveal_resident_id(request.user, one),
        has_number=bool(one.resident_id),
        number_shown=number,
        complaint=complaint,
        edit_url=reverse("person-edit", args=[one.pk]) if may_keep_people(request.user, one) else "",
    )
    return render(request, "directory/person.html", context, status=422 if complaint else 200)


@page(may_see_people)
@never_cache
@require_POST
def person_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole resident number once, in the answer to this request; the journal keeps who, when and why."""
    one = access.get_visible_or_404(Person, request.user, pk=pk)
    try:
        number = acts.reveal_resident_id(one, actor_of(request), request.POST.get("reason", "")[:300])
    except Refused as no:
        return _record(request, one, complaint=str(no.reason))
    return _record(request, one, number=number)


@page(may_see_people)
@sensitive_post_parameters("resident_id")
def person_new(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, actor=actor_of(request))
    back = reverse("people")
    return form_page(
        request,
        form,
        lambda: acts.register_person(actor=actor_of(request), **form.given),
        title=_("Enter a person"),
        lead=_("Ask only for what the service needs, and say what it is for."),
        back=back,
        to=lambda made: made.get_absolute_url(),
        done=_("The person is entered."),
        crumbs=[(_("People"), back)],
    )


@page(may_see_people)
@sensitive_post_parameters("resident_id")
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    one = access.get_visible_or_404(Person, request.user, pk=pk)
    may_keep_people.require(request.user, one)
    initial = {name: getattr(one, name) for name in ("name", "birth_date", "sex", "community")}
    initial |= {"resident_id": one.masked_resident_id, "seen": acts.version(one)}
    form = PersonForm(request.POST or None, actor=actor_of(request), initial=initial)

    def act() -> list[str]:
        given = form.given
        number = given.pop("resident_id")
        unchanged = number == one.masked_resident_id
        return acts.edit_person(
            actor=actor_of(request),
            person=one,
            resident_id=None if unchanged else number,
            seen=form.cleaned_data["seen"],
            **given,
        )

    return form_page(
        request,
        form,
        act,
        title=_("Edit person"),
        back=one.get_absolute_url(),
        done=_("Saved."),
        crumbs=[(_("People"), reverse("people")), (one.masked_name, one.get_absolute_url())],
    )
