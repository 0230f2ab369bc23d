"""Addresses of the map, its data and its table."""

from django.urls import path

from carreau.site.maps import compare, files, profile, views

urlpatterns = [
    path("", views.map_page, name="map"),
    path("tableau/", views.table_page, name="map_table"),
    path("comparer/", compare.compare_page, name="map_compare"),
    path("unites.geojson", files.latest_geojson, name="map_latest_units"),
    path("<slug:key>/unites.geojson", files.geojson, {"name": "units"}, name="map_units"),
    path("<slug:key>/liens.geojson", files.geojson, {"name": "bridges"}, name="map_bridges"),
    path("<slug:key>/communes.geojson", files.geojson, {"name": "communes"}, name="map_communes"),
    path("<slug:key>/tuiles/<int:zoom>/<int:column>/<int:row>", files.unit_tile, name="map_tile"),
    path("<slug:key>/fiche/<slug:unit_id>", views.panel, name="map_panel"),
    path("<slug:key>/profil/<slug:unit_id>", profile.unit_profile, name="map_profile"),
    path("<slug:key>/profil/<slug:zoning>/<str:zone>", profile.zone_profile, name="map_zone_profile"),
    path("<slug:key>/fichiers/<path:file>", files.released_file, name="map_file"),
]
