"""Taking document numbers: one register for each agency's prefix and year, no number twice, no gap."""

from django.db import transaction
from django.utils.translation import gettext as _now

from qingdan.documents.models import NumberSequence, TakenNumber
from qingdan.documents.numbers import DocumentNumber


class NumberUsed(ValueError):
    """The number is used already. `str()` says by what, and which is next."""


def sequence_for(*, district: str, prefix: str, year: int) -> NumberSequence:
    """The register, locked until the transaction ends; made when it is the first number of its year."""
    NumberSequence.objects.get_or_create(district=district, prefix=prefix, year=year)
    return NumberSequence.objects.select_for_update().get(district=district, prefix=prefix, year=year)


def open_sequence(*, district: str, prefix: str, year: int, last: int) -> NumberSequence:
    """Take over a register kept elsewhere: numbers up to `last` were used on paper."""
    with transaction.atomic():
        sequence = sequence_for(district=district, prefix=prefix, year=year)
        if last < sequence.last:
            raise NumberUsed(
                _now("The register of %(prefix)s〔%(year)s〕 stands at %(last)s already.")
                % {"prefix": prefix, "year": year, "last": sequence.last}
            )
        sequence.last = last
        sequence.save(update_fields=["last"])
    return sequence


def is_used(number: DocumentNumber, *, district: str) -> bool:
    """Whether the number stands in the register."""
    return TakenNumber.objects.filter(
        district=district, sequence__prefix=number.code, sequence__year=number.year, serial=number.serial
    ).exists()


def take(*, district: str, prefix: str, year: int, subject: str, serial: int | None = None) -> DocumentNumber:
    """Use a number for `subject`: the next one, or `serial` when the office has given it.

    Must run in the transaction of the document's issue, so that a failed issue leaves no gap. A given number
    may lie ahead (the ones between were used outside this system) or in the part used on paper; it may not
    stand in the register already. Raises NumberUsed.
    """
    sequence = sequence_for(district=district, prefix=prefix, year=year)
    number = DocumentNumber(prefix, year, sequence.last + 1 if serial is None else serial)
    holder = sequence.taken.filter(serial=number.serial).first()
    if holder is not None:
        raise NumberUsed(
            _now("%(number)s is used already, by “%(subject)s”. The next free number is %(next)s.")
            % {
                "number": number,
                "subject": holder.subject,
                "next": DocumentNumber(prefix, year, sequence.last + 1),
            }
        )
    TakenNumber.objects.create(
        district=district, sequence=sequence, serial=number.serial, subject=subject[:200]
    )
    if number.serial > sequence.last:
        sequence.last = number.serial
        sequence.save(update_fields=["last"])
    return number
