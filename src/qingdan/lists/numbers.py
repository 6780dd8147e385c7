"""What is done by one at a time in a district: giving numbers that count through it, and the like."""

from qingdan.directory.models import Place


def hold_numbers(district: str) -> None:
    """Let nobody else give a number in the district until the transaction ends."""
    Place.objects.select_for_update().filter(district=district, code=district).first()
