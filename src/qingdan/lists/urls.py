from django.urls import path

from qingdan.lists import open311
from qingdan.lists.pages import editions, items, needs, needs_import, report, resources, systems

urlpatterns = [
    path("needs/", needs.needs, name="needs"),
    path("needs/report/", report.report, name="need-report"),
    path("needs/report/communities/", report.communities, name="need-communities"),
    path("needs/report/alike/", report.alike, name="need-alike"),
    path("needs/new/", needs.register, name="need-new"),
    path("needs/alike/", needs.alike, name="needs-alike"),
    path("needs/import/", needs_import.upload, name="needs-import"),
    path("needs/import/template/", needs_import.template, name="needs-template"),
    path("needs/import/<int:pk>/", needs_import.checked, name="needs-checked"),
    path("needs/import/<int:pk>/errors/", needs_import.errors, name="needs-errors"),
    path("needs/systems/", systems.systems, name="reporting-systems"),
    path("needs/mine/", report.my_needs, name="my-needs"),
    path("needs/<str:number>/", needs.need, name="need"),
    path("needs/<str:number>/receipt/", report.receipt, name="need-receipt"),
    path("needs/<str:number>/support/", report.support, name="need-support"),
    path("needs/<str:number>/revise/", needs.revise, name="need-revise"),
    path("needs/<str:number>/merge/", needs.merge, name="need-merge"),
    path("needs/<str:number>/reporter/", needs.reveal, name="need-reporter"),
    path("needs/<str:number>/photos/<int:pk>/", needs.photo, name="need-photo"),
    path("track/", report.track_find, name="need-track"),
    path("track/<str:number>/", report.track, name="need-tracked"),
    path("resources/", resources.resources, name="resources"),
    path("resources/<str:number>/", resources.resource, name="resource"),
    path("purchase-items/", items.items, name="items"),
    path("purchase-items/<str:number>/", items.item, name="purchase-item"),
    path("editions/", editions.editions, name="editions"),
    path("editions/<int:pk>/", editions.edition, name="edition"),
    *open311.urlpatterns,
]
