from django.urls import path

from qingdan.policies import pages

urlpatterns = [
    path("policies/", pages.documents, name="policies"),
    path("policies/<int:pk>/", pages.document, name="policy"),
]
