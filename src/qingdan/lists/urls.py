from django.urls import path

from qingdan.lists import pages

urlpatterns = [
    path("needs/", pages.needs, name="needs"),
    path("needs/<str:number>/", pages.need, name="need"),
    path("resources/", pages.resources, name="resources"),
    path("resources/<str:number>/", pages.resource, name="resource"),
    path("purchase-items/", pages.items, name="items"),
    path("purchase-items/<str:number>/", pages.item, name="purchase-item"),
    path("editions/", pages.editions, name="editions"),
    path("editions/<int:pk>/", pages.edition, name="edition"),
]
