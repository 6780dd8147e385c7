"""What can be done with needs: report, revise, support, merge, part, rate; and the daily care of deadlines."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock, files, journal
from qingdan.core.actor import SystemActor
from qingdan.core.files_models import StoredFile
from qingdan.core.identifiers import normalise
from qingdan.core.permits import Refused
from qingdan.core.pii import blind_index
from qingdan.directory.models import Account, Place, PlaceLevel
from qingdan.lists import likeness, periods
from qingdan.lists.lifecycle.needs import NEED
from qingdan.lists.masking import mask_numbers, points_to_a_person
from qingdan.lists.models import (
    Category,
    NeedChannel,
    NeedPair,
    NeedReporter,
    NeedSource,
    NeedState,
    NeedSupport,
    Notice,
    SocialNeed,
    TargetGroup,
    Verdict,
)
from qingdan.lists.models.needs import TEXT_LENGTH, TITLE_LENGTH
from qingdan.lists.permits.needs import (
    Visitor,
    is_reporter,
    may_complete,
    may_merge,
    may_rate,
    may_register,
    may_revise,
    may_see_reporter,
    may_verify,
    standing_merge,
)
from qingdan.lists.queries import CHECKED_STATES, FOUND_PERSONAL, family_of, persons_behind

LEAST_TEXT = 8
_END = re.compile(r"[。！？!?；;\n]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_MOBILE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True)
class Person:
    """Who reports a need, as far as they say."""

    name: str = ""
    phone: str = ""
    consent: str = NeedReporter.Consent.NONE
    account: Account | None = None
    visitor: str = ""  # the mark of a browser, for counting a person once


# ── words and numbers ───────────────────────────────────────────────────────


def clean_mobile(text: str) -> str:
    """A mobile number of eleven digits, blanks and hyphens left out; raises ValidationError."""
    number = normalise(text)
    if not number:
        return ""
    if not number.isdigit() or not number.isascii():
        raise ValidationError(_("A mobile number has digits only."))
    if len(number) != 11:
        raise ValidationError(
            _("A mobile number has 11 digits; this has %(n)d.") % {"n": len(number)}, code="length"
        )
    if not _MOBILE.fullmatch(number):
        raise ValidationError(_("This is no mobile number: it begins with 13 to 19."))
    return number


def clean_text(text: str) -> str:
    """The description: at least some words, at most a page, no control characters; raises ValidationError."""
    text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    text = _CONTROL.sub("", text).strip()
    if len(text) < LEAST_TEXT:
        raise ValidationError(
            _("A few words more: %(n)d characters now, at least %(least)d.")
            % {"n": len(text), "least": LEAST_TEXT}
        )
    if len(text) > TEXT_LENGTH:
        raise ValidationError(
            _("Shorter, please: %(n)d characters now, at most %(most)d.")
            % {"n": len(text), "most": TEXT_LENGTH}
        )
    return text


def clean_title(title: str) -> str:
    """One line without control characters."""
    return _CONTROL.sub("", " ".join(title.split()))


def title_from(text: str) -> str:
    """A title for a need that has none: its first sentence, cut at a comma when that is long."""
    first = _END.split(text.strip(), maxsplit=1)[0].strip()
    if len(first) <= 30:
        return first
    head = first[:30]
    cut = max(head.rfind(mark) for mark in "，,、 ")
    return head[:cut] if cut >= LEAST_TEXT else head + "…"


def next_numbers(place: Place, year: int, count: int = 1) -> list[str]:
    """Free numbers `XQ-street-year-serial`; holds the street's row until the transaction ends."""
    street = place.code[:9]
    Place.objects.select_for_update().filter(district=place.district, code=street).first()
    prefix = f"XQ-{street}-{year}-"
    last = (
        SocialNeed.objects.filter(district=place.district, number__startswith=prefix)
        .annotate(serial=Cast(Substr("number", len(prefix) + 1), IntegerField()))
        .aggregate(last=Max("serial"))["last"]
    )
    return [f"{prefix}{serial:04d}" for serial in range((last or 0) + 1, (last or 0) + 1 + count)]


# ── reporting ───────────────────────────────────────────────────────────────


@transaction.atomic
def report(
    *,
    actor: Any,
    place: Place,
    category: str,
    text: str,
    title: str = "",
    target: str = TargetGroup.RESIDENTS,
    source: str = NeedSource.RESIDENT,
    channel: str = NeedChannel.WEB,
    persons: int | None = None,
    urgency: int = 3,
    wanted: str = "",
    valid_until: dt.date | None = None,
    supporters_on_paper: int = 0,
    person: Person | None = None,
    draft: bool = False,
    verified: bool = False,
    compare: bool = True,
) -> SocialNeed:
    """A new need with its number and its first deadline; raises ValidationError at the field at fault.

    `person` is who reported it: name and telephone only with consent. `draft` keeps it with its author;
    `verified` lets a community officer who has checked it say so at once. Who files many compares them at the end.
    """
    person = person or Person()
    faults: dict[str, Any] = {}
    if category not in Category.values:
        faults["category"] = _("Choose what it is about.")
    try:
        text = clean_text(text)
    except ValidationError as fault:
        faults["text"] = fault
    try:
        phone = clean_mobile(person.phone)
    except ValidationError as fault:
        phone, faults["phone"] = "", fault
    if (phone or person.name.strip()) and not person.consent:
        faults["consent"] = _("A name or a number is kept only with the person's consent.")
    if valid_until and valid_until < clock.today():
        faults["valid_until"] = _("It ends before it was raised.")
    if place.level == PlaceLevel.DISTRICT:
        faults["place"] = _("Choose a street or a community.")
    if faults:
        raise ValidationError(faults)
    if source != NeedSource.RESIDENT or channel != NeedChannel.WEB:
        _may_register_at(actor, place)
    is_personal = points_to_a_person(f"{title}\n{text}")
    title = mask_numbers(clean_title(title) or title_from(text))[:TITLE_LENGTH]
    state = NeedState.DRAFT if draft else NeedState.SUBMITTED
    need = NEED.begin(
        SocialNeed(
            district=place.district,
            number=next_numbers(place, clock.today().year)[0],
            source=source,
            channel=channel,
            place=place,
            title=title,
            text=text,
            category=category,
            target=target,
            persons=persons,
            urgency=urgency,
            wanted=wanted,
            valid_until=valid_until,
            supporters_on_paper=supporters_on_paper,
            raised_on=clock.today(),
            state=state,
            due_on=None if draft else _first_deadline(place.district),
            is_personal=is_personal,
            filed_by="" if actor.actor_key == "visitor" else actor.actor_key,
        ),
        actor=Visitor(place.district)
        if (source, channel) == (NeedSource.RESIDENT, NeedChannel.WEB)
        else actor,
        channel=channel,
        day=clock.today(),
    )
    if source == NeedSource.RESIDENT:
        _keep_reporter(need, person, phone)
    recount(need)
    if compare and not draft:
        likeness.suggest_for(need)
    if verified and not draft and may_verify(actor, need):
        NEED.move(need, "verify", actor=actor)
    return need


def _first_deadline(district: str) -> dt.date:
    """By when the community verifies a need that comes in today."""
    return periods.in_working_days(periods.length(periods.COMMUNITY, district=district))


def _may_register_at(actor: Any, place: Place) -> None:
    if isinstance(actor, SystemActor) or actor.actor_key.startswith("reporting-system:"):
        return
    may_register.require(actor, None)
    if not actor.covers(place.code):
        raise Refused(_("You register needs of your own place only."))


def _keep_reporter(need: SocialNeed, person: Person, phone: str) -> None:
    """The person behind a need, apart from its summary, and counted as its first supporter."""
    NeedReporter.objects.create(
        district=need.district,
        need=need,
        name=person.name.strip()[:50],
        phone=phone,
        consent=person.consent,
        consented_on=clock.today() if person.consent else None,
        account=person.account,
    )
    if key := supporter_key(account=person.account, phone=phone, visitor=person.visitor):
        _support(need, key, need.place)


@transaction.atomic
def revise(
    *, actor: Any, need: SocialNeed, reason: str = "", resubmit: bool = False, **changes: Any
) -> SocialNeed:
    """Change the publishable summary; what the resident wrote first is kept with the personal details.

    A need returned to its reporter goes back to the community with `resubmit`.
    """
    locked = SocialNeed.objects.select_for_update().select_related("place").get(pk=need.pk)
    if resubmit and is_reporter(actor, locked):
        actor = _reporter_of(locked)
    (may_complete if resubmit else may_revise).require(actor, locked)
    if "text" in changes:
        changes["text"] = clean_text(changes["text"])
    if "title" in changes:
        changes["title"] = clean_title(changes["title"])
    if "place" in changes and changes["place"].code[:9] != locked.place.code[:9]:
        raise ValidationError({"place": _("A need stays in its street: register it there instead.")})
    changed = [name for name, value in changes.items() if getattr(locked, name) != value]
    closed = locked.state in (NeedState.MERGED, NeedState.ARCHIVED, NeedState.EXPIRED)
    if closed and changed not in ([], ["is_personal"]):  # that it names a person can be found at any time
        raise Refused(_("A need that is closed is not changed any more."))
    was_personal = locked.is_personal
    if "text" in changed:
        reporter = NeedReporter.objects.filter(need=locked).first()
        if reporter is not None and not reporter.words:
            reporter.words = locked.text
            reporter.save(update_fields=["words"])
    for name in changed:
        setattr(locked, name, changes[name])
    if points_to_a_person(f"{locked.title}\n{locked.text}"):
        locked.is_personal = True
    locked.title = mask_numbers(locked.title if locked.title.strip() else title_from(locked.text))
    found_personal = locked.is_personal and not was_personal
    if changed:
        locked.save()
        journal.record(
            actor=actor,
            verb="need.revise",
            subject=locked,
            before=locked.state,
            after=locked.state,
            reason=reason,
            data={"fields": sorted(changed)} | ({FOUND_PERSONAL: True} if found_personal else {}),
        )
        if not resubmit and locked.state in likeness.FRESH and likeness.COMPARED & set(changed):
            likeness.suggest_for(locked)
    need.refresh_from_db()
    if resubmit:
        NEED.move(need, "complete", actor=actor, reason=reason)
    return need


def _reporter_of(need: SocialNeed) -> SystemActor:
    """The reporter as the journal knows them: without a name, because a name can be erased and a journal cannot."""
    return SystemActor(Visitor(need.district).actor_label, need.district)


@transaction.atomic
def complete_by_number(*, need: SocialNeed, text: str) -> SocialNeed:
    """The reporter, known by the browser that sent the need, adds what was missing."""
    locked = SocialNeed.objects.select_for_update().get(pk=need.pk)
    if locked.state != NeedState.RETURNED:
        raise Refused(_("This need does not wait for more details."))
    locked.text = clean_text(text)
    locked.is_personal = locked.is_personal or points_to_a_person(locked.text)
    locked.save()
    NEED.move(locked, "complete", actor=_reporter_of(locked))
    return locked


# ── support ─────────────────────────────────────────────────────────────────


def supporter_key(*, account: Account | None = None, phone: str = "", visitor: str = "") -> str:
    """The same person gives the same digest: by account, else by telephone, else by browser; "" when unknown."""
    if account is not None:
        return blind_index(f"account:{account.pk}", "lists.needsupport")
    if phone:
        return blind_index(f"phone:{phone}", "lists.needsupport")
    return blind_index(f"visitor:{visitor}", "lists.needsupport") if visitor else ""


def _support(need: SocialNeed, key: str, place: Place | None) -> bool:
    return NeedSupport.objects.get_or_create(
        need=need,
        supporter=key,
        defaults={"district": need.district, "place": place, "supported_on": clock.today()},
    )[1]


@transaction.atomic
def support(*, need: SocialNeed, supporter: str, place: Place | None = None) -> bool:
    """One person says “I need this too”; False when they had said so already. A merged need passes it on."""
    if not supporter:
        raise Refused(_("Allow cookies for this site, so that one person is counted once."))
    root = _locked_root(need)
    if root.state not in CHECKED_STATES and root.state != NeedState.SUBMITTED:
        raise Refused(_("This need is closed: it can no longer be supported."))
    if NeedSupport.objects.filter(need__in=family_of(root), supporter=supporter).exists():
        return False
    _support(root, supporter, place)
    recount(root)
    return True


@transaction.atomic
def withdraw_support(*, need: SocialNeed, supporter: str) -> bool:
    """Take one's support back, wherever in the family of merged needs it was given."""
    root = _locked_root(need)
    gone, _kinds = NeedSupport.objects.filter(need__in=family_of(root), supporter=supporter).delete()
    recount(root)
    return bool(gone)


def root_of(need: SocialNeed) -> SocialNeed:
    """The need into which this one was merged in the end; itself when it was not."""
    while need.merged_into_id is not None:
        need = SocialNeed.objects.get(pk=need.merged_into_id)
    return need


def _locked_root(need: SocialNeed) -> SocialNeed:
    """The need in which this one goes on, locked: looked for again should it be merged while one waits for it."""
    root = SocialNeed.objects.select_for_update().get(pk=need.pk)
    while root.merged_into_id is not None:
        root = SocialNeed.objects.select_for_update().get(pk=root.merged_into_id)
    return root


def recount(need: SocialNeed) -> None:
    """Bring the stored count of supporters up to date."""
    need.supporters = persons_behind(family_of(need))
    SocialNeed.objects.filter(pk=need.pk).update(supporters=need.supporters)


# ── duplicates ──────────────────────────────────────────────────────────────


def merge(*, actor: Any, need: SocialNeed, survivor: SocialNeed, reason: str) -> SocialNeed:
    """Merge `need` into `survivor`: it keeps its number and its reporter, who follows the other from now on."""
    with transaction.atomic():
        _lock(need, survivor)
        NEED.move(need, "merge", actor=actor, reason=reason, survivor=survivor)
    survivor.refresh_from_db()
    return survivor


def _lock(*needs: SocialNeed) -> None:
    """Lock several needs, in the order of their keys, so that two officers cannot wait for each other for ever.

    With each need those are locked into which it was merged: their supporters are counted anew.
    """
    keys: set[int] = set()
    for need in needs:
        while need.pk not in keys:
            keys.add(need.pk)
            if need.merged_into_id is not None:
                need = SocialNeed.objects.get(pk=need.merged_into_id)
    list(SocialNeed.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def part(*, actor: Any, need: SocialNeed, reason: str) -> SocialNeed:
    """Undo a merging: the need goes on in the state it had, with the working days it had left."""
    with transaction.atomic():
        _lock(need)
        merge = standing_merge(need)
        if merge is None:
            raise Refused(_("This need is not merged into another."))
        NEED.move(need, f"part_to_{merge.state_before.lower()}", actor=actor, reason=reason)
    return need


@transaction.atomic
def decide_different(*, actor: Any, pair: NeedPair) -> None:
    """Two needs are not the same; they are not suggested together again."""
    may_merge.require(actor, pair.first)
    may_merge.require(actor, pair.second)
    _lock(pair.first, pair.second)
    pair.refresh_from_db(fields=["verdict"])
    if pair.verdict != Verdict.OPEN:
        raise Refused(
            _("Somebody has decided about these two already: %(verdict)s.")
            % {"verdict": pair.get_verdict_display()}
        )
    pair.verdict, pair.decided_by = Verdict.DIFFERENT, actor.actor_label
    pair.save(update_fields=["verdict", "decided_by"])
    journal.record(
        actor=actor,
        verb="need.different",
        subject=pair.first,
        after=pair.first.state,
        data={"other": pair.second.number},
    )


# ── personal details ────────────────────────────────────────────────────────


@transaction.atomic
def reveal_reporter(*, actor: Any, need: SocialNeed) -> dict[str, str]:
    """Name, telephone and own words of the reporter in full, for the community and the street; a logged act."""
    may_see_reporter.require(actor, need)
    reporter: Any = NeedReporter.objects.filter(need=need).first()
    if reporter is None:
        raise Refused(_("Nobody is recorded as the reporter of this need."))
    journal.record(
        actor=actor,
        verb="need.reveal",
        subject=need,
        before=need.state,
        after=need.state,
        data={"shown": ["name", "phone", "words"]},
    )
    return {
        "name": reporter.name.reveal(),
        "phone": reporter.phone.reveal(),
        "words": reporter.words.reveal(),
    }


# ── rating ──────────────────────────────────────────────────────────────────


@transaction.atomic
def rate(*, actor: Any, need: SocialNeed, rating: int, own: bool = False) -> SocialNeed:
    """One to five, by the reporter (`own`: this browser or account reported it) or by the community for them."""
    if rating not in range(1, 6):
        raise ValidationError({"rating": _("Choose one of the five.")})
    locked = SocialNeed.objects.select_for_update().select_related("place").get(pk=need.pk)
    own = own or bool(is_reporter(actor, locked))
    if not own:
        may_rate.require(actor, locked)
    if locked.state != NeedState.DONE:
        raise Refused(_("A need is rated once it is done."))
    locked.rating = rating
    locked.save(update_fields=["rating"])
    NEED.move(locked, "rate", actor=_reporter_of(locked) if own else actor)
    need.refresh_from_db()
    return need


def see_notices(account: Account) -> int:
    """Mark all notices of an account as seen; answers how many were new."""
    return Notice.objects.filter(account=account, seen_at__isnull=True).update(seen_at=clock.now())


# ── daily care ──────────────────────────────────────────────────────────────


def lapse(*, actor: SystemActor) -> int:
    """Needs returned and never completed, and published ones past their validity, lapse; answers how many."""
    today = clock.today()
    open_needs = SocialNeed.objects.filter(district=actor.district)
    late: Iterable[SocialNeed] = open_needs.filter(state=NeedState.RETURNED, due_on__lt=today)
    past = open_needs.filter(state=NeedState.PUBLISHED, valid_until__lt=today)
    done = 0
    for needs, reason in ((late, _("No details came in time.")), (past, _("Its validity has ended."))):
        for need in needs:
            try:
                NEED.move(need, "lapse", actor=actor, reason=str(reason))
            except Refused:
                continue  # it has moved on since it was read: completed, or met
            done += 1
    return done


@transaction.atomic
def erase_personal_details(*, actor: SystemActor) -> int:
    """Erase what is kept of reporters when the time promised to them has passed; answers of how many.

    With name, number and words go the photos and whatever leads from the need to an account.
    """
    due = NeedReporter.objects.filter(district=actor.district, erase_on__lt=clock.today())
    done = 0
    for reporter in due.select_related("need", "account"):
        need = reporter.need
        for photo in StoredFile.objects.filter(owner=f"lists.socialneed:{need.pk}"):
            files.discard(photo)
        if reporter.account is not None:
            Notice.objects.filter(need=need, account=reporter.account).delete()
            if need.filed_by == reporter.account.actor_key:
                SocialNeed.objects.filter(pk=need.pk).update(filed_by="")
        reporter.delete()
        journal.record(actor=actor, verb="need.erase", subject=need, after=need.state, data={})
        done += 1
    return done
