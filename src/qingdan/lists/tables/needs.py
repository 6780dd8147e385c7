"""Needs as a workbook, both ways. Personal details are taken, with consent, and never given out."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.identifiers import clean_name
from qingdan.core.tables import Batch, Column, Kind, Table, insert_columns, kinds
from qingdan.directory.models import Place, PlaceLevel
from qingdan.lists import likeness, periods, queries
from qingdan.lists.acts import needs as acts
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.masking import mask_numbers, points_to_a_person
from qingdan.lists.models import (
    Category,
    NeedChannel,
    NeedReporter,
    NeedSource,
    NeedState,
    NeedSupport,
    SocialNeed,
    TargetGroup,
    WantedMode,
)
from qingdan.lists.models.needs import TEXT_LENGTH, TITLE_LENGTH
from qingdan.lists.permits.needs import may_import

CONSENTS = (
    (NeedReporter.Consent.SPOKEN, _("by word of mouth")),
    (NeedReporter.Consent.WRITTEN, _("in writing")),
)

EXAMPLE = "（示例，请删去）放学后至18:30无人看护小学生"  # nobody else writes this: it marks the example row


def needs_table(actor: Any) -> Table:
    """The columns of the needs list as this actor may fill them: places are those of the actor."""
    places = _Places(actor)
    return Table(
        name="needs",
        label=_("Social needs list"),
        note=_(
            "One need a row. Write no names or numbers of persons into title and description: they are published."
        ),
        columns=(
            Column(
                "number",
                _("Number"),
                Kind.CODE,
                max_length=32,
                unique=True,
                note=_("Leave it empty for new needs: the number is given when the row is taken."),
            ),
            Column(
                "street", _("Street"), required=True, max_length=80, example="关上街道", aliases=("所属街道",)
            ),
            Column(
                "community",
                _("Community"),
                max_length=80,
                example="双桥社区",
                note=_("Empty: the whole street."),
                aliases=("所属社区",),
            ),
            Column(
                "source",
                _("Source"),
                Kind.CHOICE,
                required=True,
                choices=_pairs(NeedSource),
                aliases=("需求来源",),
            ),
            Column(
                "channel",
                _("Channel"),
                Kind.CHOICE,
                choices=_pairs(NeedChannel),
                empty=NeedChannel.VISIT,
                aliases=("渠道",),
            ),
            Column(
                "title",
                _("Need"),
                required=True,
                max_length=TITLE_LENGTH,
                width=30,
                example=EXAMPLE,
                aliases=("需求名称", "名称"),
            ),
            Column(
                "text",
                _("Description"),
                required=True,
                max_length=TEXT_LENGTH,
                clean=acts.clean_text,
                width=50,
                aliases=(
                    "需求描述",
                    "描述",
                    "情况说明",
                ),
            ),
            Column(
                "category",
                _("Category"),
                Kind.CHOICE,
                required=True,
                choices=_pairs(Category),
                aliases=("需求类别",),
            ),
            Column(
                "target",
                _("Target group"),
                Kind.CHOICE,
                choices=_pairs(TargetGroup),
                empty=TargetGroup.RESIDENTS,
                aliases=("对象",),
            ),
            Column(
                "persons",
                _("Persons expected"),
                Kind.INTEGER,
                minimum=1,
                maximum=1_000_000,
                aliases=("人数",),
            ),
            Column("urgency", _("Urgency (1 to 5)"), Kind.INTEGER, minimum=1, maximum=5, empty=3),
            Column(
                "wanted",
                _("Wanted way"),
                Kind.CHOICE,
                choices=_pairs(WantedMode),
                empty="",
                aliases=("方式",),
            ),
            Column("raised_on", _("Raised on"), Kind.DATE, maximum=clock.today(), aliases=("日期",)),
            Column("valid_until", _("Valid until"), Kind.DATE),
            Column(
                "supporters_on_paper",
                _("Supporters on a paper list"),
                Kind.INTEGER,
                minimum=0,
                maximum=1_000_000,
                empty=0,
                aliases=("附议人数",),
            ),
            Column(
                "name",
                _("Resident's name"),
                max_length=50,
                clean=clean_name,
                note=_("Only with consent."),
                aliases=("姓名",),
            ),
            Column(
                "phone",
                _("Resident's mobile number"),
                Kind.CODE,
                clean=acts.clean_mobile,
                note=_("Only with consent."),
                aliases=(
                    "手机号",
                    "联系电话",
                ),
            ),
            Column("consent", _("Consent"), Kind.CHOICE, choices=CONSENTS, empty=""),
        ),
        check_row=_check_row,
        check_batch=places.check,
        save=lambda batch, by: _save(batch, by, places),
    )


def _pairs(choices: Any) -> Any:
    return lambda: [(value, str(label)) for value, label in choices.choices]


def _check_row(row: dict[str, Any]) -> None:
    if (row["name"] or row["phone"]) and not row["consent"]:
        raise ValidationError({"consent": _("A name or a number is kept only with the person's consent.")})
    if (row["name"] or row["phone"]) and row["source"] != NeedSource.RESIDENT:
        raise ValidationError({"name": _("Only a need of a resident has a resident's name or number.")})
    if row["valid_until"] and row["valid_until"] < (row["raised_on"] or clock.today()):
        raise ValidationError({"valid_until": _("It ends before it was raised.")})


class _Places:
    """Streets and communities by the names that people write; those of the actor only."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        found = (
            Place.objects.filter(district=actor.district)
            .valid_on(clock.today())
            .exclude(level=PlaceLevel.DISTRICT)
        )
        self.streets: dict[str, Place] = {}
        self.communities: dict[tuple[str, str], Place] = {}
        for place in found.order_by("code"):
            for name in {place.name, place.short_name, place.code, *_short(place.name)}:
                if place.level == PlaceLevel.STREET:
                    self.streets.setdefault(name, place)
                else:
                    self.communities.setdefault((place.code[:9], name), place)

    def place(self, street: str, community: str) -> Place:
        """The place of a row; raises ValidationError at the column at fault."""
        found = self.streets.get(street.strip())
        if found is None:
            known = "、".join(dict.fromkeys(place.name for place in self.streets.values()))
            raise ValidationError(
                {
                    "street": _now("There is no street “%(name)s”. Known: %(known)s.")
                    % {"name": street[:40], "known": known}
                }
            )
        if community.strip():
            inside = self.communities.get((found.code, community.strip()))
            if inside is None:
                raise ValidationError(
                    {
                        "community": _now("%(street)s has no community “%(name)s”.")
                        % {"street": found.name, "name": community[:40]}
                    }
                )
            found = inside
        covers = getattr(self.actor, "covers", None)
        if covers is not None and not covers(found.code):
            raise ValidationError({"street": _now("You register needs of your own place only.")})
        return found

    def fits(self, number: str, street: str) -> bool:
        """Whether a number that stands in the file belongs to the street of its row."""
        code = self.streets[street.strip()].code
        return bool(re.fullmatch(rf"XQ-{code}-20\d\d-\d{{4,6}}", number))

    def check(self, batch: Batch) -> None:
        given = [number for number in batch["number"] if number]
        taken = set(
            SocialNeed.objects.filter(district=self.actor.district, number__in=given).values_list(
                "number", flat=True
            )
        )
        for i, (number, street, community) in enumerate(batch.rows("number", "street", "community")):
            try:
                self.place(street, community)
            except ValidationError as fault:
                for column, reasons in fault.message_dict.items():
                    batch.refuse(i, " ".join(reasons), column)
            if number in taken:
                batch.refuse(i, _now("This number is in the list already."), "number")
            elif number and not batch.refused.get(i) and not self.fits(number, street):
                batch.refuse(
                    i,
                    _now("A number here looks like XQ-530111001-2018-0001; better leave the cell empty."),
                    "number",
                )


def _short(name: str) -> tuple[str, ...]:
    return tuple(
        name.removesuffix(ending) for ending in ("街道", "街道办事处", "社区") if name.endswith(ending)
    )


_AS_GIVEN = (
    "source",
    "channel",
    "title",
    "text",
    "category",
    "target",
    "persons",
    "urgency",
    "wanted",
    "valid_until",
    "supporters_on_paper",
)


def _save(batch: Batch, by: Any, places: _Places) -> None:
    """Needs with their numbers, reporters apart, one journal entry each; they wait for their communities."""
    where = [places.place(*names) for names in batch.rows("street", "community")]
    if not where:
        return
    today, district = clock.today(), places.actor.district
    raised = [day or today for day in batch["raised_on"]]
    columns: dict[str, list[Any]] = {name: batch[name] for name in _AS_GIVEN}
    columns["number"] = _numbers(batch["number"], where, raised)
    columns["place_id"] = [place.pk for place in where]
    columns["raised_on"] = raised
    columns["supporters"] = [
        on_paper + bool(phone) for on_paper, phone in batch.rows("supporters_on_paper", "phone")
    ]
    columns["is_personal"] = [
        points_to_a_person(f"{title}\n{text}") for title, text in batch.rows("title", "text")
    ]
    columns["title"] = [
        mask_numbers(title) if personal else title
        for title, personal in zip(batch["title"], columns["is_personal"], strict=True)
    ]
    keys = NEED.begin_rows(
        SocialNeed,
        columns,
        columns["title"],
        always={
            "district": district,
            "state": NeedState.SUBMITTED,
            "due_on": periods.in_working_days(periods.length(periods.COMMUNITY, district=district)),
            "filed_by": by.actor_key,
        },
        actor=by,
        data=[
            {"channel": str(channel), "import": True, "day": today.isoformat()}
            for channel in batch["channel"]
        ],
    )
    named = [i for i, consent in enumerate(batch["consent"]) if consent]
    if not named:
        return
    persons = batch.part(named)
    insert_columns(
        NeedReporter,
        {
            "need_id": [keys[i] for i in named],
            **{name: persons[name] for name in ("name", "phone", "consent")},
        },
        always={"district": district, "consented_on": today},
    )
    NeedSupport.objects.bulk_create(
        NeedSupport(
            district=district,
            need_id=keys[i],
            supporter=acts.supporter_key(phone=phone),
            place=where[i],
            supported_on=today,
        )
        for i, phone in zip(named, persons["phone"], strict=True)
        if phone
    )


def _numbers(given: list[str], where: list[Place], raised: list[dt.date]) -> list[str]:
    """The numbers of the rows: as given in the file, else the next free ones of street and year."""
    numbers, taken = list(given), {number for number in given if number}
    groups: dict[tuple[str, int], list[int]] = {}
    for i, (place, day) in enumerate(zip(where, raised, strict=True)):
        groups.setdefault((place.code[:9], day.year), []).append(i)
    for (_street, year), indexes in sorted(groups.items()):
        free = acts.next_numbers(where[indexes[0]], year, len(indexes) + len(taken))
        unused = iter([number for number in free if number not in taken])
        for i in indexes:
            numbers[i] = given[i] or next(unused)
    return numbers


def needs_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """What the actor sees of the list, in the columns of the table; the columns of persons stay empty."""
    found = (
        queries.needs(actor).exclude(state=NeedState.DRAFT).select_related("place__parent").order_by("number")
    )
    for need in found.iterator(chunk_size=1_000):
        inside = need.place.level == PlaceLevel.COMMUNITY
        yield (
            need.number,
            need.place.parent.name if inside and need.place.parent else need.place.name,
            need.place.name if inside else "",
            need.source,
            need.channel,
            need.title,
            need.masked_text,
            need.category,
            need.target,
            need.persons,
            need.urgency,
            need.wanted,
            need.raised_on,
            need.valid_until,
            need.supporters_on_paper,
            "",
            "",
            "",
        )


NEEDS = kinds.add(
    kinds.Kind(
        "needs",
        _("Social needs list"),
        needs_table,
        rows=needs_rows,
        may=may_import,
        after=likeness.suggest_all,
    )
)
