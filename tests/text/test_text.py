"""One catalogue in two languages, and numbers as each writes them."""

import string

import pytest

from carreau.text import catalogue, euros, knows, number, say


def fields(entry: object) -> set[str]:
    texts = [entry] if isinstance(entry, str) else list(entry.values())  # type: ignore[attr-defined]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_the_same_values_to_write() -> None:
    french, english = catalogue("fr"), catalogue("en")
    assert list(french) == list(english)
    assert [key for key in french if fields(french[key]) != fields(english[key])] == []
    assert [key for key in french if isinstance(french[key], str) != isinstance(english[key], str)] == []


def test_an_entry_with_two_forms_has_exactly_one_and_other() -> None:
    for language in ("fr", "en"):
        forms = [entry for entry in catalogue(language).values() if not isinstance(entry, str)]
        assert forms
        assert all(set(entry) == {"one", "other"} for entry in forms)


def test_numbers() -> None:
    assert number(1234567, "fr") == "1\u202f234\u202f567"
    assert number(1234.5, "fr", decimals=1) == "1\u202f234,5"
    assert number(1234567, "en") == "1,234,567"
    assert number(-3, "fr") == "\u22123"


def test_money() -> None:
    assert euros(23403, "fr") == "23\u202f403\u00a0€"
    assert euros(277.5, "en", decimals=2) == "€277.50"
    assert euros(-12, "en") == "\u2212€12"


def test_french_zero_is_singular_and_english_zero_plural() -> None:
    assert say("explain.points", "fr", count=0) == "0 point"
    assert say("explain.points", "en", count=0) == "0 points"
    assert say("explain.points", "fr", count=1200) == "1\u202f200 points"
    assert say("explain.points", "en", count=1) == "1 point"


def test_what_the_catalogue_lacks_is_an_error() -> None:
    assert not knows("explain.nothing")
    with pytest.raises(KeyError):
        say("explain.nothing", "fr")
    with pytest.raises(KeyError):
        say("explain.rank", "fr", count=3)
    with pytest.raises(ValueError, match="'de' is not one of fr, en"):
        say("explain.rank", "de", count=3)
