"""Who may do what with official papers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingdan.core.permits import Permit, permit
from qingdan.documents.queries import is_of_the_office


@permit(_("Only the office of the bureau keeps official papers."))
def keeps_papers(actor: Any, paper: Any) -> bool:
    return is_of_the_office(actor) and (paper is None or actor.district == paper.district)


@permit(_("Whoever drafted a paper neither checks, signs nor seals it."))
def is_another(actor: Any, paper: Any) -> bool:
    return paper is None or getattr(actor, "actor_key", "") != paper.drafter_key


may_decide: Permit = keeps_papers & is_another
