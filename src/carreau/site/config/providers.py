"""Who else vouches for people, and how much is asked of officers (see docs/how-to/sign-in.md)."""

from typing import Any
from urllib.parse import urlsplit

from carreau.errors import BadInput
from carreau.site.config.environment import Environment


def providers(environment: Environment) -> list[dict[str, Any]]:
    """Those of CARREAU_OPENID, a list of names, as allauth's settings want them.

    NAME has CARREAU_OPENID_NAME_URL, _CLIENT and _SECRET, and if need be _TITLE, _SCOPE, _ACR, _TRUSTS_ADDRESS and
    _SECOND_FACTOR. Raises BadInput for one that is missing, or for an address without HTTPS on a site that has it.
    """
    names = [name.strip() for name in environment.text("CARREAU_OPENID").split(",") if name.strip()]
    return [_provider(environment, name) for name in names]


def origins(found: list[dict[str, Any]]) -> list[str]:
    """Where forms may lead to, for the content security policy: the sign-in button is a form."""
    parts = [urlsplit(one["settings"]["server_url"]) for one in found]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})


def second_factors(found: list[dict[str, Any]]) -> list[str]:
    """Names of those that ask for a second factor themselves."""
    return [one["provider_id"] for one in found if one["settings"]["second_factor"]]


def second_factor_demanded(environment: Environment) -> bool:
    """Whether officers need one: always, unless CARREAU_SECOND_FACTOR is 0 on a site of this machine alone.

    Raises BadInput when it is relaxed elsewhere.
    """
    given = environment.text("CARREAU_SECOND_FACTOR", "1")
    if given not in ("0", "1") or (given == "0" and not environment.local):
        raise BadInput("CARREAU_SECOND_FACTOR can be 0 only where CARREAU_HOSTS is not set, and is 1 otherwise")
    return given == "1"


def _provider(environment: Environment, name: str) -> dict[str, Any]:
    if not name.isidentifier() or not name.islower():
        raise BadInput(f"CARREAU_OPENID: {name!r} is not a name in small letters")
    prefix = f"CARREAU_OPENID_{name.upper()}"
    url = _needed(environment, f"{prefix}_URL")
    if not (url.startswith("https://") or (environment.local and url.startswith("http://"))):
        raise BadInput(f"{prefix}_URL does not begin with https://")
    acr = environment.text(f"{prefix}_ACR")
    return {
        "provider_id": name,
        "name": environment.text(f"{prefix}_TITLE", name),
        "client_id": _needed(environment, f"{prefix}_CLIENT"),
        "secret": _needed(environment, f"{prefix}_SECRET"),
        "settings": {
            "server_url": url,
            "scope": environment.text(f"{prefix}_SCOPE", "openid email").split(),
            "auth_params": {"acr_values": acr} if acr else {},
            "trusts_address": environment.text(f"{prefix}_TRUSTS_ADDRESS") == "1",
            "second_factor": environment.text(f"{prefix}_SECOND_FACTOR") == "1",
        },
    }


def _needed(environment: Environment, name: str) -> str:
    found = environment.text(name)
    if not found:
        raise BadInput(f"{name} is missing")
    return found
