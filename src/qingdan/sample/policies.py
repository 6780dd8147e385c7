"""The twelve documents of the reply. Days are synthetic; numbers, titles and groups are the reply's."""

import datetime as dt

from qingdan.policies.models import DocumentGroup, LegalityReview, NormativeDocument, Stage
from qingdan.sample.facts import DOCUMENTS
from qingdan.sample.world import World


def documents(world: World) -> None:
    rows = []
    for order, (group, number, title, issuer, _co_drafters) in enumerate(DOCUMENTS):
        issued = dt.date(int(number.split("〔")[1][:4]), 4 + order, 12 + order) if number else None
        begun = issued - dt.timedelta(days=150) if issued else dt.date(2018, 2, 5 + order)
        rows.append(
            NormativeDocument(
                district=world.district,
                title=title,
                number=number,
                group=DocumentGroup(group),
                stage=Stage.IN_FORCE if issued else Stage.DRAFTING,
                issuer=world.agencies[issuer],
                begun_on=begun,
                issued_on=issued,
            )
        )
    made = world.add(rows, what="policy documents")
    for document, (_group, number, _title, _issuer, co_drafters) in zip(made, DOCUMENTS, strict=True):
        document.co_drafters.set([world.agencies[code] for code in co_drafters])
        if document.group == DocumentGroup.SUPPORT_POLICY and not number:
            LegalityReview.objects.create(
                district=world.district,
                document=document,
                reviewed_on=dt.date(2018, 5, 21),
                reviewer=world.agencies["legal-office"],
                result=LegalityReview.Result.OUT_OF_AUTHORITY
                if "办法" in document.title or "规程" in document.title
                else LegalityReview.Result.TO_REVISE,
                opinion="样本意见：超出区级权限的条款报市级部门协调。",
                escalated_to=world.agencies["city-bureau"],
            )
