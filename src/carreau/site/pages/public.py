"""Which pages everybody can open, worked out from the addresses themselves."""

from collections.abc import Iterator

from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver

from carreau.site.accounts.rights import Action


def public_names() -> list[str]:
    """Names of the pages in both languages that need no right and no argument, in the order of the addresses."""
    return [
        str(pattern.name)
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and isinstance(resolver.pattern, LocalePrefixPattern)
        for pattern, route in _patterns(resolver, "")
        if _is_page(pattern, route)
    ]


def _patterns(resolver: URLResolver, before: str) -> Iterator[tuple[URLPattern, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, route)
        else:
            yield one, route


def _is_page(pattern: URLPattern, route: str) -> bool:
    """A file to download has a dot in its name; an address with an argument is many pages."""
    action = getattr(pattern.callback, "action", None)
    return action is Action.READ_PUBLIC_PAGES and pattern.name is not None and not set("<(.") & set(route)
