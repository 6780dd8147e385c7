"""Who appears in the sample: places, agencies, organisations, accounts."""

import datetime as dt

from django.contrib.auth.hashers import make_password

from qingdan.directory import acts as directory
from qingdan.directory.models import (
    Account,
    Agency,
    AgencyKind,
    AnnualInspection,
    CreditKind,
    CreditRecord,
    GradeLevel,
    InspectionResult,
    OrganisationGrade,
    OrganisationType,
    Place,
    RegistrationKind,
    RoleGrant,
    ServiceField,
    SocialOrganisation,
)
from qingdan.directory.roles import ADMINISTRATORS, Role
from qingdan.sample.facts import AS_OF
from qingdan.sample.synthetic import credit_code, name, spread
from qingdan.sample.world import World

# Known to everybody who runs the sample; such accounts exist only where the sample was loaded.
PASSWORD = "sample-2018"

# code, name, short name, kind, document prefix
AGENCIES = (
    ("bureau", "昆明市官渡区民政局", "区民政局", AgencyKind.BUREAU, "官民函"),
    ("finance", "昆明市官渡区财政局", "区财政局", AgencyKind.FINANCE, ""),
    ("government-office", "昆明市官渡区人民政府办公室", "区政府办", AgencyKind.DEPARTMENT, "官政办通"),
    ("district-offices", "中共官渡区委办公室、官渡区人民政府办公室", "区两办", AgencyKind.PARTY, "官办通"),
    ("organisation-department", "中共官渡区委组织部", "区委组织部", AgencyKind.PARTY, ""),
    ("legal-office", "官渡区人民政府法制办公室", "区法制办", AgencyKind.LEGAL_OFFICE, ""),
    ("city-bureau", "昆明市民政局", "市民政局", AgencyKind.CITY, ""),
    ("proposal-committee", "政协官渡区委员会提案委员会", "提案委", AgencyKind.COMMITTEE, ""),
)

# name, type, fields; the first four carry out the projects of 2017
REGISTERED = (
    ("童行示例社工服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.CHILDREN),
    ("晨光示例社工服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.CHILDREN),
    ("明理示例法律援助服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.LEGAL),
    ("安全里示例防灾减灾中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.COMMUNITY_SERVICE),
    ("心桥示例心理服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.HEALTH),
    ("康融示例助残服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.DISABILITY),
    ("暖巢示例养老服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.ELDERLY),
    ("枢纽示例社会组织服务中心", OrganisationType.SERVICE_INSTITUTION, ServiceField.SOCIAL_WORK),
    ("官渡示例社会工作协会", OrganisationType.ASSOCIATION, ServiceField.SOCIAL_WORK),
    ("官渡示例志愿者协会", OrganisationType.ASSOCIATION, ServiceField.CHARITY),
    ("官渡示例书画协会", OrganisationType.ASSOCIATION, ServiceField.CULTURE),
    ("官渡示例家政行业协会", OrganisationType.ASSOCIATION, ServiceField.TRADE),
    ("春城示例公益基金会", OrganisationType.FOUNDATION, ServiceField.CHARITY),
    ("滇池示例环保基金会", OrganisationType.FOUNDATION, ServiceField.ENVIRONMENT),
)
GROUPS = ("舞蹈队", "邻里互助会", "老年书画社", "巾帼志愿队", "楼栋议事会", "护河队")
GROUP_COUNT = 24
USCC_KIND = {
    OrganisationType.ASSOCIATION: 1,
    OrganisationType.SERVICE_INSTITUTION: 2,
    OrganisationType.FOUNDATION: 3,
}
GRADES = (GradeLevel.A3, GradeLevel.A4, GradeLevel.A5, GradeLevel.A2, GradeLevel.A1)


def places_and_agencies(world: World) -> None:
    directory.load_places(district=world.district, actor=world.actor)
    known = Place.objects.filter(district=world.district).valid_on(AS_OF)
    world.places = {place.code: place for place in known}
    world.counts["places"] = len(world.places)
    agencies = [
        Agency(
            district=world.district,
            code=code,
            name=full,
            short_name=short,
            kind=kind,
            document_prefix=prefix,
            place=world.home,
        )
        for code, full, short, kind, prefix in AGENCIES
    ]
    for code, place in sorted(world.places.items()):
        if len(code) == 9:
            agencies.append(
                Agency(
                    district=world.district,
                    code=f"street-{code}",
                    name=f"{place.name}办事处",
                    short_name=place.short_name,
                    kind=AgencyKind.STREET_OFFICE,
                    place=place,
                )
            )
    world.agencies = {agency.code: agency for agency in world.add(agencies, what="agencies")}


def organisations(world: World) -> None:
    rows = [
        SocialOrganisation(
            district=world.district,
            name=full,
            uscc=credit_code(USCC_KIND[kind], 100 + order),
            org_type=kind,
            registration_kind=RegistrationKind.REGISTERED,
            registration_authority="昆明市官渡区民政局",
            supervising_unit="昆明市官渡区民政局",
            supervisor=world.agencies["bureau"],
            legal_representative=name(9000 + order),
            business_scope=f"样本：{field.label}及相关公益服务。",
            established_on=dt.date(2012 + order % 5, 1 + order % 12, 10),
            place=world.community(order, 91),
            field_codes=f",{field.value},",
            is_hub="枢纽" in full,
        )
        for order, (full, kind, field) in enumerate(REGISTERED)
    ]
    for n in range(GROUP_COUNT):
        community = world.community(n * 3, 92)
        filed = n % 5 != 4
        rows.append(
            SocialOrganisation(
                district=world.district,
                name=f"{community.short_name}示例{GROUPS[n % len(GROUPS)]}{n + 1}",
                org_type=OrganisationType.COMMUNITY_GROUP,
                registration_kind=RegistrationKind.FILED if filed else RegistrationKind.NONE,
                filing_number=f"备{community.code[6:9]}-2017-{n + 1:03d}" if filed else "",
                business_scope="样本：社区文体、互助和议事活动。",
                established_on=dt.date(2016 + n % 2, 1 + n % 12, 18),
                place=community,
                field_codes=f",{ServiceField.COMMUNITY_SERVICE.value},",
            )
        )
    made = list(world.add(rows, what="organisations"))
    world.organisations = [one for one in made if one.org_type != OrganisationType.COMMUNITY_GROUP]
    world.groups = [one for one in made if one.org_type == OrganisationType.COMMUNITY_GROUP]
    world.add(
        (
            AnnualInspection(
                district=world.district,
                organisation=organisation,
                year=year,
                result=InspectionResult.BASIC_PASS if spread(n, 9, 93) == 0 else InspectionResult.PASS,
            )
            for n, organisation in enumerate(world.organisations)
            for year in (2016, 2017)
        ),
        what="annual inspections",
    )
    world.add(
        (
            OrganisationGrade(
                district=world.district,
                organisation=organisation,
                level=GRADES[n % len(GRADES)],
                valid_from=dt.date(2016, 12, 1),
                valid_to=dt.date(2021, 11, 30),
            )
            for n, organisation in enumerate(world.organisations[:9])
        ),
        what="grades",
    )
    CreditRecord.objects.create(
        district=world.district,
        organisation=world.organisations[11],
        kind=CreditKind.ABNORMAL,
        reason="样本：未按规定报送年度报告",
        valid_from=dt.date(2018, 7, 2),
    )


# user name, name shown, role, agency, where (place code), which organisation
ACCOUNTS = (
    ("bureau", "陈示例", Role.BUREAU, "bureau", "", None),
    ("office", "何示例", Role.BUREAU, "bureau", "", None),
    ("director", "李示例", Role.BUREAU, "bureau", "", None),
    ("finance", "周示例", Role.FINANCE, "finance", "", None),
    ("department", "卫示例", Role.DEPARTMENT, "organisation-department", "", None),
    ("street", "赵示例", Role.STREET, "street-530111001", "530111001", None),
    ("community", "王示例", Role.COMMUNITY, "", "530111001001", None),
    ("resident", "刘示例", Role.RESIDENT, "", "", None),
    ("organisation", "孙示例", Role.ORGANISATION, "", "", 0),
    ("expert", "吴示例", Role.EXPERT, "", "", None),
    ("evaluator", "郑示例", Role.EVALUATOR, "", "", None),
    ("auditor", "冯示例", Role.AUDITOR, "", "", None),
    ("system", "系统管理员样例", Role.SYS_ADMIN, "", "", None),
    ("security", "安全管理员样例甲", Role.SEC_ADMIN, "", "", None),
    ("security2", "安全管理员样例乙", Role.SEC_ADMIN, "", "", None),
    ("audit", "审计管理员样例", Role.AUDIT_ADMIN, "", "", None),
)


SINCE = dt.date(2017, 1, 1)


def accounts(world: World) -> None:
    """One account a role. The administrators are appointed once; every other role is granted by two of them."""
    hashed = make_password(PASSWORD)  # one hash for all of them: hashing is slow on purpose
    for username, shown, _role, agency, _place, organisation in ACCOUNTS:
        world.accounts[username] = Account.objects.create(
            district=world.district,
            username=username,
            password=hashed,
            display_name=shown,
            agency=world.agencies.get(agency),
            organisation=None if organisation is None else world.organisations[organisation],
            is_sample=True,
        )
        world.counts["accounts"] += 1
    asking, approving = world.accounts["security"], world.accounts["security2"]
    directory.found(
        actor=world.actor,
        sys_admin=world.accounts["system"],
        sec_admins=[asking, approving],
        audit_admin=world.accounts["audit"],
        basis="样例",
    )
    # The district's day of the sample may lie before the day of loading.
    RoleGrant.objects.filter(district=world.district, founding=True).update(valid_from=SINCE)
    for username, _shown, role, _agency, place, _organisation in ACCOUNTS:
        if role in ADMINISTRATORS:
            continue
        account = world.accounts[username]
        directory.grant_role(
            actor=asking,
            approver=approving,
            account=account,
            role=role,
            place=world.places.get(place),
            organisation=account.organisation if role == Role.ORGANISATION else None,
            agency=account.agency,
            basis="样例",
            valid_from=SINCE,
        )
