"""Addresses of the map, its data and its table."""

from django.urls import path

from carreau.site.maps import files, views

urlpatterns = [
    path("", views.map_page, name="map"),
    path("tableau/", views.table_page, name="map_table"),
    path("unites.geojson", files.latest_geojson, name="map_latest_units"),
    path("<slug:key>/unites.geojson", files.geojson, {"name": "units"}, name="map_units"),
    path("<slug:key>/communes.geojson", files.geojson, {"name": "communes"}, name="map_communes"),
    path("<slug:key>/fiche/<slug:unit_id>", views.panel, name="map_panel"),
    path("<slug:key>/fichiers/<str:file>", files.released_file, name="map_file"),
]
