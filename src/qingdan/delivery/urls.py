from django.urls import path

from qingdan.delivery import pages

urlpatterns = [
    path("projects/<str:number>/", pages.project, name="project"),
    path("services/sessions/", pages.sessions, name="service-sessions"),
    path("services/sessions/<int:pk>/", pages.session, name="service-session"),
    path("services/records/", pages.records, name="service-records"),
    path("services/records/<int:pk>/", pages.record, name="service-record"),
]
