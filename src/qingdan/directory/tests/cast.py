"""A fixed cast for tests: one account a role, made and empowered through the acts, in district 530111."""

from dataclasses import dataclass
from typing import Any

from qingdan.core.actor import SystemActor
from qingdan.directory import acts
from qingdan.directory.models import Account, Agency, Place, SocialOrganisation
from qingdan.directory.roles import Role

DISTRICT = "530111"
PASSWORD = "plain-sample-2018"
SYSTEM = SystemActor("test", DISTRICT)
USCC_ASSOCIATION, USCC_SERVICE, USCC_FOUNDATION = (
    "51530111MJ00000186",
    "52530111MJ00000183",
    "53530111MJ00000180",
)
CHILD_ID = "530111201001010008"  # order number 000 is never issued


@dataclass
class Cast:
    """`cast.bureau`, `cast.street` … by role in lower case; `sec_admin_2` is the second security administrator."""

    accounts: dict[str, Account]
    places: dict[str, Place]
    agency: Agency
    organisation: SocialOrganisation

    def __getattr__(self, name: str) -> Account:
        try:
            return self.__dict__["accounts"][name]
        except KeyError:
            raise AttributeError(name) from None


def meet() -> Cast:
    """The cast as it stands in the database: fresh objects for each test."""
    return Cast(
        accounts={account.username: account for account in Account.objects.filter(district=DISTRICT)},
        places={place.code: place for place in Place.objects.filter(district=DISTRICT)},
        agency=Agency.objects.get(code="civil-affairs"),
        organisation=SocialOrganisation.objects.get(uscc=USCC_SERVICE),
    )


def gather() -> None:
    """Bring the cast into an empty district."""
    acts.load_places(actor=SYSTEM)
    places = {place.code: place for place in Place.objects.all()}
    agency = acts.add_agency(
        actor=SYSTEM,
        code="civil-affairs",
        name="昆明市官渡区民政局",
        kind="BUREAU",
        short_name="区民政局",
        document_prefix="官民函",
    )
    organisation = acts.register_organisation(
        actor=SYSTEM,
        name="样本社会工作服务中心",
        org_type="SERVICE_INSTITUTION",
        uscc=USCC_SERVICE,
        place=places["530111001001"],
        fields=["SOCIAL_WORK", "COMMUNITY_SERVICE"],
    )
    names = [role.lower() for role in Role.values] + ["sec_admin_2"]
    accounts = {
        name: acts.create_account(
            actor=SYSTEM,
            username=name,
            display_name=f"样本{name}",
            password=PASSWORD,
            organisation=organisation if name == "organisation" else None,
            agency=agency if name == "bureau" else None,
            is_sample=True,
        )
        for name in names
    }
    first, second = accounts["sec_admin"], accounts["sec_admin_2"]
    acts.found(
        actor=SYSTEM,
        sys_admin=accounts["sys_admin"],
        sec_admins=[first, second],
        audit_admin=accounts["audit_admin"],
        basis="样本任命〔2018〕1号",
    )
    bound: dict[str, dict[str, Any]] = {
        Role.STREET: {"place": places["530111001"]},
        Role.COMMUNITY: {"place": places["530111001001"]},
        Role.ORGANISATION: {"organisation": organisation},
        Role.BUREAU: {"agency": agency},
    }
    for role in Role.values:
        if not role.endswith("_ADMIN"):
            acts.grant_role(
                actor=first,
                approver=second,
                account=accounts[role.lower()],
                role=role,
                basis="样本",
                **bound.get(role, {}),
            )
