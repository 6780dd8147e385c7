"""Addresses of the pages that cross the rooms."""

from django.urls import path

from qingdan.web import figure_pages, journal_pages, moves, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("workbench/", pages.work, name="workbench"),
    path("my-street/", pages.my_street, name="my-street"),
    path("one-page/", pages.one_page, name="one-page"),
    path("search/", pages.search, name="search"),
    path("figures/", figure_pages.figure_list, name="figures"),
    path("figures/<str:key>/", figure_pages.figure, name="figure"),
    path("journal/", journal_pages.journal, name="journal"),
    path("moves/<str:label>/<str:pk>/<str:verb>/", moves.move, name="move"),
    path("about/figures/", pages.about_figures, name="about-figures"),
    path("about/privacy/", pages.about_privacy, name="about-privacy"),
    path("about/accessibility/", pages.about_accessibility, name="about-accessibility"),
]
