from django.urls import path

from qingdan.core.import_pages import ImportPage
from qingdan.funds import pages, tables

urlpatterns = [
    path("funds/", pages.lines, name="funds"),
    *ImportPage(tables.LINES, back="funds").urls("funds/import/"),
    path("funds/<int:pk>/", pages.line, name="budget-line"),
    path("funds/<int:pk>/approve/", pages.approve, name="budget-line-approve"),
]
