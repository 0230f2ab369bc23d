"""Files that people send, kept whole or not at all until the work on them is done."""

import re
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from carreau.outputs import whole_folder
from carreau.site.bridge.snapshot import home_folder

KEPT = timedelta(days=7)


def keep(upload: "UploadedFile[bytes]") -> str:
    """Write what was sent under a name of ours, with its own name cleaned; gives the name of the folder."""
    name = uuid4().hex
    with whole_folder(home_folder() / "uploads" / name) as staging:
        target = staging / safe_name(upload.name or "")
        with target.open("xb") as file:
            file.writelines(upload.chunks())
    return name


def safe_name(name: str) -> str:
    """Letters, digits, dots, dashes and underscores of the last part of a path; never empty, never hidden."""
    last = Path(name.replace("\\", "/")).name
    return re.sub(r"[^\w.-]+", "_", last, flags=re.ASCII).lstrip(".")[-80:] or "file"


def forget_old() -> int:
    """Remove uploads whose work never ended well; how many."""
    limit = (timezone.now() - KEPT).timestamp()
    folder = home_folder() / "uploads"
    old = [one for one in folder.iterdir() if one.stat().st_mtime < limit] if folder.exists() else []
    for one in old:
        shutil.rmtree(one, ignore_errors=True)
    return len(old)
