"""Rows of different lengths kept end to end in one array, and whole numbers written as bytes of seven bits."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


def starts_of(lengths: Ints) -> Ints:
    """Where each row begins, and last where all end."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def within(lengths: Ints) -> Ints:
    """The place of every element in its row."""
    return np.arange(int(lengths.sum())) - np.repeat(starts_of(lengths)[:-1], lengths)


def places(starts: Ints, lengths: Ints) -> Ints:
    """The places of rows that begin at `starts`, end to end."""
    return np.repeat(starts, lengths) + within(lengths)


def widths(numbers: Ints) -> Ints:
    """How many bytes each number takes as a varint of Protocol Buffers: seven bits a byte, 0 to 2^35."""
    return np.searchsorted(np.array([1 << 7, 1 << 14, 1 << 21, 1 << 28]), numbers, side="right") + 1


def varints(numbers: Ints, width: Ints | None = None) -> Bytes:
    """The numbers as varints, end to end; `width` if it is known."""
    width = widths(numbers) if width is None else width
    ends = starts_of(width)
    written = np.empty(int(ends[-1]), np.uint8)
    at, left, more = ends[:-1], numbers, width
    while len(at):
        written[at] = (left & 127) | np.where(more > 1, 128, 0)
        go = more > 1
        at, left, more = at[go] + 1, left[go] >> 7, more[go] - 1
    return written


def zigzag(numbers: Ints) -> Ints:
    """Small numbers of either sign as small numbers of 0 or more."""
    return (numbers << 1) ^ (numbers >> 63)
