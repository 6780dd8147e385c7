"""Who arranges money and who approves it: never the same person."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core import journal
from qingdan.core.permits import permit
from qingdan.directory.permits import is_bureau, is_finance, is_system

ARRANGED = "funds.arrange"


@permit(_("This belongs to another district."))
def _is_of_own_district(actor: Any, obj: Any) -> bool:
    return obj is None or obj.district == getattr(actor, "district", "")


@permit(_("Another finance officer approves it: you entered this line yourself."))
def _entered_by_another(actor: Any, line: Any) -> bool:
    if line is None:
        return True
    return not journal.history(line).filter(verb=ARRANGED, actor_key=actor.actor_key).exists()


may_arrange_lines = (is_bureau | is_finance | is_system) & _is_of_own_district
may_approve_lines = (is_finance | is_system) & _is_of_own_district & _entered_by_another
