from django.urls import path

from qingdan.programmes import pages

urlpatterns = [
    path("programmes/", pages.programmes, name="programmes"),
    path("programmes/<int:pk>/", pages.programme, name="programme"),
]
