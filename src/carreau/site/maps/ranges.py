"""A file whole or in part, as `Range` asks: tiles are read a few thousand bytes at a time."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
BLOCK = 2**16


def file_response(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """The file, 206 with the one part that `Range` asks for, or 416 when the file has no such part.

    Several parts, or what cannot be read, get the whole file, as RFC 9110 allows (section 14.2).
    """
    size = path.stat().st_size
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    response: HttpResponseBase
    if asked is None or asked.groups() == ("", "") or request.headers.get("If-Range"):
        response = FileResponse(path.open("rb"), content_type=content_type)
    else:
        start, end = _ends(asked[1], asked[2], size)
        if start >= size or end < start:
            response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        else:
            response = _part(path, start, end, size, content_type)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _ends(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte asked for; without a first, the last so many."""
    if not first:
        return max(size - int(last), 0) if int(last) else size, size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(path: Path, start: int, end: int, size: int, content_type: str) -> StreamingHttpResponse:
    ends = {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(end - start + 1)}
    return StreamingHttpResponse(_blocks(path, start, end), status=206, content_type=content_type, headers=ends)


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while (left := end + 1 - file.tell()) > 0:
            yield file.read(min(BLOCK, left))
