"""Uploads: looked into before they are kept, kept by digest, given out only through a gate.

The kind of a file is read from its content and must be on the list of what the caller allows; the name's
ending has to agree. Office files with macros, archives that unpack to absurd sizes and damaged files are
refused; images lose their hidden data. Content is stored once for each digest under `MEDIA_ROOT`, which
no web server serves: `response_for` gives it out after the owner's room has said yes.
"""

import hashlib
import io
import lzma
import os
import re
import struct
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from qingdan.core.files_models import StoredFile
from qingdan.core.images import ImageError, strip_jpeg, strip_png

MAX_SIZE = 20 * 1024**2
MAX_UNPACKED = 300 * 1024**2
MAX_RATIO = 200  # text packs to a hundredth at most; bombs far below
NAME_LENGTH = 120  # code points


class FileRefused(ValidationError):
    """An upload that is not kept; the message says why. Nothing was written."""

    def __init__(self, message: Any, code: str) -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True)
class FileKind:
    media_type: str
    endings: tuple[str, ...]


KINDS = {
    "pdf": FileKind("application/pdf", (".pdf",)),
    "docx": FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xlsx": FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    "png": FileKind("image/png", (".png",)),
    "jpeg": FileKind("image/jpeg", (".jpg", ".jpeg")),
    "txt": FileKind("text/plain", (".txt",)),
    "csv": FileKind("text/csv", (".csv",)),
}
ALL_KINDS = frozenset(KINDS)
IMAGES = frozenset({"png", "jpeg"})
DOCUMENTS = frozenset({"pdf", "docx", "xlsx"})


def store(
    upload: Any,
    *,
    actor: Any,
    district: str,
    owner: str,
    kinds: Iterable[str] = ALL_KINDS,
    max_size: int = MAX_SIZE,
) -> StoredFile:
    """Keep an upload (anything with `name` and `read`) for a record; raises FileRefused.

    `owner` is `app.model:key`; whether the actor may add files there is the caller's question.
    """
    if not re.fullmatch(r"[a-z_]+\.[a-z_]+:[\w-]+", owner):
        raise ValueError(f"owner must look like app.model:key, not {owner!r}")
    data = upload.read(max_size + 1)
    if isinstance(data, str):
        raise TypeError("open uploads in binary mode")
    if len(data) > max_size:
        raise FileRefused(
            _("The file is larger than %(limit)d MB.") % {"limit": max(max_size >> 20, 1)}, "size"
        )
    name = clean_name(getattr(upload, "name", "") or "")
    kind = examine(data, name)
    if kind not in set(kinds):
        allowed = ", ".join(sorted(ending for k in kinds for ending in KINDS[k].endings))
        raise FileRefused(
            _("Files of this kind are not taken here; allowed are %(kinds)s.") % {"kinds": allowed}, "kind"
        )
    try:
        data = {"jpeg": strip_jpeg, "png": strip_png}.get(kind, bytes)(data)
    except ImageError:
        raise FileRefused(_("The image is damaged or far too large."), "damaged") from None
    digest = hashlib.sha256(data).hexdigest()
    _write(digest, data)
    return StoredFile.objects.create(
        district=district,
        owner=owner,
        name=name,
        media_type=KINDS[kind].media_type,
        size=len(data),
        sha256=digest,
        sm3=hashlib.new("sm3", data).hexdigest(),
        actor=str(actor)[:100],
    )


# --- looking into a file ------------------------------------------------------------------------


def examine(data: bytes, name: str) -> str:
    """The kind of a file by its content; raises FileRefused when it is none, unsafe, or misnamed."""
    kind = _sniff(data, name)
    ending = Path(name).suffix.lower()
    if ending not in KINDS[kind].endings:
        raise FileRefused(
            _("The content is %(kind)s, but the name ends in “%(ending)s”; give it its right name.")
            % {"kind": kind, "ending": ending},
            "misnamed",
        )
    return kind


def _sniff(data: bytes, name: str) -> str:
    if not data:
        raise FileRefused(_("The file is empty."), "empty")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:
            raise FileRefused(_("The PDF is incomplete; save it again."), "damaged")
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _sniff_office(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise FileRefused(
            _("Old or password-protected Office files are not taken; save as .docx or .xlsx."), "ole"
        )
    if _is_text(data):
        return "csv" if name.lower().endswith(".csv") else "txt"
    raise FileRefused(_("Files of this kind are not taken."), "kind")


_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,  # encrypted
    ValueError,
    struct.error,
)


def _sniff_office(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            unpacked = sum(info.file_size for info in infos)
            if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 5_000) or len(infos) > 5_000:
                raise FileRefused(_("The file unpacks to far more than its size."), "bomb")
            names = {info.filename for info in infos}
            if "[Content_Types].xml" not in names:
                raise FileRefused(_("Archives are not taken; upload the documents one by one."), "archive")
            types = archive.read("[Content_Types].xml")
            lower = {name.lower() for name in names}
            if b"macroEnabled" in types or any(
                "vbaproject" in n or (n.endswith(".bin") and "macro" in n) for n in lower
            ):
                raise FileRefused(_("Office files with macros are not taken; save without macros."), "macros")
            if archive.testzip() is not None:
                raise FileRefused(_("The file is damaged; save it again."), "damaged")
    except FileRefused:
        raise
    except (*_BROKEN_ARCHIVE, KeyError):
        raise FileRefused(_("The file is damaged; save it again."), "damaged") from None
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise FileRefused(_("Archives are not taken; upload the documents one by one."), "archive")


def _is_text(data: bytes) -> bool:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # how spreadsheets save “Unicode text”
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.search("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text)
    return False


_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def clean_name(name: str) -> str:
    """A file name that is safe on every system and shows no trick: no path, no control or direction
    marks, at most 120 code points; characters of every script stay."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    text = " ".join(re.sub(r'[<>:"|?*]', "_", text).split()).strip(". ")
    if _RESERVED.fullmatch(text):
        text = "_" + text
    stem, ending = os.path.splitext(text)
    ending = ending[:12]
    stem = stem[: NAME_LENGTH - len(ending)].rstrip(". ")
    return (stem or "file") + ending


# --- keeping and giving out ---------------------------------------------------------------------


def path_of(digest: str) -> Path:
    """Where the content of a digest lies."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError("no digest")
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def _write(digest: str, data: bytes) -> None:
    target = path_of(digest)
    if target.exists() and target.stat().st_size == len(data):
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)  # whole or not at all
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


Gate = Callable[[Any, str], object]
_gates: dict[str, Gate] = {}


def register_owner(kind: str, gate: Gate) -> None:
    """Name who decides on files of `app.model`: `gate(actor, key)` answers true or false (a permit)."""
    _gates[kind] = gate


def open_for(actor: Any, file: StoredFile) -> IO[bytes]:
    """The content, if the room that owns it lets the actor; raises PermissionDenied, FileNotFoundError."""
    gate = _gates.get(file.owner_kind)
    answer = gate(actor, file.owner_key) if gate is not None else False
    if not answer:
        raise PermissionDenied(str(getattr(answer, "reason", "")) or None)
    return path_of(file.sha256).open("rb")


def response_for(actor: Any, file: StoredFile) -> FileResponse:
    """The file as a download that no browser runs or guesses about."""
    response = FileResponse(
        open_for(actor, file), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def is_intact(file: StoredFile) -> bool:
    """Whether the content still has the digests of the record."""
    try:
        data = path_of(file.sha256).read_bytes()
    except FileNotFoundError:
        return False
    return (
        hashlib.sha256(data).hexdigest() == file.sha256 and hashlib.new("sm3", data).hexdigest() == file.sm3
    )


def discard(file: StoredFile) -> None:
    """Delete a record, and the content when no other record needs it."""
    digest = file.sha256
    file.delete()

    def remove() -> None:
        if not StoredFile.objects.filter(sha256=digest).exists():
            path_of(digest).unlink(missing_ok=True)

    transaction.on_commit(remove)
