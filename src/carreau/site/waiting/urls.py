"""Addresses of waiting times."""

from django.urls import path

from carreau.site.waiting import views

urlpatterns = [
    path("", views.waiting, name="waiting"),
    path("publier/<int:pk>/", views.publish_waiting, name="publish_waiting"),
]
