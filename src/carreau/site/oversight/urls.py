"""Addresses of what can be checked: the key and the draws for everybody, runs and accounts for those entitled."""

from django.urls import path

from carreau.site.oversight.views import draws, public, runs, treatment

urlpatterns = [
    path("", public.oversight, name="oversight"),
    path("cle.pem", public.key, name="public_key"),
    path("tirages/", public.draws, name="draws"),
    path("tirages/annoncer/", draws.announce, name="draw_announce"),
    path("tirages/<int:pk>/", draws.draw, name="draw"),
    path("tirages/<int:pk>/figer/", draws.freeze, name="draw_freeze"),
    path("tirages/<int:pk>/tirer/", draws.make, name="draw_make"),
    path("calculs/", runs.runs, name="runs"),
    path("calculs/<int:pk>/", runs.run, name="run"),
    path("calculs/<int:pk>/compte-rendu.json", runs.record_file, name="run_record"),
    path("calculs/<int:pk>/rejouer/", runs.replay, name="run_replay"),
    path("egalite/", treatment.accounts, name="treatment"),
    path("egalite/comparer/", treatment.compare, name="treatment_compare"),
    path("egalite/<int:pk>/", treatment.account, name="treatment_account"),
    path("egalite/<int:pk>/decisions/", treatment.review, name="treatment_review"),
]
