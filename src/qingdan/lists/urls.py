from django.urls import path

from qingdan.lists.pages import editions, items, needs, resources

urlpatterns = [
    path("needs/", needs.needs, name="needs"),
    path("needs/<str:number>/", needs.need, name="need"),
    path("resources/", resources.resources, name="resources"),
    path("resources/<str:number>/", resources.resource, name="resource"),
    path("purchase-items/", items.items, name="items"),
    path("purchase-items/<str:number>/", items.item, name="purchase-item"),
    path("editions/", editions.editions, name="editions"),
    path("editions/<int:pk>/", editions.edition, name="edition"),
]
