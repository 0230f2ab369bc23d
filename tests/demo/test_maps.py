"""The maps may be drawn in another process: the same folders, and a refusal that comes back whole."""

import pickle
import subprocess
import sys
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from carreau.attack.findings import Attack, Finding
from carreau.demo.run import run
from carreau.proof.refusal import NotPublished


class Elsewhere(Executor):
    """Refuses what is given to it, as the process that draws the maps may, in the form in which it would come back."""

    def __init__(self, refusal: Exception) -> None:
        self.refusal = pickle.loads(pickle.dumps(refusal))

    def submit(self, *_: Any, **__: Any) -> "Future[Any]":
        refused: Future[Any] = Future()
        refused.set_exception(self.refusal)
        return refused


def test_a_map_that_was_broken_elsewhere_ends_the_demonstration_without_its_figures(tmp_path: Path) -> None:
    finding = Finding("small", "told", "households", 3, 3, ("CRS3035RES200mN0E0",), ())
    with pytest.raises(NotPublished, match="1") as refused:
        run(tmp_path, executor=Elsewhere(NotPublished(Attack((finding,)))))
    assert refused.value.result.findings == (finding,)
    assert refused.value.sentences("en")[1:] == NotPublished(Attack((finding,))).sentences("en")[1:]
    assert not (tmp_path / "demo.json").exists()


@pytest.mark.parametrize(
    ("module", "others"),
    [
        ("carreau.demo.maps", "carreau.allocation"),
        ("carreau.demo.run", "carreau.release carreau.attack scipy.optimize"),
    ],
)
def test_neither_process_imports_what_the_other_needs(module: str, others: str) -> None:
    code = f"import sys, {module}; print([name for name in '{others}'.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
