from django.urls import path

from qingdan.calls import pages

urlpatterns = [
    path("calls/", pages.rounds, name="calls"),
    path("calls/<int:pk>/", pages.round_, name="round"),
    path("projects/", pages.projects, name="projects"),
]
