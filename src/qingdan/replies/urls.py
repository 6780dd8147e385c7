from django.urls import path

from qingdan.core.import_pages import ImportPage
from qingdan.replies import (
    check_pages,
    editor_pages,
    intake_pages,
    letter_pages,
    proposal_pages,
    tables,
    verify_pages,
    year_pages,
)

PROPOSAL = "proposals/<slug:session>/<slug:number>/"

urlpatterns = [
    path("check/", check_pages.check_letter, name="check-letter"),
    path("verify/", verify_pages.verify, name="verify-letter"),
    path("verify/<str:code>/", verify_pages.verified, name="verified-letter"),
    path("replies/", proposal_pages.public_replies, name="public-replies"),
    path("proposals/", proposal_pages.proposals, name="proposals"),
    path("proposals/new/", proposal_pages.proposal_new, name="proposal-new"),
    path("proposals/year/", year_pages.proposals_year, name="proposals-year"),
    path("proposals/classes/", year_pages.reply_classes, name="reply-classes"),
    path("proposals/from-file/", intake_pages.proposal_from_file, name="proposal-from-file"),
    *ImportPage(tables.PROPOSALS, back="proposals").urls("proposals/import/"),
    path(PROPOSAL, proposal_pages.proposal, name="proposal"),
    path(f"{PROPOSAL}assign/", proposal_pages.proposal_assign, name="proposal-assign"),
    path(f"{PROPOSAL}correct/", proposal_pages.proposal_correct, name="proposal-correct"),
    path(f"{PROPOSAL}agencies/", proposal_pages.proposal_bring_in, name="proposal-bring-in"),
    path(f"{PROPOSAL}views/<int:pk>/", proposal_pages.proposal_view, name="proposal-view"),
    path(f"{PROPOSAL}views/<int:pk>/decline/", proposal_pages.proposal_decline, name="proposal-decline"),
    path(f"{PROPOSAL}consultation/", proposal_pages.proposal_consultation, name="proposal-consultation"),
    path(f"{PROPOSAL}extend/", proposal_pages.proposal_extend, name="proposal-extend"),
    path(f"{PROPOSAL}draft/", letter_pages.letter_new, name="letter-new"),
    path("letters/<int:pk>/", letter_pages.letter, name="letter"),
    path("letters/<int:pk>/edit/", editor_pages.letter_edit, name="letter-edit"),
    path("letters/<int:pk>/check/", editor_pages.letter_check, name="letter-check"),
    path("letters/<int:pk>/autosave/", editor_pages.letter_autosave, name="letter-autosave"),
    path("letters/<int:pk>/cite/", editor_pages.letter_cite, name="letter-cite"),
    path("letters/<int:pk>/cite/<str:key>/", editor_pages.letter_cite_figure, name="letter-cite-figure"),
    path("letters/<int:pk>/compare/", editor_pages.letter_compare, name="letter-compare"),
    path("letters/<int:pk>/comments/", editor_pages.letter_comment, name="letter-comment"),
    path(
        "letters/<int:pk>/comments/<int:comment>/settle/", editor_pages.comment_settle, name="comment-settle"
    ),
    path("letters/<int:pk>/correct/", letter_pages.letter_correct, name="letter-correct"),
    path("letters/<int:pk>/office-check/", letter_pages.letter_office_check, name="letter-office-check"),
    path(
        "letters/<int:pk>/figures/<int:position>/explain/", letter_pages.letter_explain, name="letter-explain"
    ),
    path("letters/<int:pk>/issue/", letter_pages.letter_issue, name="letter-issue"),
    path("letters/<int:pk>/feedback/", letter_pages.letter_feedback, name="letter-feedback"),
    path("letters/<int:pk>/promise/", letter_pages.letter_promise, name="letter-promise"),
    path("letters/<int:pk>/reply.<slug:kind>", letter_pages.letter_file, name="letter-file"),
]
