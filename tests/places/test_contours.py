"""Contours of communes, for backgrounds."""

import shapely

from carreau.places.communes import Communes
from carreau.places.contours import near, neighbours

NANTES = (-1.56, 47.21, -1.55, 47.22)


def test_the_communes_that_meet_a_box_are_found() -> None:
    assert len(near(NANTES)) == 1
    assert all(shape.is_valid for shape in near((-1.8, 47.0, -1.2, 47.4)))


def test_a_contour_holds_the_point_of_its_commune() -> None:
    commune = Communes.shipped().find("44109")
    assert commune.longitude is not None
    assert commune.latitude is not None
    assert near(NANTES)[0].contains(shapely.Point(commune.longitude, commune.latitude))


def test_where_no_contour_is_shipped_there_is_none() -> None:
    assert near((2.3, 43.0, 2.4, 43.1)) == []


def test_neighbours_are_those_whose_contours_touch() -> None:
    around = neighbours("44109")
    assert {"44114", "44143", "44162"} <= set(around), "Orvault, Rezé, Saint-Herblain"
    assert "44109" not in around
    assert all("44109" in neighbours(one) for one in around)
    assert neighbours("75113") == (), "not shipped"
