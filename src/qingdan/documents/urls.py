from django.urls import path

from qingdan.documents import pages

urlpatterns = [
    path("papers/", pages.papers, name="papers"),
    path("papers/new/", pages.paper_new, name="paper-new"),
    path("papers/<int:pk>/", pages.paper, name="paper"),
    path("papers/<int:pk>/edit/", pages.paper_edit, name="paper-edit"),
    path("papers/<int:pk>/paper.<slug:kind>", pages.paper_file, name="paper-file"),
]
