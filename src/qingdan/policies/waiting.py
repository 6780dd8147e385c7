"""What waits for the bureau among the policy documents, for the workbench."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingdan.core import clock
from qingdan.core.pieces import Waiting
from qingdan.directory.permits import is_bureau
from qingdan.policies import periods, queries, reliance
from qingdan.policies.models import IN_FORCE, CleanUpItem, CommentPeriod, LegalityReview, Stage

_ROOM = _("Policy documents")


def waiting_for(actor: Any) -> list[Waiting]:
    """Ends that come near, comments to answer, reviews that are awaited, filings, the clean-up list of the year."""
    if not is_bureau(actor):
        return []
    today = clock.today()
    return [
        *_ends(actor, today),
        *_beginnings(actor, today),
        *_comments(actor, today),
        *_reviews(actor),
        *_clean_up(actor, today),
        *_to_examine(actor),
    ]


def _ends(actor: Any, today: dt.date) -> list[Waiting]:
    near = today + dt.timedelta(days=periods.EXPIRY_NOTICE_DAYS)
    ending = queries.documents(actor).filter(stage__in=IN_FORCE, valid_until__lte=near)
    return [
        Waiting(
            due=one.valid_until,
            title=one.citation,
            verb=_("Record its end, or extend it")
            if one.valid_until < today
            else _("Extend, amend or let it end"),
            url=one.get_absolute_url(),
            sub=_now("valid until %(day)s") % {"day": one.valid_until.isoformat()},
            room=_ROOM,
        )
        for one in ending
        if one.valid_until
    ]


def _beginnings(actor: Any, today: dt.date) -> list[Waiting]:
    issued = queries.documents(actor).filter(
        Q(stage__in=(Stage.ISSUED, Stage.FILED), in_force_on__lte=today)
        | Q(stage__in=(Stage.ISSUED, *IN_FORCE), filed_on__isnull=True, issued_on__gte=_filing_horizon(today))
    )
    found = []
    for one in issued:
        if one.stage in (Stage.ISSUED, Stage.FILED) and one.in_force_on and one.in_force_on <= today:
            found.append(
                Waiting(
                    one.in_force_on, one.citation, _("Put into force"), one.get_absolute_url(), room=_ROOM
                )
            )
        if one.issued_on and one.filed_on is None and one.issued_on >= _filing_horizon(today):
            due = periods.filing_due(one.issued_on)
            found.append(
                Waiting(due, one.citation, _("Record the filing"), one.get_absolute_url(), room=_ROOM)
            )
    return found


def _filing_horizon(today: dt.date) -> dt.date:
    """Filings of longer ago were made on paper, before this system; nobody is asked for them."""
    return today - dt.timedelta(days=365)


def _comments(actor: Any, today: dt.date) -> list[Waiting]:
    asked = (
        CommentPeriod.objects.filter(document__in=queries.documents(actor), closed_on__isnull=True)
        .select_related("document")
        .annotate(unanswered=Count("comments", filter=Q(comments__outcome="")))
    )
    found = []
    for period in asked:
        if not period.unanswered and period.closes_on >= today:
            continue  # nothing to do before the last day
        words = ngettext("%(n)d comment to answer", "%(n)d comments to answer", period.unanswered)
        found.append(
            Waiting(
                due=period.closes_on,
                title=period.document.title,
                verb=_("Answer the comments") if period.unanswered else _("Close the comments"),
                url=period.get_absolute_url(),
                sub=words % {"n": period.unanswered} if period.unanswered else "",
                room=_ROOM,
            )
        )
    return found


def _reviews(actor: Any) -> list[Waiting]:
    awaited = LegalityReview.objects.filter(
        document__in=queries.documents(actor), result="", due_on__isnull=False
    ).select_related("document", "reviewer")
    return [
        Waiting(
            due=review.due_on,
            title=review.document.title,
            verb=_("Record the answer of the legal office"),
            url=review.document.get_absolute_url(),
            sub=review.reviewer.short_name,
            room=_ROOM,
        )
        for review in awaited
    ]


def _clean_up(actor: Any, today: dt.date) -> list[Waiting]:
    left = (
        CleanUpItem.objects.filter(document__in=queries.documents(actor), verdict="")
        .values("year")
        .annotate(n=Count("pk"))
        .order_by("year")
    )
    return [
        Waiting(
            due=dt.date(row["year"], 12, 31),
            title=_now("Clean-up list of %(year)s") % {"year": row["year"]},
            verb=_("Decide on each document"),
            url=reverse("policies-clean-up", args=[row["year"]]),
            sub=ngettext("%(n)d document left", "%(n)d documents left", row["n"]) % {"n": row["n"]},
            room=_ROOM,
        )
        for row in left
    ]


def _to_examine(actor: Any) -> list[Waiting]:
    """What still rests on documents that ended, and on clauses that were left out."""
    return [
        Waiting(
            due=document.ended_on,
            title=document.citation,
            verb=_("Examine again what rests on it"),
            url=f"{document.get_absolute_url()}#resting",
            sub=ngettext("%(n)d record", "%(n)d records", count) % {"n": count},
            room=_ROOM,
        )
        for document, count in reliance.to_examine(queries.documents(actor))
    ]
