"""A pause for the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["no_garbage_collection"]


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """A block in which Python looks for no garbage.

    Columns of 150,000 lists and dicts are no garbage, and looking through them again and again while they are made costs
    as much as making them. For the same reason what was made counts as old at the end of the block: what is new is looked
    through at once (Python documentation, `gc.freeze`: into a permanent generation, and from there into the oldest).

    Examples
    --------
    >>> with no_garbage_collection():
    ...     lists = [[i] for i in range(3)]
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # what somebody froze stays so
                gc.freeze()
                gc.unfreeze()
            gc.enable()
