"""A register that is refused, or whose import fails, leaves nothing where nothing was."""

from collections.abc import Callable

import pytest

from carreau.errors import BadInput
from carreau.register.territory import Territory
from carreau.site.accounts.models import Organisation
from carreau.site.bridge.importing import import_register
from carreau.site.bridge.models import Register
from carreau.site.homes.models import Home

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
Town = Callable[..., Territory]


def test_a_file_that_was_altered_is_refused_and_nothing_changes(town: Town) -> None:
    folder = town()
    (folder.path / "homes.parquet").write_bytes(b"altered")
    with pytest.raises(BadInput, match="homes"):
        import_register(folder)
    assert not Home.objects.exists()
    assert not Register.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(label: str, done: int, total: int | None = None) -> None:
        if done:
            raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError):
        import_register(town(), progress=fails)
    assert not Home.objects.exists()
    assert not Register.objects.exists()
    assert not Organisation.objects.filter(kind="landlord").exists()
