"""Refusing a record that its own rules do not allow, in words."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _now

from qingdan.core.permits import Refused


def validate(record: Model) -> None:
    """Raise `Refused` with all that is wrong with a record, each sentence after the name of its field."""
    try:
        record.full_clean()
    except ValidationError as fault:
        said = [
            message
            if name == NON_FIELD_ERRORS
            else _now("%(what)s: %(which)s") % {"what": _label(record, name), "which": message}
            for name, messages in fault.message_dict.items()
            for message in messages
        ]
        raise Refused("；".join(said)) from fault


def _label(record: Model, name: str) -> str:
    return str(getattr(record._meta.get_field(name), "verbose_name", name))
