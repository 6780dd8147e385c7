"""What a deployment must have before people's data go into it: `qingdan check`, and `serve` for other machines.

Each check yields Django's check messages, an Error for what must be mended, a Warning for what should be known.
Django's own security checks run with them.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, connection

from qingdan.config.serving import pending_migrations
from qingdan.core import journal
from qingdan.documents.fonts import FontsMissing, find_fonts

Check = Callable[[], Iterator[CheckMessage]]
LITTLE_ROOM = 1 << 30  # bytes: below it, say so
NO_ROOM = 100 << 20  # bytes: below it, writing will fail soon
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


def database() -> Iterator[CheckMessage]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        first = str(error).strip().split("\n")[0]
        yield Error(f"The database does not answer: {first}", hint="Check DATABASE_URL and QINGDAN_DATA.")
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
        yield Error(f"The database lacks {len(pending)} migrations.", hint="Run: qingdan migrate")
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


CHECKS: tuple[Check, ...] = (environment, data_directory, database, front_end, fonts)


def findings() -> list[CheckMessage]:
    """All that is to be said, what must be mended first."""
    django = [m for m in checks.run_checks(include_deployment_checks=True) if m.id not in SILENT]
    own = [message for check in CHECKS for message in check()]
    return sorted([*own, *django], key=lambda message: -message.level)


def line(message: CheckMessage) -> str:
    """One finding on one line."""
    kind = "Error" if message.level >= checks.ERROR else "Warning"
    hint = f" {message.hint}" if message.hint else ""
    text = message.msg.split("\n")[0].strip().rstrip(".")
    return f"{kind}: {text}.{hint}".replace("\n", " ")
