from django.urls import path

from qingdan.contracts import pages

urlpatterns = [
    path("contracts/", pages.contracts, name="contracts"),
    path("contracts/<str:number>/", pages.contract, name="contract"),
]
