"""The addresses of the site. Those of pages are French nouns; English pages have the same under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from carreau.site.accounts.urls import provider_urls
from carreau.site.applications.urls import own_patterns
from carreau.site.config import health
from carreau.site.pages import sitemap

handler400 = "carreau.site.config.requests.refused"
handler500 = "carreau.site.config.requests.failed"

urlpatterns = [
    path("sante", health.health, name="health"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.addresses, name="sitemap"),
    path("fournisseurs/", include(provider_urls)),
    *i18n_patterns(
        path("", include("carreau.site.pages.urls")),
        path("logements/", include("carreau.site.homes.urls")),
        path("attente/", include("carreau.site.waiting.urls")),
        path("carte/", include("carreau.site.maps.urls")),
        path("registres/", include("carreau.site.bridge.urls")),
        path("attributions/", include("carreau.site.applications.urls")),
        path("ma-demande/", include(own_patterns)),
        path("commissions/", include("carreau.site.commissions.urls")),
        path("controle/", include("carreau.site.oversight.urls")),
        path("compte/", include("carreau.site.accounts.urls")),
        path("travaux/", include("carreau.site.jobs.urls")),
        path("journal/", include("carreau.site.audit.urls")),
        prefix_default_language=False,
    ),
]
