"""Addresses of the front page and of the pages about Carreau."""

from django.urls import path

from carreau.site.pages import views

urlpatterns = [path("", views.front, name="front")]
