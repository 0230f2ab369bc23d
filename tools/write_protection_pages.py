"""Write docs/explanation/protections from the cases of tests/spec/release. Run by `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.protection_pages import FOLDER, pages

if __name__ == "__main__":
    made = pages()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(FOLDER)
