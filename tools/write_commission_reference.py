"""Write docs/reference/commission.md from the table of the commission's procedure. Run by `make docs`."""

from pathlib import Path

from carreau.rules.commission.reference import commission_page

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "commission.md"

if __name__ == "__main__":
    PAGE.write_text(commission_page(), encoding="utf-8")
    print(PAGE)
