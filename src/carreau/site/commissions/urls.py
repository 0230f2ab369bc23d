"""Addresses of the commission."""

from django.urls import path

from carreau.site.commissions.views import answers, homes, reports, sessions

urlpatterns = [
    path("", sessions.commissions, name="commissions"),
    path("nouvelle/", sessions.prepare, name="commission_prepare"),
    path("reservataires/", reports.owed, name="owed_to_reservers"),
    path("engagements/", reports.committed, name="commitments"),
    path("engagements/nouveau/", reports.commit, name="commitment_new"),
    path("presence/<str:token>/", reports.presence, name="commission_presence"),
    path("membre/<int:pk>/lien/", sessions.invite, name="commission_invite"),
    path("logement/<int:pk>/", homes.home, name="commission_home"),
    path("logement/<int:pk>/decision/", homes.decide, name="commission_decide"),
    path("logement/<int:pk>/acte/", homes.act, name="commission_home_act"),
    path("candidature/<int:pk>/acte/", answers.act, name="candidacy_act"),
    path("candidature/<int:pk>/bail/", answers.lease, name="candidacy_lease"),
    path("candidature/<int:pk>/courrier/", answers.letter, name="candidacy_letter"),
    path("<int:pk>/", sessions.commission, name="commission"),
    path("<int:pk>/ordre-du-jour/", sessions.list_homes, name="commission_list"),
    path("<int:pk>/membres/", sessions.give_seat, name="commission_seat"),
    path("<int:pk>/presences/", sessions.note_presences, name="commission_presences"),
    path("<int:pk>/acte/", sessions.act, name="commission_act"),
    path("<int:pk>/proces-verbal/", sessions.minutes, name="commission_minutes"),
]
