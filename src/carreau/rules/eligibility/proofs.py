"""The documents that prove what an application says (R441-2-4 CCH), by code."""

from collections.abc import Mapping, Sequence
from datetime import date

from carreau.rules.eligibility.codes import Made
from carreau.rules.parameters import load


def documents(proved_by: Mapping[str, str], day: date, always: Sequence[str] = ()) -> Made:
    """The function that gives the documents for a list of codes, each once, in the order of the codes.

    `proved_by` names the parameter of the family `proofs` for each code that needs one; `always` are asked whatever the
    codes are.
    """
    family = load("proofs")
    asked = {code: family[name].on(day) for code, name in proved_by.items()}
    first = [document for name in always for document in family[name].on(day)]

    def of(codes: Sequence[str]) -> list[str]:
        return list(dict.fromkeys([*first, *(one for code in codes for one in asked.get(code, ()))]))

    return of
