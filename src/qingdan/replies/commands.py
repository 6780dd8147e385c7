"""`qingdan reply NUMBER --out DIR`: the reply to a proposal as files."""

import difflib
from pathlib import Path

import click
from django.conf import settings
from django.db import OperationalError, ProgrammingError
from django.utils import translation
from django.utils.translation import gettext as _

from qingdan.documents.fonts import FontsMissing
from qingdan.replies.models import Proposal, ReplyLetter
from qingdan.replies.output import write_files
from qingdan.replies.queries import letter_to_print
from qingdan.replies.rendering import problems_to_submit, rendered
from qingdan.replies.text import ProblemReport


@click.command()
@click.argument("number")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the three files.")
@click.option(
    "--layout",
    type=click.Choice(["file", "letter"]),
    help="Red head with 文件, or the letter form; without it, as the letter says.",
)
@click.option("--session", default="", help="For example cppcc-9-2, when two sessions have the number.")
def reply(number: str, out: Path, layout: str | None, session: str) -> None:
    """The reply to proposal NUMBER as reply.docx, reply.pdf and reply.json."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            proposal = _proposal(number, session)
            letter = letter_to_print(proposal)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(
                _("The database is not set up: %(error)s. Run “qingdan demo” or the migrations first.")
                % {"error": str(error).splitlines()[0]}
            ) from error
        if letter is None:
            raise click.ClickException(_("Proposal %(number)s has no reply yet.") % {"number": number})
        _write(letter, out, (layout or "").upper())


def _write(letter: ReplyLetter, out: Path, layout: str) -> None:
    if not letter.is_issued:
        report = ProblemReport(problems_to_submit(letter))
        if report:
            raise click.ClickException(str(report))
    filled = rendered(letter)
    try:
        paths = write_files(letter, filled, out, layout=layout)
    except FontsMissing as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            _("%(out)s cannot be written (%(error)s): choose another folder with --out.")
            % {"out": out, "error": error.strerror or error}
        ) from error
    name = letter.number or _("draft, version %(version)s") % {"version": letter.version}
    click.echo(
        _("%(name)s: %(figures)s figures, written to %(paths)s")
        % {"name": name, "figures": len(filled.figures), "paths": ", ".join(str(path) for path in paths)}
    )


def _proposal(number: str, session: str) -> Proposal:
    """The proposal of that number in this district, or one line that helps to find it."""
    of_district = Proposal.objects.filter(district=settings.DISTRICT)
    found = [p for p in of_district.filter(number=number.strip()) if session in ("", p.session_code)]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.ClickException(
            _("Proposal %(number)s exists in several sessions: add --session with one of %(sessions)s.")
            % {"number": number, "sessions": ", ".join(sorted(p.session_code for p in found))}
        )
    known = sorted(set(of_district.values_list("number", flat=True)))
    near = difflib.get_close_matches(number, known, n=3, cutoff=0.5) or known[:3]
    hint = (
        _(" Near ones: %(near)s.") % {"near": ", ".join(near)} if near else _(" There are no proposals yet.")
    )
    raise click.ClickException(_("There is no proposal %(number)s.") % {"number": number} + hint)
