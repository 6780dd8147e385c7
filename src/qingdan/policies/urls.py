from django.urls import path

from qingdan.policies import pages, rules_pages

urlpatterns = [
    path("policies/", pages.documents, name="policies"),
    path("policies/<int:pk>/", pages.document, name="policy"),
    path("rules/", rules_pages.rules, name="rules"),
    path("rules/thresholds/<int:pk>/", rules_pages.threshold, name="threshold"),
]
