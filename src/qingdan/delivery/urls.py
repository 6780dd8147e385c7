from django.urls import path

from qingdan.core.import_pages import ImportPage
from qingdan.delivery import pages, tables

urlpatterns = [
    path("projects/<str:number>/", pages.project, name="project"),
    path("services/sessions/", pages.sessions, name="service-sessions"),
    path("services/sessions/<int:pk>/", pages.session, name="service-session"),
    path("services/sessions/<int:pk>/confirm/", pages.confirm, name="service-session-confirm"),
    path("services/records/", pages.records, name="service-records"),
    *ImportPage(tables.RECORDS, back="service-records").urls("services/records/import/"),
    path("services/records/<int:pk>/", pages.record, name="service-record"),
]
