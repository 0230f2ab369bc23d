"""Addresses of homes to let."""

from django.urls import path

from carreau.site.homes import views

urlpatterns = [
    path("", views.search, name="homes"),
    path("<str:vacancy_id>/", views.home, name="home"),
]
