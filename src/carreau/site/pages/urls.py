"""Addresses of the front page and of the pages about Carreau."""

from django.urls import path

from carreau.site.pages import views

urlpatterns = [
    path("", views.front, name="front"),
    path("accessibilite", views.accessibility, name="accessibility"),
    path("mentions-legales", views.legal, name="legal"),
    path("protection-des-donnees", views.data_protection, name="data_protection"),
    path("composants", views.components, name="components"),
]
