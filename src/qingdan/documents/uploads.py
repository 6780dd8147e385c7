"""The text of an upload, or one sentence in the reader's language why it cannot be read."""

from collections.abc import Callable

from django.utils.translation import get_language

from qingdan.core.files import FileRefused
from qingdan.engine.claims import Unreadable, read_content


def text_of(name: str, data: bytes, progress: Callable[[int, int], None] | None = None) -> str:
    """The text of a .docx, .txt or .pdf that `core.files.examine` has let pass; else FileRefused."""
    try:
        return read_content(name, data, progress).text
    except Unreadable as error:  # the reader says it in English and Chinese
        english, _slash, chinese = str(error).rpartition(" / ")
        raise FileRefused(english if (get_language() or "").startswith("en") else chinese, "text") from None
