from django.urls import path

from qingdan.activities import pages

urlpatterns = [
    path("activities/", pages.overview, name="activities"),
    path("activities/events/", pages.events, name="events"),
    path("activities/events/<int:pk>/", pages.event, name="event"),
    path("activities/trainings/", pages.trainings, name="trainings"),
    path("activities/trainings/<int:pk>/", pages.training, name="training"),
    path("activities/channels/", pages.channels, name="channels"),
    path("activities/channels/<int:pk>/", pages.channel, name="channel"),
    path("activities/consultations/", pages.consultations, name="consultations"),
    path("activities/consultations/<int:pk>/", pages.consultation, name="consultation"),
    path("activities/party-building/", pages.party_building, name="party-building"),
    path("activities/party-building/<int:pk>/", pages.party_building_record, name="party-building-record"),
]
