"""How states of this room look, and the words of the verbs that its acts write into the journal."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingdan.core import looks, records
from qingdan.directory.models import GrantState, OrganisationState


def declare() -> None:
    looks.declare(
        OrganisationState,
        done={OrganisationState.ON_RECORD: 4},
        wait={OrganisationState.SUSPENDED: 0},
        off={OrganisationState.DEREGISTERED: "cross"},
        stop={OrganisationState.REVOKED: "cross"},
    )
    looks.declare(
        GrantState,
        wait={GrantState.REQUESTED: 0},
        done={GrantState.GRANTED: 4},
        stop={GrantState.DECLINED: "cross"},
        off={GrantState.REVOKED: "cross"},
    )
    records.name_verbs(
        {
            "place.add": _("entered"),
            "place.edit": _("edited"),
            "place.load": _("places loaded"),
            "agency.add": _("entered"),
            "agency.edit": _("edited"),
            "organisation.edit": _("edited"),
            "organisation.registered": _("registration granted"),
            "organisation.grade": _("grade recorded"),
            "organisation.inspection": _("annual inspection recorded"),
            "organisation.credit": _("credit record entered"),
            "organisation.credit-ended": _("credit record ended"),
            "grade.record": _("entered"),
            "grade.replaced": _("replaced by a newer grade"),
            "inspection.record": _("entered"),
            "credit.record": _("entered"),
            "credit.end": pgettext_lazy("credit record", "ended"),
            "person.register": _("entered"),
            "person.edit": _("edited"),
            "person.reveal-resident-id": _("resident number viewed"),
            "account.create": _("account made"),
            "account.lock": _("account locked"),
            "account.unlock": _("account unlocked"),
            "account.password": _("password set"),
            "account.sign-in": _("signed in"),
            "account.sign-out": _("signed out"),
            "account.sign-in-failed": _("sign-in failed"),
            "account.sign-in-locked": _("sign-in locked after failures"),
        }
    )
