"""The public comments on a draft from a phone or a desk, an officer answers, and decides on a document in force."""

import pytest

pytestmark = pytest.mark.browser
DRAFT = "官渡区社会组织服务项目绩效评估工作实施意见"


def test_a_comment_is_sent_and_answered_and_the_clean_up_decided(visit):
    page = visit.page
    said = f"样本意见：请在社区公示评估结果（{page.viewport_size['width']}）。"
    visit.open("/policies/?view=comment")
    page.get_by_role("link", name=DRAFT).first.click()
    page.get_by_role("link", name="对草案提意见").click()
    page.get_by_label("意见", exact=True).fill(said)
    page.get_by_role("button", name="提交意见").click()
    thanks = page.get_by_text("谢谢。您的意见已收到")
    thanks.wait_for()
    assert thanks.bounding_box()["y"] < page.viewport_size["height"]  # where the reader looks
    assert said not in page.inner_text("main")  # not before it is answered
    comments = page.url.partition("#")[0]

    visit.open("/sign-in/")
    page.get_by_role("button", name="陈示例").click()
    page.wait_for_url("**/workbench/**")
    page.goto(comments)
    page.locator("li", has_text=said).get_by_role("link", name="答复").click()
    page.get_by_label("采纳", exact=True).check()
    page.get_by_label("答复和理由").fill("已写入第五条（样本）。")
    page.get_by_role("button", name="保存").click()
    page.locator("li", has_text=said).get_by_text("已写入第五条（样本）。").wait_for()

    visit.open("/policies/clean-up/2018/")
    page.get_by_role("link", name="决定…", exact=True).first.click()
    page.get_by_label("继续有效").check()
    page.get_by_label("理由").fill("样本：仍然适用。")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("清理结论已保存。").wait_for()
    assert "重新决定…" in page.inner_text("main")
