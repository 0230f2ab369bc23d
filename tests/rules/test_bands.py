import polars as pl

from carreau.rules.bands import BANDS, band_shares


def test_a_band_holds_its_lower_edge() -> None:
    shares = band_shares(pl.Series([0.0, 19.9, 20.0, 59.0, 60.0, 100.0, 119.9, 120.0, 400.0, None]))
    assert shares == dict(zip(BANDS, [100 * n / 9 for n in (2, 1, 1, 1, 2, 2)], strict=True))


def test_nobody_is_in_no_band() -> None:
    assert set(band_shares(pl.Series([], dtype=pl.Float64)).values()) == {0.0}
