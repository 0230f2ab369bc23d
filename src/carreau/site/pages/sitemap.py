"""What search engines are told: the public pages and the homes to let, each in both languages."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from carreau.site.accounts.rights import Action, needs
from carreau.site.homes.models import Vacancy, VacancyQuerySet
from carreau.site.pages.public import public_names


class Pages(Sitemap[str]):
    """Every public page without an argument."""

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        """Names of addresses."""
        return public_names()

    def location(self, item: str) -> str:
        """The address in the language asked for."""
        return reverse(item)


class Homes(Sitemap[Vacancy]):
    """Every home to let."""

    i18n = True
    alternates = True
    limit = 10_000

    def items(self) -> VacancyQuerySet:
        """Those that everybody may see, in a stable order."""
        return Vacancy.objects.advertised().order_by("vacancy_id")

    def location(self, item: Vacancy) -> str:
        """The address of its page."""
        return reverse("home", args=[item.pk])


SECTIONS: dict[str, Any] = {"pages": Pages, "logements": Homes}


@needs(Action.READ_PUBLIC_PAGES)
def addresses(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`."""
    return sitemap(request, sitemaps=SECTIONS)


@needs(Action.READ_PUBLIC_PAGES)
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: everything public may be read; nothing else is worth asking for."""
    where = request.build_absolute_uri(reverse("sitemap"))
    private = ("/compte/", "/ma-demande/", "/attributions/", "/travaux/", "/journal/")
    closed = "".join(f"Disallow: {path}\n" for path in private)
    return HttpResponse(f"User-agent: *\n{closed}Sitemap: {where}\n", content_type="text/plain")
