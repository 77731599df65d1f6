"""Files too large to be held whole without need."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypeAlias

__all__ = ["Bytes", "LargeFile"]


class LargeFile:
    """The bytes of a file, of which parts are read as they are asked for; as a context it is closed with the block.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pods.json")
    ...     _ = path.write_bytes(b'{"items": []}')
    ...     with LargeFile(path) as file:
    ...         len(file), file[1:8]
    (13, b'"items"')
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> LargeFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        self._file.seek(start)
        return self._file.read(max(stop - start, 0))

    def __bytes__(self) -> bytes:
        return self[:]

    def opened_again(self) -> BinaryIO | None:
        """The same file for somebody who reads on his own; None if another is there by its name now."""
        try:
            again = self._path.open("rb")
        except OSError:
            return None
        if os.path.samestat(os.fstat(again.fileno()), os.fstat(self._file.fileno())):
            return again
        again.close()
        return None


Bytes: TypeAlias = bytes | LargeFile
"""Bytes, wherever they are."""
