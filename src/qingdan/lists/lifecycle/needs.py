"""The life of a need: reported, verified twice, published, met, rated; or merged, returned, rejected, lapsed."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.lifecycle import Lifecycle, Move, register
from qingdan.core.permits import Refused
from qingdan.directory.permits import is_system
from qingdan.lists import likeness, periods
from qingdan.lists.models import NeedMerge, NeedPair, NeedReporter, NeedState, Notice, SocialNeed, Verdict
from qingdan.lists.permits.needs import (
    can_still_part,
    has_no_order,
    is_author,
    is_not_contracted,
    is_publishable,
    is_rated,
    may_complete,
    may_confirm,
    may_merge,
    may_publish,
    may_rate,
    may_run,
    may_turn_back,
    may_verify,
    standing_merge,
    was,
)
from qingdan.lists.queries import family_of, persons_behind
from qingdan.policies.models import Period

Said = dict[str, Any] | None
Extra = Callable[..., Said]

ENDED = (NeedState.DONE, NeedState.RATED, NeedState.ARCHIVED, NeedState.REJECTED, NeedState.EXPIRED)
MERGEABLE = (
    NeedState.SUBMITTED,
    NeedState.COMMUNITY_VERIFIED,
    NeedState.STREET_VERIFIED,
    NeedState.PUBLISHED,
    NeedState.RETURNED,
)
SURVIVORS = (*MERGEABLE[:4], NeedState.MATCHED, NeedState.IN_SERVICE)


def tell(need: SocialNeed, reason: str = "") -> None:
    """Leave a notice to those with an account who reported this need or one merged into it."""
    family = family_of(need)
    accounts = NeedReporter.objects.filter(need__in=family, account__isnull=False).values_list(
        "account_id", "need_id"
    )
    Notice.objects.bulk_create(
        Notice(
            district=need.district,
            account_id=account,
            need_id=own,
            state=need.state,
            reason=reason,
            at=clock.now(),
        )
        for account, own in accounts
    )


def _set_erasure(need: SocialNeed) -> None:
    """When the personal details behind a need go: so long after its end, and not before it has ended.

    The reporters of needs merged into it wait with it. What follows the end (rating, archiving) does not put the day
    off.
    """
    reporters = NeedReporter.objects.filter(need__in=family_of(need))
    if need.state in ENDED:
        reporters.filter(erase_on__isnull=True).update(erase_on=periods.erase_day(need))
    else:
        reporters.update(erase_on=None)


def decided(need: SocialNeed, other: SocialNeed, verdict: str, actor: Any) -> None:
    """Keep what an officer decided about two needs, so that they are not suggested together again."""
    low, high = sorted((need.pk, other.pk))
    NeedPair.objects.filter(first_id=low, second_id=high).update(
        verdict=verdict, decided_by=actor.actor_label
    )


def then(period: Period.Kind | None = None, extra: Extra | None = None) -> Callable[..., Said]:
    """The effect of a move: a new deadline or none, what else it does, and a notice to those concerned."""

    def effect(need: SocialNeed, *, actor: Any, reason: str, **details: Any) -> Said:
        need.due_on = periods.deadline(period, need) if period else None
        said = extra(need, actor=actor, reason=reason, **details) if extra else None
        _set_erasure(need)
        tell(need, reason)
        return {"day": clock.today(), **(said or {})}  # the district's day, which a sample lives by

    if extra:
        effect.__wrapped__ = extra  # type: ignore[attr-defined]  # whose details the move asks for
    return effect


def _merge(need: SocialNeed, *, actor: Any, reason: str, survivor: SocialNeed | None = None) -> Said:
    if survivor is None:
        raise Refused(_("Choose the need into which it is merged."))
    survivor = SocialNeed.objects.select_for_update().get(pk=survivor.pk)
    before = SocialNeed.objects.get(pk=need.pk)  # as it is until this move is saved
    if survivor.pk == need.pk:
        raise Refused(_("A need cannot be merged into itself."))
    if survivor.district != need.district or survivor.place.code[:9] != need.place.code[:9]:
        raise Refused(_("Only needs of one street are merged."))
    if survivor.state not in SURVIVORS:
        raise Refused(_("The other need is closed or merged itself: choose one that is still open."))
    may_merge.require(actor, survivor)
    need.merged_into = survivor
    survivor.supporters = persons_behind({*family_of(survivor), *family_of(need)})
    survivor.save(update_fields=["supporters"])
    decided(need, survivor, Verdict.SAME, actor)
    NeedMerge.objects.create(
        district=need.district,
        need=need,
        survivor=survivor,
        state_before=before.state,
        due_before=before.due_on,
        merged_on=clock.today(),
        undo_until=periods.deadline(periods.PART, need),
        reason=reason,
    )
    return {"into": survivor.number}


def _part(need: SocialNeed, *, actor: Any, reason: str) -> Said:
    merge = standing_merge(need)
    assert merge is not None  # `was` has said so
    need.merged_into = None
    need.due_on = merge.due_before
    if merge.due_before and merge.due_before >= merge.merged_on:  # the clock stood still meanwhile
        left = periods.left_on(merge.merged_on, merge.due_before)
        need.due_on = periods.in_working_days(left) if left else clock.today()
    merge.undone_on = clock.today()
    merge.save(update_fields=["undone_on"])
    gone = set(family_of(need))
    need.supporters = persons_behind(gone)
    left_behind: SocialNeed | None = merge.survivor
    while left_behind is not None:  # those into which it had been merged, one after the other
        left_behind.supporters = persons_behind(set(family_of(left_behind)) - gone)
        left_behind.save(update_fields=["supporters"])
        left_behind = left_behind.merged_into
    decided(need, merge.survivor, Verdict.DIFFERENT, actor)
    return {"from": merge.survivor.number}


def _compare(need: SocialNeed, *, actor: Any, reason: str) -> Said:
    """What comes before the community, for the first time or again, is compared with the needs of its street."""
    likeness.suggest_for(need)
    return None


_to_the_community = then(periods.COMMUNITY, _compare)
_S = NeedState
NEED = register(
    Lifecycle(
        "need",
        NeedState,
        Move("submit", _S.DRAFT, _S.SUBMITTED, _("Submit"), by=is_author, effect=_to_the_community),
        Move(
            "complete",
            _S.RETURNED,
            _S.SUBMITTED,
            _("Send again"),
            by=may_complete,
            effect=_to_the_community,
        ),
        Move(
            "verify",
            _S.SUBMITTED,
            _S.COMMUNITY_VERIFIED,
            _("Verify"),
            by=may_verify,
            effect=then(periods.STREET),
        ),
        Move(
            "confirm",
            _S.COMMUNITY_VERIFIED,
            _S.STREET_VERIFIED,
            _("Verify for the street"),
            by=may_confirm,
            effect=then(periods.PUBLISH),
        ),
        Move(
            "publish",
            _S.STREET_VERIFIED,
            _S.PUBLISHED,
            _("Publish"),
            by=may_publish,
            when=is_publishable,
            effect=then(),
            warns=_("Everybody will be able to read the text. The person who reported it stays hidden."),
        ),
        Move("match", _S.PUBLISHED, _S.MATCHED, _("Match with a resource"), by=may_run, effect=then()),
        Move(
            "unmatch",
            (_S.MATCHED, _S.IN_SERVICE),
            _S.PUBLISHED,
            _("Take back the match"),
            by=may_run,
            when=is_not_contracted & (has_no_order | is_system),
            effect=then(),
            needs_reason=True,
        ),
        Move("start", _S.MATCHED, _S.IN_SERVICE, _("Service begins"), by=may_run, effect=then()),
        Move(
            "finish", _S.IN_SERVICE, _S.DONE, _("Close as done"), by=may_run, effect=then(), needs_reason=True
        ),
        Move("rate", _S.DONE, _S.RATED, _("Keep the rating"), by=may_rate, when=is_rated, effect=then()),
        Move("archive", (_S.DONE, _S.RATED), _S.ARCHIVED, _("Archive"), by=may_run, effect=then()),
        Move(
            "merge",
            MERGEABLE,
            _S.MERGED,
            _("Merge into another"),
            by=may_merge,
            effect=then(extra=_merge),
            needs_reason=True,
        ),
        *(
            Move(
                f"part_to_{state.lower()}",
                _S.MERGED,
                state,
                _("Part again"),
                by=may_merge & was(state),
                when=can_still_part,
                effect=then(extra=_part),
                needs_reason=True,
            )
            for state in MERGEABLE
        ),
        Move(
            "return",
            (_S.SUBMITTED, _S.COMMUNITY_VERIFIED),
            _S.RETURNED,
            _("Ask for more details"),
            by=may_turn_back,
            effect=then(periods.COMPLETE),
            needs_reason=True,
        ),
        Move(
            "reject",
            (_S.SUBMITTED, _S.COMMUNITY_VERIFIED, _S.STREET_VERIFIED),
            _S.REJECTED,
            _("Do not take up"),
            by=may_turn_back,
            effect=then(),
            needs_reason=True,
        ),
        Move(
            "reopen",
            (_S.REJECTED, _S.EXPIRED),
            _S.SUBMITTED,
            _("Open again"),
            by=may_confirm,
            effect=_to_the_community,
            needs_reason=True,
        ),
        Move(
            "lapse",
            (_S.RETURNED, _S.PUBLISHED),
            _S.EXPIRED,
            _("Lapsed"),
            by=is_system,
            effect=then(),
            needs_reason=True,
        ),
    ),
    SocialNeed,
)
