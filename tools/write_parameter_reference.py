"""Write docs/reference/parameters.md from the YAML files of the rules. Run by `make docs`."""

from pathlib import Path

from carreau.rules.reference import parameter_page

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "parameters.md"

if __name__ == "__main__":
    PAGE.write_text(parameter_page(), encoding="utf-8")
    print(PAGE)
