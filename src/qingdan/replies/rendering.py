"""A letter's text as it stands: live figures until the letter is issued, the frozen readings ever after."""

import datetime as dt
import difflib
from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _now

from qingdan.core import figures
from qingdan.core.figures import Agreement, Scope, Value
from qingdan.core.journal import sm3
from qingdan.documents.numbering import is_used
from qingdan.documents.numbers import DocumentNumber
from qingdan.policies.models import NormativeDocument
from qingdan.replies.models import LetterFigure, Proposal, Publication, ReplyLetter
from qingdan.replies.text import CitedDocument, CitedFigure, Problem, RenderedLetter, render
from qingdan.replies.text.problems import of_letter
from qingdan.replies.text.render import NotFound, body_blocks


class LiveSources:
    """The facts of a district as known at the end of `as_of`."""

    def __init__(self, district: str, as_of: dt.date, proposal: Proposal | None = None) -> None:
        self.district, self.as_of, self._proposal = district, as_of, proposal

    def figure(self, key: str, *, year: int | None, place: str, by: dict[str, str]) -> Value:
        return figures.get(key).read(Scope(self.district, self.as_of, year, place, by))

    def document(self, *, number: str, title: str) -> CitedDocument:
        documents = NormativeDocument.objects.filter(district=self.district)
        wanted = number or title
        found = list(documents.filter(number=number) if number else documents.filter(title=title))
        if found:
            return self.one_of(found, by_number=bool(number))
        known = [text for text in documents.values_list("number" if number else "title", flat=True) if text]
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
        hint = _now(" Did you mean: %(near)s?") % {"near": "、".join(near)} if near else ""
        raise NotFound(_now("There is no policy document “%(wanted)s”.") % {"wanted": wanted} + hint)

    def one_of(self, found: Sequence[NormativeDocument], *, by_number: bool) -> CitedDocument:
        """The document that was meant by a number or a title which all of `found` bear; NotFound when it is not one."""
        if len(found) > 1:  # an older document of the same title, ended by then
            found = [one for one in found if one.ended_on is None or one.ended_on > self.as_of] or found
        if len(found) > 1:
            raise NotFound(
                _now("There are %(count)s policy documents “%(wanted)s”: name one by its number.")
                % {"count": len(found), "wanted": found[0].number if by_number else found[0].title}
            )
        return self._as_known(found[0], by_number=by_number)

    def _as_known(self, document: NormativeDocument, *, by_number: bool) -> CitedDocument:
        """A document as it stood on the letter's day: what was a draft then is named without a number."""
        issued = document.issued_on is not None and document.issued_on <= self.as_of
        if by_number and not issued:
            raise NotFound(
                _now("%(number)s was not issued yet on %(day)s: name the draft by title=….")
                % {"number": document.number, "day": self.as_of.isoformat()}
            )
        if document.begun_on is not None and document.begun_on > self.as_of:
            raise NotFound(
                _now("The drafting of “%(title)s” had not begun on %(day)s.")
                % {"title": document.title, "day": self.as_of.isoformat()}
            )
        return CitedDocument(document.title, document.number if issued else "", str(document.pk))

    def proposal(self) -> str:
        return self._proposal.reference if self._proposal else "{{proposal}}"


def rendered(letter: ReplyLetter) -> RenderedLetter:
    """The letter's text: of an issued letter what was frozen, of another what its source gives today.

    Kept with the loaded letter, so that a page which asks for it several times reads each figure once.
    """
    key = (letter.state, letter.source, letter.as_of)
    kept: tuple[object, RenderedLetter] | None = letter.__dict__.get("_rendered")
    if kept is not None and kept[0] == key:
        return kept[1]
    filled = (
        frozen(letter)
        if letter.is_issued
        else render(letter.source, LiveSources(letter.district, letter.as_of, letter.proposal))
    )
    letter.__dict__["_rendered"] = (key, filled)
    return filled


def frozen(letter: ReplyLetter) -> RenderedLetter:
    """An issued letter, from its own rows alone: later records, names and declarations do not reach it."""
    return RenderedLetter(
        blocks=body_blocks(letter.body or []),
        figures=tuple(_frozen_figure(figure) for figure in letter.figures.all()),
    )


def _frozen_figure(figure: LetterFigure) -> CitedFigure:
    reading = figure.reading
    return CitedFigure(
        position=figure.position,
        key=reading.figure,
        by=dict(reading.by),
        year=reading.year,
        place=reading.place,
        name=reading.name,
        value=reading.value,
        unit=reading.unit,
        printed=figure.printed,
        approx=figure.approx,
        as_of=reading.as_of,
        records=reading.records,
        district=reading.district,
        definition=reading.definition,
        offset=figure.offset,
        reading=reading.pk,
        labels=tuple(figure.labels),
        part=reading.part,
        whole=reading.whole,
    )


def agreements(letter: ReplyLetter, today: dt.date) -> dict[int, Agreement]:
    """Each figure of an issued letter, by position, held against the records as known `today`."""
    seen: dict[tuple[object, ...], Agreement] = {}
    answer = {}
    for figure in letter.figures.all():
        reading = figure.reading
        asked = (reading.figure, reading.year, reading.place, *sorted(reading.by.items()), reading.value)
        if asked not in seen:
            seen[asked] = figures.agreement(reading, today)
        answer[figure.position] = seen[asked]
    return answer


def digest(letter: RenderedLetter) -> str:
    """SM3 of the body's text, by which a signature is held to what was signed."""
    return sm3(letter.text.encode())


# ── what keeps a letter back ────────────────────────────────────────────────


def problems_to_submit(letter: ReplyLetter) -> list[Problem]:
    """What the drafter must put right before the letter goes to be signed."""
    return [*_of_fields(letter), *rendered(letter).problems]


def problems_to_issue(letter: ReplyLetter, *, serial: int | None = None) -> list[Problem]:
    """All that keeps the letter from being issued, at once."""
    return [*problems_to_submit(letter), *_of_issue(letter, serial)]


def _of_fields(letter: ReplyLetter) -> list[Problem]:
    found = []
    if not letter.source.strip():
        found.append(of_letter("no_text", _now("The letter has no text.")))
    for field, value in (
        ("title", letter.title),
        ("addressee", letter.addressee),
        ("contact", letter.contact),
        ("signature", letter.signature),
        ("reply_class", letter.reply_class),
    ):
        if not value.strip():
            found.append(of_letter(f"no_{field}", _now("Fill in: %(field)s.") % {"field": _label(field)}))
    if letter.publication == Publication.NONE and not letter.publication_reason.strip():
        found.append(of_letter("no_reason", _now("Give the reason why the reply is not published.")))
    if letter.show_qr and not settings.CSRF_TRUSTED_ORIGINS:
        found.append(
            of_letter(
                "no_site_address",
                _now(
                    "The QR code needs the address of this site: have QINGDAN_ORIGINS set, or leave it out."
                ),
            )
        )
    if letter.dated_on and letter.as_of > letter.dated_on:
        found.append(
            of_letter(
                "as_of",
                _now("The figures are as of %(as_of)s, after the letter's date %(dated_on)s.")
                % {"as_of": letter.as_of.isoformat(), "dated_on": letter.dated_on.isoformat()},
            )
        )
    return found


def _label(name: str) -> str:
    field = ReplyLetter._meta.get_field(name)
    assert isinstance(field, models.Field)
    return str(field.verbose_name)


def _of_issue(letter: ReplyLetter, serial: int | None) -> list[Problem]:
    found = []
    if letter.dated_on is None:
        found.append(of_letter("no_date", _now("The letter has no date.")))
    if letter.signed_text and letter.signed_text != digest(rendered(letter)):
        found.append(
            of_letter(
                "signed_otherwise",
                _now("The text is not the one that was signed, because records changed: return the letter."),
            )
        )
    if not letter.signer.strip():
        found.append(of_letter("no_signer", _now("Nobody has signed the letter.")))
    prefix = letter.number_prefix or letter.agency.document_prefix
    if not prefix:
        found.append(
            of_letter(
                "no_prefix",
                _now("%(agency)s has no prefix for its document numbers: set it in the directory.")
                % {"agency": letter.agency.name},
            )
        )
    elif serial is not None and letter.dated_on:
        number = DocumentNumber(prefix, letter.dated_on.year, serial)
        if is_used(number, district=letter.district):
            found.append(of_letter("number_used", _now("%(number)s is used already.") % {"number": number}))
    return found
