"""What a deployment must have before people's data go into it: `qingdan check`, and `serve` for other machines.

Each check yields Django's check messages, an Error for what must be mended, a Warning for what should be known.
Django's own security checks run with them.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, connection
from django.urls import reverse

from qingdan.config.serving import pending_migrations
from qingdan.core import journal
from qingdan.directory.models import Account
from qingdan.documents.fonts import FontsMissing, find_fonts

Check = Callable[[], Iterator[CheckMessage]]
LITTLE_ROOM = 1 << 30  # bytes: below it, say so
NO_ROOM = 100 << 20  # bytes: below it, writing will fail soon
NO_DATABASE = "qingdan.database"
VENDOR = Path(__file__).resolve().parent.parent / "web" / "static" / "vendor"

# Said better below, or meant for pages that Qingdan has not: HSTS for sub-domains and browsers' preload lists
# are the decision of whoever owns the domain.
SILENT = {
    "security.W004",
    "security.W005",
    "security.W008",
    "security.W012",
    "security.W016",
    "security.W018",
}
SILENT |= {"security.W020", "security.W021"}


def environment() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("Debugging is on, which shows the program's insides.", hint="Unset QINGDAN_DEBUG.")
    if settings.DEMO:
        yield Error("This is a sample installation: its passwords are known.", hint="Unset QINGDAN_DEMO.")
    if not settings.HTTPS:
        yield Error(
            "Connections are not encrypted.",
            hint="Put a proxy with a certificate in front and set QINGDAN_HTTPS=1.",
        )
    if set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}:
        yield Warning("Only this machine is answered.", hint="Set QINGDAN_HOSTS to the names of the site.")
    if "*" in settings.ALLOWED_HOSTS:
        yield Error("Every host name is answered.", hint="Set QINGDAN_HOSTS to the names of the site.")


def data_directory() -> Iterator[CheckMessage]:
    data: Path = settings.DATA
    if not os.access(data, os.W_OK | os.X_OK):
        yield Error(f"{data} cannot be written to.", hint="Give it to the user who runs Qingdan.")
        return
    free = shutil.disk_usage(data).free
    if free < LITTLE_ROOM:
        kind = Error if free < NO_ROOM else Warning
        yield kind(
            f"Only {free >> 20} MB are free where the data are.", hint="Make room or move QINGDAN_DATA."
        )
    for path in (data / "keys", *sorted((data / "keys").glob("*"))):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Error(f"Others on this machine can read {path}.", hint=f"Run: chmod go-rwx {path}")


SHORTEST_PASSWORD = 8  # characters; GB/T 22239-2019 leaves the number to the office, 8 is what assessors take
LONGEST_SESSION = 12 * 3600  # seconds: a session must not last from one working day to the next
HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def accounts() -> Iterator[CheckMessage]:
    validators: list[Any] = settings.AUTH_PASSWORD_VALIDATORS
    lengths = [
        one.get("OPTIONS", {}).get("min_length", 8)
        for one in validators
        if one["NAME"].endswith("MinimumLengthValidator")
    ]
    if max(lengths, default=0) < SHORTEST_PASSWORD:
        yield Error(
            f"Passwords shorter than {SHORTEST_PASSWORD} characters are taken.",
            hint="Set min_length of MinimumLengthValidator.",
        )
    if settings.SESSION_COOKIE_AGE > LONGEST_SESSION:
        yield Error("A session outlasts a working day.", hint="Lower SESSION_COOKIE_AGE.")
    if not settings.SESSION_COOKIE_HTTPONLY:
        yield Error("Scripts can read the session's cookie.", hint="Set SESSION_COOKIE_HTTPONLY.")
    if not getattr(settings, "AXES_ENABLED", True) or not 0 < settings.AXES_FAILURE_LIMIT <= 10:
        yield Error("Passwords can be tried without end.", hint="Set AXES_FAILURE_LIMIT to at most 10.")
    if not settings.DEMO:
        known = Account.objects.filter(is_sample=True, is_active=True).count()
        if known:
            yield Error(
                f"{known} sample accounts with a known password are open.",
                hint="Load no sample into an installation; lock these accounts.",
            )


def headers() -> Iterator[CheckMessage]:
    """What a page really answers with, whatever the settings say."""
    from django.test import Client

    host = next((one for one in settings.ALLOWED_HOSTS if one != "*"), "localhost").lstrip(".")
    answer = Client(headers={"host": host}).get(reverse("about-privacy"), secure=settings.HTTPS)
    for name, part in HEADERS.items():
        if part not in answer.headers.get(name, ""):
            yield Error(f"Pages come without {name}: {part}.", hint="Put the middleware of settings.py back.")
    policy = answer.headers.get("Content-Security-Policy", "")
    if "unsafe-" in policy or "*" in policy:
        yield Error("The content security policy lets foreign script run.", hint="Put settings.py back.")
    if settings.HTTPS and not answer.headers.get("Strict-Transport-Security"):
        yield Error("Browsers are not told to stay with HTTPS.", hint="Set SECURE_HSTS_SECONDS.")


def database() -> Iterator[CheckMessage]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        first = str(error).strip().split("\n")[0]
        hint = "Check DATABASE_URL and QINGDAN_DATA."
        yield Error(f"The database does not answer: {first}", hint=hint, id=NO_DATABASE)
        return
    if connection.vendor == "sqlite":
        yield Warning(
            "The database is SQLite: one writer at a time, one machine.",
            hint="For a whole district set DATABASE_URL to a PostgreSQL database.",
        )
    elif connection.pg_version < 150000:  # type: ignore[attr-defined]  # PostgreSQL's connection has it
        yield Error("The database is older than PostgreSQL 15.", hint="Upgrade the server.")
    pending = pending_migrations()
    if pending:
        hint = "Run: qingdan migrate"
        yield Error(f"The database lacks {len(pending)} migrations.", hint=hint, id=NO_DATABASE)
        return
    faults = list(journal.verify())
    for fault in faults[:5]:
        yield Error(f"Journal of {fault.district}, entry {fault.sequence}: {fault.problem}.")
    if len(faults) > 5:
        yield Error(f"{len(faults)} faults of the journal in all.", hint="Run: qingdan verify-journal")


def front_end() -> Iterator[CheckMessage]:
    if not (VENDOR / ".complete").exists():
        yield Error("Style sheets and scripts are missing.", hint="Run: make setup")
    package = Path(__file__).resolve().parent.parent
    for source in package.glob("*/locale/*/LC_MESSAGES/*.po"):
        if not source.with_suffix(".mo").exists():
            yield Error(f"The messages of {source.parents[3].name} are not compiled.", hint="Run: make setup")


def fonts() -> Iterator[CheckMessage]:
    try:
        found = find_fonts()
    except FontsMissing as error:
        yield Error(str(error))
        return
    if found.substituted:
        yield Warning(
            f"Official paper is printed with substitutes for {'、'.join(found.substituted)}.",
            hint="Install the fonts that GB/T 9704 names, if the office owns them.",
        )


def words() -> Iterator[CheckMessage]:
    from qingdan.engine import word_lists  # the reading of texts is loaded for this alone

    for problem in word_lists.good_ones(word_lists.staff_lists())[1]:
        yield Warning(
            f"A word list is not taken up: {problem}", hint=f"Mend it in {word_lists.staff_folder()}."
        )


CHECKS: tuple[Check, ...] = (environment, data_directory, database, front_end, fonts, words)
# Asked when the database answers and is of this version.
OF_A_DATABASE: tuple[Check, ...] = (accounts, headers)


def findings() -> list[CheckMessage]:
    """All that is to be said, what must be mended first."""
    django = [m for m in checks.run_checks(include_deployment_checks=True) if m.id not in SILENT]
    own = [message for check in CHECKS for message in check()]
    if not any(message.id == NO_DATABASE for message in own):
        own += [message for check in OF_A_DATABASE for message in check()]
    return sorted([*own, *django], key=lambda message: -message.level)


def line(message: CheckMessage) -> str:
    """One finding on one line."""
    kind = "Error" if message.level >= checks.ERROR else "Warning"
    hint = f" {message.hint}" if message.hint else ""
    text = message.msg.split("\n")[0].strip().rstrip(".")
    return f"{kind}: {text}.{hint}".replace("\n", " ")
