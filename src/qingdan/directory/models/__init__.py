"""Places, agencies, social organisations, people, accounts and roles."""

from qingdan.directory.models.accounts import Account, GrantState, Language, RoleGrant
from qingdan.directory.models.organisations import (
    AnnualInspection,
    CreditKind,
    CreditRecord,
    GradeLevel,
    InspectionResult,
    OrganisationGrade,
    OrganisationState,
    OrganisationType,
    RegistrationKind,
    ServiceField,
    SocialOrganisation,
)
from qingdan.directory.models.people import Person, Sex
from qingdan.directory.models.places import CODE_LENGTH, Agency, AgencyKind, Place, PlaceLevel
from qingdan.directory.models.validity import Valid, ValidityQuerySet, valid_on

__all__ = [
    "CODE_LENGTH",
    "Account",
    "Agency",
    "AgencyKind",
    "AnnualInspection",
    "CreditKind",
    "CreditRecord",
    "GradeLevel",
    "GrantState",
    "InspectionResult",
    "Language",
    "OrganisationGrade",
    "OrganisationState",
    "OrganisationType",
    "Person",
    "Place",
    "PlaceLevel",
    "RegistrationKind",
    "RoleGrant",
    "ServiceField",
    "Sex",
    "SocialOrganisation",
    "Valid",
    "ValidityQuerySet",
    "valid_on",
]
