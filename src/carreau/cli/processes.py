"""Processes for work that can be shared: begun when the first part is given, one for each processor."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def processes(most: int | None = None) -> ProcessPoolExecutor:
    """They start anew: a fork would copy the locks of Polars' threads. `most`: fewer than one for each processor."""
    return ProcessPoolExecutor(most, mp_context=get_context("spawn"))
