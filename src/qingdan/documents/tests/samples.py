"""A synthetic reply of about five pages, in both forms: invented text, invented figures."""

from datetime import date
from typing import Any

from qingdan.documents.paper import Attachment, Block, Form, Heading, Paper, Paragraph, Run

TOPICS = ("梳理清单", "完善制度", "保障资金", "培养人才")

SENTENCES = (
    "样本区民政局会同各街道逐户了解居民在养老照护、儿童陪伴、社区治理等方面的实际需要，",
    "按照“先登记、后核实、再公布”的顺序整理成册，",
    "对能够由社会组织承担的事项，列入《样本区购买服务项目清单（示例）》，",
    "对需要部门协作的事项，明确牵头单位和完成时限；",
    "所有数字均可逐条查到登记的记录，",
    "有关办法见《样本区社会组织扶持办法（示例）》（样民通〔2017〕8号）。",
)


def paragraph(*parts: str | tuple[str, int]) -> Paragraph:
    """A paragraph of plain text and (printed figure, index) pairs."""
    return Paragraph(tuple(Run(part) if isinstance(part, str) else Run(*part) for part in parts))


def body(topics: int = 4, repeat: int = 2) -> tuple[Block, ...]:
    blocks: list[Block] = [
        paragraph("您提出的第00000号提案《关于推进示例工作的提案》已交由我局办理，现答复如下："),
    ]
    for index in range(topics):
        blocks.append(
            Heading(1, (Run(f"{'一二三四五六七八九十'[index]}、关于{TOPICS[index % 4]}，改进服务的情况"),))
        )
        blocks.append(paragraph(*SENTENCES * repeat))
        blocks.append(Heading(2, (Run("（一）已经做到的"),)))
        blocks.append(
            paragraph(
                "截至目前，共登记服务",
                (f"{96 + index}场", index * 4 + 1),
                "，直接服务",
                (f"{410 + index}人", index * 4 + 2),
                "，安排资金",
                ("150万元", index * 4 + 3),
                "，间接受益",
                ("26000余人", index * 4 + 4),
                "，其中同一人接受多次服务的只计一次，年度之间可以比较。",
                *SENTENCES,
            )
        )
        blocks.append(Heading(3, (Run("1.下一步安排"),)))
        blocks.append(paragraph(*SENTENCES[1:4], "按季度公布进展。"))
    blocks.append(paragraph("感谢您对示例工作的关心和支持！"))
    return tuple(blocks)


def sample_paper(form: Form = Form.FILE, **changes: Any) -> Paper:
    values: dict[str, Any] = {
        "form": form,
        "mark": "示例市样本区民政局" + ("文件" if form is Form.FILE else ""),
        "number": "样民函〔2018〕51号",
        "title": "示例市样本区民政局关于对政协样本区第九届委员会第二次会议第00000号提案的复函",
        "addressee": "尊敬的样本委员",
        "body": body(),
        "signature": "示例市样本区民政局",
        "date": date(2018, 6, 29),
        "reply_class": "A",
        "publication": "主动公开",
        "contact": "联系人：样本科；联系电话：0000-00000000。",
        "copies_to": "样本区政协提案委员会，样本区人民政府督查室。",
        "attachments": (
            Attachment("样本区购买服务项目清单（示例）"),
            Attachment("示例事项办理情况征询意见表，请于收到之日起三十日内填写并寄回本局"),
        ),
        "notes": "此件公开发布",
        "sample": True,
    }
    if form is Form.FILE:
        values |= {"printed_by": "样本区民政局办公室", "printed_on": date(2018, 6, 30)}
    return Paper(**(values | changes))
