from django.urls import path

from qingdan.funds import pages

urlpatterns = [
    path("funds/", pages.lines, name="funds"),
    path("funds/<int:pk>/", pages.line, name="budget-line"),
]
