from django.urls import path

from qingdan.policies.pages import clean_up, comments, library, rules, steps, writing

urlpatterns = [
    path("policies/", library.documents, name="policies"),
    path("policies/new/", steps.plan, name="policy-new"),
    path("policies/issued/", steps.take_over, name="policy-take-over"),
    path("policies/clean-up/", clean_up.clean_up_now, name="policies-clean-up-now"),
    path("policies/clean-up/<int:year>/", clean_up.clean_up, name="policies-clean-up"),
    path("policies/clean-up/<int:year>/open/", clean_up.open_list, name="policies-clean-up-open"),
    path("policies/clean-up/<int:year>/<int:pk>/", clean_up.decide, name="policies-clean-up-item"),
    path("policies/<int:pk>/", library.document, name="policy"),
    path("policies/<int:pk>/compare/", library.compare_versions, name="policy-compare"),
    path("policies/<int:pk>/clauses/<slug:key>/", library.clause, name="policy-clause"),
    path("policies/<int:pk>/clauses/<slug:key>/write/", writing.write_clause, name="policy-clause-write"),
    path("policies/<int:pk>/wording/", writing.import_wording, name="policy-import"),
    path("policies/<int:pk>/relations/", writing.relate, name="policy-relate"),
    path("policies/<int:pk>/relations/<int:relation>/", writing.unrelate, name="policy-unrelate"),
    path("policies/<int:pk>/resting/", writing.rely, name="policy-rely"),
    path("policies/<int:pk>/resting/<int:reliance>/", writing.stop_relying, name="policy-stop-relying"),
    path("policies/<int:pk>/comments/", comments.comments, name="policy-comments"),
    path("policies/<int:pk>/comments/<int:comment>/", comments.answer, name="policy-comment-answer"),
    path("policies/<int:pk>/steps/<str:verb>/", steps.step, name="policy-step"),
    path("rules/", rules.rules, name="rules"),
    path("rules/thresholds/<int:pk>/", rules.threshold, name="threshold"),
]
