"""Commands about the installation as a whole: serving, saving, proving, checking.

Django is imported inside: `run` first says that it is a sample, and `restore` needs a place without keys.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

SAMPLE_DAY = "2018-09-12"  # the day after the reply: deadlines and “as of today” follow it

listening = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at."),
    click.option("--port", envvar="PORT", type=click.IntRange(1, 65535), default=8000, show_default=True),
)


def listens(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(listening):
        command = option(command)
    return command


def progress_bar(length: int, label: str) -> Any:
    """A bar on the error stream, so that what a command answers can be piped on."""
    return click.progressbar(length=length, label=label, file=sys.stderr)


@click.command()
@listens
@click.pass_context
def run(context: click.Context, host: str, port: int) -> None:
    """Serve the sample district; prepare the database and load the sample when there is none yet."""
    os.environ.setdefault("QINGDAN_DEMO", "1")
    os.environ.setdefault("QINGDAN_ORIGINS", f"http://{host}:{port}")  # where QR codes lead
    day = os.environ.setdefault("QINGDAN_DEMO_TODAY", SAMPLE_DAY)
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        raise click.ClickException(f"QINGDAN_DEMO_TODAY is “{day}”: write a day as {SAMPLE_DAY}.") from None
    from qingdan.config.cli import set_up_django

    set_up_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import translation

    from qingdan.config import serving
    from qingdan.directory.models import Account
    from qingdan.directory.roles import Role
    from qingdan.sample.cast import PASSWORD
    from qingdan.sample.commands import demo
    from qingdan.sample.load import is_loaded

    if not serving.is_local(host) and "QINGDAN_HOSTS" not in os.environ:
        raise click.ClickException(f"To be reached at {host}, name it in QINGDAN_HOSTS as well.")
    serving.require_free(host, port)
    if serving.pending_migrations():
        click.echo("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
    if not is_loaded():
        context.invoke(demo)
    elif Account.objects.exclude(is_sample=True).exists():
        raise click.ClickException(
            f"{settings.DATA} holds an installation with its own accounts: start it with `qingdan serve`, "
            "or choose another place for the sample with QINGDAN_DATA."
        )

    def ready(address: str) -> None:
        click.echo(f"\n清单 Qingdan, sample district, on {day}: {address}")
        click.echo(f"Sample accounts, each with the password {PASSWORD}:")
        for username, roles in accounts:
            click.echo(f"  {username:<14}{roles}")
        click.echo("Stop with Ctrl-C.")

    with translation.override(settings.LANGUAGE_CODE):
        accounts = [
            (account.username, "、".join(str(Role(role).label) for role in sorted(account.roles)))
            for account in Account.objects.filter(is_sample=True, is_active=True).order_by("pk")
        ]
    serving.serve(host=host, port=port, workers=1, threads=4, ready=ready)


@click.command()
@listens
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes; by default one a processor, at most four."
)
@click.option(
    "--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Threads of each process."
)
@click.option("--migrate", is_flag=True, help="Bring the database to this version first.")
@click.option("--jobs/--no-jobs", default=True, help="Run background jobs beside the server.")
def serve(host: str, port: int, workers: int | None, threads: int, migrate: bool, jobs: bool) -> None:
    """Serve an installation; refuses one that other machines could reach while it is unsafe."""
    from qingdan.config import deployment, serving

    serving.require_free(host, port)
    serving.require_migrated(migrate=migrate)
    found = [message for message in deployment.findings() if message.level >= deployment.checks.ERROR]
    for message in found:
        click.echo(deployment.line(message), err=True)
    if found and not serving.is_local(host):
        raise click.ClickException(f"Not served at {host} before this is mended; see `qingdan check`.")
    serving.serve(
        host=host,
        port=port,
        workers=workers or min(os.cpu_count() or 1, 4),
        threads=threads,
        ready=lambda address: click.echo(f"Qingdan answers at {address} (stop with Ctrl-C)."),
        jobs=jobs,
    )


@click.command()
@click.option("--once", is_flag=True, help="Do what is waiting, then end.")
def work(once: bool) -> None:
    """Run background jobs until interrupted, for example on a machine beside the server's."""
    from qingdan.config import lifeline
    from qingdan.core import jobs

    lifeline.hold()
    jobs.work(once=once)


@click.command()
def migrate() -> None:
    """Bring the database to this version; each migration is named as it is applied."""
    from django.core.management import call_command

    from qingdan.config import serving

    pending = serving.pending_migrations()
    call_command("migrate", verbosity=1 if pending else 0, interactive=False)
    click.echo(
        f"{len(pending)} migrations applied." if pending else "The database is of this version already."
    )


@click.command()
def check() -> None:
    """Check a deployment: keys, addresses, database, journal, fonts, room on the disk."""
    from qingdan.config import deployment

    found = deployment.findings()
    for message in found:
        click.echo(deployment.line(message))
    errors = sum(message.level >= deployment.checks.ERROR for message in found)
    if errors:
        raise click.ClickException(f"{errors} things must be mended before people's data go in.")
    click.echo("Ready." if not found else "Ready; the warnings are for you to judge.")


@click.command("verify-journal")
@click.option("--district", help="Only the chain of this district (six digits).")
@click.option(
    "--anchor", is_flag=True, help="Write the heads of whole chains to a file outside the database."
)
def verify_journal(district: str | None, anchor: bool) -> None:
    """Prove that no entry of the journal was altered, removed or cut off; faults come one a line."""
    from qingdan.core import journal
    from qingdan.core.models import JournalEntry, JournalHead

    heads = JournalHead.objects.filter(**({"district": district} if district else {})).order_by("district")
    if district and not heads:
        raise click.ClickException(f"There is no journal of district {district}.")
    length = sum(heads.values_list("sequence", flat=True))
    with progress_bar(length, "Verifying the journal") as bar:
        faults = list(journal.verify(district, progress=bar.update))
    for fault in faults:
        click.echo(f"{fault.district} {fault.sequence}: {fault.problem}")
    if faults:
        raise click.ClickException(f"The journal is not whole: {len(faults)} faults.")
    for head in heads:
        entries = JournalEntry.objects.filter(district=head.district).count()
        anchored = " anchored" if anchor and journal.anchor(head.district) else ""
        click.echo(f"{head.district}: {entries} entries, whole;{anchored} head {head.hash}")
    if not heads:
        click.echo("The journal is empty.")


@click.command("verify-files")
def verify_files() -> None:
    """Prove that every stored file is there and has the digests of its record; faults come one a line."""
    from qingdan.core import files
    from qingdan.core.files_models import StoredFile

    stored = StoredFile.objects.order_by("pk")
    with progress_bar(stored.count(), "Verifying the files") as bar:
        faults = []
        for file in stored.iterator():
            # What was discarded since the list was read is no fault.
            if not files.is_intact(file) and StoredFile.objects.filter(pk=file.pk).exists():
                faults.append(f"{file.pk} {file.name} ({file.owner}): missing or altered")
            bar.update(1)
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException(
            f"{len(faults)} stored files are missing or altered: take them from a backup."
        )
    click.echo("All stored files are there and unaltered.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the keys out: they are then kept elsewhere.")
def backup(file: Path, without_keys: bool) -> None:
    """Save database, files, keys and anchors to FILE (.tar.gz) while the installation runs."""
    from django.conf import settings
    from django.utils import timezone

    from qingdan.config import saving
    from qingdan.core.models import JournalHead

    total = sum(path.stat().st_size for path, _name in saving.contents(settings.DATA, keys=not without_keys))
    about = {
        "qingdan": version("qingdan"),
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "keys": not without_keys and (settings.DATA / "keys").is_dir(),
        "journal": {head.district: [head.sequence, head.hash] for head in JournalHead.objects.all()},
    }
    with progress_bar(total + _size_of_database(), "Saving") as bar:
        try:
            manifest = saving.backup(
                file,
                data=settings.DATA,
                database=dict(settings.DATABASES["default"]),
                about=about,
                keys=not without_keys,
                progress=bar.update,
            )
        except saving.SavingError as error:
            raise click.ClickException(str(error)) from error
    kept = "with the keys: keep it where nobody else can read it" if manifest["keys"] else "without keys"
    click.echo(f"Saved {len(manifest['members'])} files to {file} ({file.stat().st_size >> 10} KB), {kept}.")


def _size_of_database() -> int:
    from django.conf import settings

    name = settings.DATABASES["default"]["NAME"]
    return Path(name).stat().st_size if Path(name).is_file() else 0


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE into an empty QINGDAN_DATA (and, from PostgreSQL, an empty DATABASE_URL)."""
    import dj_database_url

    from qingdan.config import saving

    data = Path(os.environ.get("QINGDAN_DATA", "var")).resolve()
    url = os.environ.get("DATABASE_URL")
    with progress_bar(file.stat().st_size, "Restoring") as bar:
        try:
            database = dict(dj_database_url.parse(url)) if url else None
            manifest = saving.restore(file, data=data, database=database, progress=bar.update)
        except (saving.SavingError, dj_database_url.ParseError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Restored the backup of {manifest['made_at']} (Qingdan {manifest['qingdan']}) into {data}.")
    if not manifest["keys"]:
        click.echo(f"It came without keys: put them into {data / 'keys'} or the environment first.")
    click.echo("Next: `qingdan migrate`, then `qingdan verify-journal`.")
