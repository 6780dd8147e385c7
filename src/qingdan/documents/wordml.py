"""The pieces of WordprocessingML that the paper is made of: exact lines, tightened runs, rules, frames.

python-docx has no words for most of East Asian layout, so these write the elements themselves, each in the
place the schema wants it.
"""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run as WordRun

from qingdan.documents import geometry as g

# Families as offices name them; the second name is what a machine without the first is asked for.
FANGSONG = ("仿宋_GB2312", "FangSong")
TITLE = ("方正小标宋简体", "STZhongsong")
HEI = ("黑体", "SimHei")
KAI = ("楷体_GB2312", "KaiTi")
SONG = ("宋体", "SimSun")
LATIN = "Times New Roman"

LINE_TWIPS = 579  # 28.95 pt: 22 of them fill 225 mm; 580 would push the last line off the page
LINE_PT = LINE_TWIPS / 20
TRACKING_TWIPS = -4  # 28 characters of 16 pt in 156 mm


def plain(paragraph: WordParagraph, *, height: float = LINE_PT, before: float = 0) -> WordParagraph:
    """A paragraph of exact line height without any of Word's automatic spaces."""
    layout = paragraph.paragraph_format
    layout.line_spacing = Pt(height)
    layout.space_before, layout.space_after = Pt(before), Pt(0)
    layout.widow_control = False
    properties = paragraph._p.get_or_add_pPr()
    for name in ("w:autoSpaceDE", "w:autoSpaceDN", "w:adjustRightInd", "w:snapToGrid"):
        set_child(properties, name, val="0")
    # What Word does anyway; LibreOffice 7.4 takes the value for its opposite and keeps commas in the block.
    set_child(properties, "w:overflowPunct", val="1")
    return paragraph


def indent(paragraph: WordParagraph, *, left: float = 0, right: float = 0, first: float = 0) -> None:
    layout = paragraph.paragraph_format
    layout.left_indent, layout.right_indent, layout.first_line_indent = Pt(left), Pt(right), Pt(first)


def add_run(
    paragraph: WordParagraph,
    text: str,
    font: tuple[str, str],
    *,
    size: float = g.SIZE_3,
    tracking: int = TRACKING_TWIPS,
    latin: str = LATIN,
) -> WordRun:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    properties = run._r.get_or_add_rPr()
    set_fonts(properties, font, latin)
    if tracking:
        set_child(properties, "w:spacing", val=str(tracking))
    return run


def set_fonts(properties: Any, font: tuple[str, str], latin: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for attribute, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", font[0]), ("cs", latin)):
        fonts.set(qn(f"w:{attribute}"), name)
    # “ ” — … belong to the Chinese font, not to the Latin one.
    fonts.set(qn("w:hint"), "eastAsia")


def add_page_field(paragraph: WordParagraph) -> None:
    for kind, instruction in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
        run = add_run(
            paragraph, instruction if kind == "text" else "", SONG, size=g.SIZE_4, tracking=0, latin=SONG[0]
        )
        if kind == "text":
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = instruction
        run._r.append(element)


def add_border(
    paragraph: WordParagraph, side: str, style: str, size: float, colour: str, space: float
) -> None:
    """A rule at one side of a paragraph: `size` in points, `space` points from the text (31 at most)."""
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        _insert(properties, borders, PARAGRAPH_ORDER)
    border = OxmlElement(f"w:{side}")
    for name, value in (
        ("val", style),
        ("sz", round(size * 8)),
        ("space", min(31, round(space))),
        ("color", colour),
    ):
        border.set(qn(f"w:{name}"), str(value))
    borders.append(border)


def set_frame(paragraph: WordParagraph, *, width: float, x: float, y: float, **anchors: str) -> None:
    """Takes the paragraph out of the flow: `width` in mm, `x` and `y` in points from the anchors."""
    frame = OxmlElement("w:framePr")
    places = {"w": width * g.POINTS_A_MM * 20, "x": x * 20, "y": y * 20}
    for name, value in {**{name: str(round(value)) for name, value in places.items()}, **anchors}.items():
        frame.set(qn(f"w:{name}"), value)
    frame.set(qn("w:wrap"), "around")
    _insert(paragraph._p.get_or_add_pPr(), frame, PARAGRAPH_ORDER)


def set_outline_level(paragraph: WordParagraph, level: int) -> None:
    """The level in Word's navigation pane, without a heading style's looks."""
    set_child(paragraph._p.get_or_add_pPr(), "w:outlineLvl", val=str(level))


def _names(text: str) -> list[str]:
    return text.split()


# The order in which the schema wants children; Word refuses files that do not keep it.
PARAGRAPH_ORDER = _names("""
    pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs
    suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi
    adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection
    textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange
""")
RUN_ORDER = _names("""
    rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid
    vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl
    cs em lang eastAsianLayout specVanish oMath
""")
# Of the settings only the tail that begins with the first element set here.
SETTINGS_ORDER = _names("""
    characterSpacingControl printTwoOnOne strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore
    savePreviewPicture doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent
    alwaysShowPlaceholderText doNotDemarcateInvalidXml saveXmlDataOnly useXSLTWhenSaving saveThroughXslt
    showXMLTags alwaysMergeEmptyNamespace updateFields hdrShapeDefaults footnotePr endnotePr compat docVars
    rsids mathPr attachedSchema themeFontLang clrSchemeMapping doNotIncludeSubdocsInStats shapeDefaults
    decimalSymbol listSeparator
""")


def set_child(parent: Any, name: str, **values: str) -> None:
    """Sets a child element by its attributes, made in its place if it is not there."""
    child = parent.find(qn(name))
    if child is None:
        child = OxmlElement(name)
        order = {"pPr": PARAGRAPH_ORDER, "rPr": RUN_ORDER, "settings": SETTINGS_ORDER}
        _insert(parent, child, order[parent.tag.split("}")[1]])
    for key, value in values.items():
        child.set(qn(f"w:{key}"), value)


def _insert(parent: Any, child: Any, order: list[str]) -> None:
    later = order[order.index(child.tag.split("}")[1]) + 1 :]
    for position, sibling in enumerate(parent):
        if sibling.tag.split("}")[1] in later:
            parent.insert(position, child)
            return
    parent.append(child)
