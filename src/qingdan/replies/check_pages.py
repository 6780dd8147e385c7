"""Check a letter: a text from elsewhere, each of its quantities held against the records. Nothing is kept."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from qingdan.core import clock
from qingdan.core.files import FileRefused, clean_name, examine
from qingdan.core.gate import page
from qingdan.directory.pages.frame import actor_of
from qingdan.directory.permits import is_auditor, is_evaluator, is_staff_of_government
from qingdan.documents.style import check_style
from qingdan.documents.uploads import text_of
from qingdan.engine.claims.matching import ENOUGH
from qingdan.replies.forms import LONGEST_TEXT
from qingdan.replies.tracing import Recorded, Traced, letter_day, trace

MAX_BYTES = 5 * 1024**2
MAX_CHARACTERS = LONGEST_TEXT
MAX_PAGES = 150
KINDS = ("txt", "docx", "pdf")

is_reader = (is_staff_of_government | is_auditor | is_evaluator).because(
    _("Only officers, auditors and evaluators check letters here.")
)

LOOKS = {"agrees": ("done", "4"), "differs": ("stop", "differ"), "no record": ("off", "dash")}
WORDS = {"agrees": _("agrees"), "differs": _("differs"), "no record": _("no record")}
SIGNS = {"agrees": "✓", "differs": "≠", "no record": "?"}


class CheckForm(forms.Form):
    file = forms.FileField(
        label=_("file"),
        required=False,
        help_text=_("Text, Word or PDF, at most 5 MB. It is read and not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.docx,.pdf"}),
    )
    text = forms.CharField(
        label=_("or paste the text"),
        required=False,
        strip=False,
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    as_of = forms.DateField(
        label=_("records as of"),
        required=False,
        help_text=_("Empty: the date that the letter bears, else today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """`content` is the text to check, from the file or as pasted."""
        data = super().clean() or {}
        upload = data.get("file")
        if isinstance(upload, UploadedFile):
            try:
                data["content"] = read_upload(upload)
            except FileRefused as refused:
                self.add_error("file", refused)
        elif "file" not in self.errors and "text" not in self.errors:
            data["content"] = data.get("text", "").replace("\r\n", "\n")
            if not data["content"].strip():
                self.add_error("file", _now("Choose a file, or paste the text."))
        return data


def read_upload(upload: UploadedFile, *, max_pages: int = 0) -> str:
    """The text of an upload; FileRefused with one line for the person who sent it."""

    def count(done: int, total: int) -> None:
        if max_pages and total > max_pages:  # told after the first page: the others are not read
            raise FileRefused(
                _now("The file has %(pages)d pages, at most %(limit)d are read: take out what belongs here.")
                % {"pages": total, "limit": max_pages},
                "pages",
            )

    if (upload.size or 0) > MAX_BYTES:
        raise FileRefused(_now("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES >> 20}, "size")
    name, data = clean_name(upload.name or ""), upload.read()
    kind = examine(data, name)
    if kind not in KINDS:
        raise FileRefused(_now("Give a .txt, .docx or .pdf file."), "kind")
    if kind == "pdf" and (pages := _pages(data)) > MAX_PAGES:  # before its text is taken out, page by page
        raise FileRefused(
            _now("The file has %(pages)s pages: check at most %(limit)s at a time.")
            % {"pages": pages, "limit": MAX_PAGES},
            "length",
        )
    text = text_of(name, data, count)
    if len(text) > MAX_CHARACTERS:
        raise FileRefused(
            _now("The text is longer than %(limit)s characters: check it in parts.")
            % {"limit": f"{MAX_CHARACTERS:,}"},
            "length",
        )
    return text


def _pages(data: bytes) -> int:
    """How many pages a PDF has; 0 when that cannot be told, and the reader says why."""
    import pypdf  # loaded when a letter is read, not with the pages

    try:
        return len(pypdf.PdfReader(io.BytesIO(data)).pages)
    except Exception:
        return 0


@dataclass(frozen=True)
class Checked:
    """One claim as its row shows it."""

    number: int
    traced: Traced

    @property
    def outcome(self) -> str:
        return self.traced.outcome.replace(" ", "-")

    @property
    def look(self) -> tuple[str, str]:
        return LOOKS[self.traced.outcome]

    @property
    def word(self) -> Any:
        return WORDS[self.traced.outcome]

    @property
    def sign(self) -> str:
        return SIGNS[self.traced.outcome]

    @property
    def others(self) -> list[Recorded]:
        """What else the claim may speak of; beside a record only what is as likely as that."""
        record = self.traced.record
        return [
            one
            for one, likeness in self.traced.candidates
            if record is None or (likeness >= ENOUGH and (one.key, one.by) != (record.key, record.by))
        ][:3]


@dataclass(frozen=True)
class Piece:
    text: str
    claim: Checked | None = None


@page(is_reader)
def check_letter(request: HttpRequest) -> HttpResponse:
    """The form, and under it what the last text says."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    context: dict[str, Any] = {"form": form, "title": _("Check a letter")}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            context |= _result(actor_of(request).district, form.cleaned_data)
        else:
            status = 422
    return render(request, "replies/check.html", context, status=status)


def _result(district: str, data: dict[str, Any]) -> dict[str, Any]:
    text = data["content"]
    day = data.get("as_of") or letter_day(text)
    found = [
        Checked(number, one)
        for number, one in enumerate(trace(text, district, day or clock.today()), start=1)
    ]
    groups = [
        (outcome.replace(" ", "-"), WORDS[outcome], [one for one in found if one.traced.outcome == outcome])
        for outcome in ("differs", "no record", "agrees")
    ]
    return {
        "checked": found,
        "groups": [group for group in groups if group[2]],
        "counts": [(key, word, len(rows)) for key, word, rows in groups],
        "paragraphs": list(_paragraphs(text, found)),
        "remarks": [one for one in check_style(text) if one.code != "approximate"],
        "day": day or clock.today(),
        "day_given": bool(data.get("as_of")),
        "day_found": day is not None,
        "name": getattr(data.get("file"), "name", ""),
    }


def _paragraphs(text: str, found: Sequence[Checked]) -> Iterator[list[Piece]]:
    """The text in its paragraphs, each cut at its claims. A claim broken by a line end stays whole."""
    pieces: list[Piece] = []
    at = 0
    for one in [*found, None]:
        start = one.traced.claim.start if one else len(text)
        *whole, last = text[at:start].split("\n")
        for line in whole:
            pieces.append(Piece(line.strip()))
            if any(piece.text for piece in pieces):
                yield pieces
            pieces = []
        pieces.append(Piece(last))
        if one:
            pieces.append(Piece(one.traced.claim.text.replace("\n", ""), one))
            at = one.traced.claim.end
    if any(piece.text for piece in pieces):
        yield pieces
