"""Proposals and suggestions as an Excel table: the list that the committee hands over, a proposal a row."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.permits import Refused
from qingdan.core.tables import Batch, Column, Kind, Table, kinds, save_each
from qingdan.replies import acts, queries
from qingdan.replies.models import Proposal, ProposalKind
from qingdan.replies.periods import require_working_day
from qingdan.replies.permits import may_receive

_EXAMPLE = "（示例，请删去）关于加强社区养老服务的提案"
HEADING = 120


def _number(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z-]{1,20}", text):
        raise ValidationError(_now("Digits, letters and hyphens only, as printed: 92137."))
    return text


def _points(text: str) -> tuple[str, ...]:
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if any(len(line) > HEADING for line in lines):
        raise ValidationError(_now("A point has at most %(limit)d characters.") % {"limit": HEADING})
    return lines


def _row(row: dict[str, Any]) -> None:
    if row["due_on"] and row["due_on"] < row["received_on"]:
        raise ValidationError({"due_on": _now("The reply is due after the proposal is received.")})
    if row["due_on"]:
        try:
            require_working_day(row["due_on"])
        except Refused as no:
            raise ValidationError({"due_on": str(no.reason)}) from None


def proposals_table(actor: Any) -> Table:
    """The proposals handed to the actor's district."""

    def check(batch: Batch) -> None:
        numbers = set(batch["number"])
        found = Proposal.objects.filter(district=actor.district, number__in=numbers)
        there = set(found.values_list("kind", "term", "session", "number"))
        for index, key in enumerate(batch.rows("kind", "term", "session", "number")):
            if key in there:
                batch.refuse(index, _now("This session has a proposal of this number already."), "number")

    def save(batch: Batch, by: Any) -> None:
        def receive(row: dict[str, Any]) -> None:
            points = [acts.Point(line) for line in row.pop("points")]
            acts.receive(actor=by, points=points, **row)

        save_each(batch, receive)

    return Table(
        "proposals",
        _("Proposals and suggestions"),
        (
            Column("kind", _("kind"), Kind.CHOICE, required=True, choices=ProposalKind.choices),
            Column(
                "assembly",
                _("place of the assembly"),
                required=True,
                max_length=40,
                note=_("As the letter prints it: 官渡区."),
            ),
            Column("term", _("term"), Kind.INTEGER, required=True, minimum=1, maximum=99),
            Column("session", _("meeting"), Kind.INTEGER, required=True, minimum=1, maximum=99),
            Column("serial", _("serial number"), Kind.INTEGER, minimum=1, maximum=99_999),
            Column(
                "number",
                _("number"),
                Kind.CODE,
                required=True,
                clean=_number,
                max_length=20,
                note=_("As printed on the proposal."),
            ),
            Column("title", _("title"), required=True, max_length=200, width=40, example=_EXAMPLE),
            Column("proposers", _("proposers"), required=True, max_length=200),
            Column("cosigners", _("co-signers"), max_length=400),
            Column("received_on", _("received on"), Kind.DATE, required=True, maximum=clock.today()),
            Column(
                "due_on", _("reply due on"), Kind.DATE, note=_("Empty: three months after it was received.")
            ),
            Column(
                "points",
                _("points"),
                clean=_points,
                width=40,
                note=_("One a line; the letter answers them in this order."),
            ),
            Column("text", _("text"), max_length=30_000, width=50),
        ),
        key=("kind", "term", "session", "number"),
        check_row=_row,
        check_batch=check,
        save=save,
        note=_("One proposal or suggestion a row, as the committee hands them over."),
    )


def proposal_rows(actor: Any) -> Iterator[tuple[Any, ...]]:
    """The proposals that the actor may see."""
    found = queries.proposals_visible_to(actor).prefetch_related("points")
    for one in found.order_by("-term", "-session", "number").iterator(500):
        yield (
            one.kind,
            one.assembly,
            one.term,
            one.session,
            one.serial,
            one.number,
            one.title,
            one.proposers,
            one.cosigners,
            one.received_on,
            one.due_on,
            "\n".join(point.heading for point in one.points.all()),
            one.text[:30_000],
        )


PROPOSALS = kinds.add(
    kinds.Kind(
        "proposals", _("Proposals and suggestions"), proposals_table, rows=proposal_rows, may=may_receive
    )
)
