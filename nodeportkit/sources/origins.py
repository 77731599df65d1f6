"""Whatever a person hands over -> named pieces of content: texts, files, folders, globs, open files, objects, clusters."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from nodeportkit.errors import NotFound, ReadError, nearest
from nodeportkit.sources.large import LargeFile

__all__ = ["Origin", "origins"]

_TEXT_SUFFIXES: Final = frozenset(
    {
        "",
        ".txt",
        ".log",
        ".out",
        ".yaml",
        ".yml",
        ".json",
        ".jsonl",
        ".md",
        ".save",
        ".nft",
        ".rules",
        ".describe",
        ".gz",
    }
)
_LONGEST_PATH: Final = 4096
_MOST_FILES: Final = 10_000
_LARGE: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class Origin:
    """A piece of content and where it comes from.

    Attributes
    ----------
    name
        The file's path, or words for it (`pasted text`).
    content
        Text, bytes, a large file that is open until the next piece is asked for, a list of Kubernetes objects as dicts, or
        something a reader knows by its type; None for a file in a folder that is not text, and was not opened.
    """

    name: str
    content: Any


def origins(sources: Iterable[Any]) -> Iterator[Origin]:
    """The pieces of content that the sources stand for, in order.

    Raises
    ------
    NotFound
        For a path or a glob that names no file.
    ReadError
        For a file that cannot be opened, and for a source of a type that cannot hold text.
    """
    for number, source in enumerate(sources, 1):
        yield from _of(source, number)


def _of(source: Any, number: int) -> Iterator[Origin]:
    if isinstance(source, os.PathLike):
        yield from _of_path(Path(cast("os.PathLike[str]", source)))
    elif isinstance(source, str):
        yield from _of_text(source, number)
    elif isinstance(source, bytes | bytearray | memoryview):
        yield Origin(_words("bytes", number), bytes(source))
    elif isinstance(source, Mapping):
        yield Origin(_words("object", number), [source])
    elif hasattr(source, "read"):
        yield Origin(str(getattr(source, "name", _words("open file", number))), source.read())
    elif isinstance(source, Sequence) and all(isinstance(item, Mapping) for item in source):
        yield Origin(_words("objects", number), list(source))
    elif isinstance(source, Iterable) and not hasattr(source, "columns"):
        for item in source:
            yield from _of(item, number)
    else:
        yield Origin(_words(type(source).__name__, number), source)


def _words(kind: str, number: int) -> str:
    return kind if number == 1 else f"{kind} {number}"


def _of_text(text: str, number: int) -> Iterator[Origin]:
    """A text that a person pasted, or the name of a file, a folder, or a glob of them.

    Dots and slashes alone are text: who means the folder where he stands, or the whole disk, can say `Path(".")`.
    """
    name = text.strip()
    if not name or "\n" in name or len(name) > _LONGEST_PATH or "\0" in name:
        yield Origin(_words("text", number), text)
    elif name.strip("./~\\") and _exists(_at_home(name)):
        yield from _of_path(_at_home(name))
    elif found := _globbed(name):
        for path in found:
            yield from _of_path(path)
    elif _looks_like_a_path(name):
        raise NotFound(f"There is no file {name!r}", hint=_nearest_file(name))
    else:
        yield Origin(_words("text", number), text)


def _at_home(name: str) -> Path:
    """The path, with `~` as a shell reads it; `~0` of a paste is no home."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long, or a folder that may not be entered
        return False


def _globbed(name: str) -> list[Path]:
    if not any(mark in name for mark in "*?["):
        return []
    path = _at_home(name)
    try:
        return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    except (ValueError, OSError):  # a text with a star in it, not a glob
        return []


def _looks_like_a_path(name: str) -> bool:
    """Whether a line is meant as a file name: one word with a suffix that files of this kind have, or a glob of such."""
    suffix = Path(name).suffix.lower()
    return bool(suffix) and suffix in _TEXT_SUFFIXES and "://" not in name and len(name.split()) == 1


def _nearest_file(name: str) -> str:
    folder = _at_home(name).parent
    beside = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    return nearest(Path(name).name, beside)


def _of_path(path: Path) -> Iterator[Origin]:
    if path.is_dir():
        files = sorted(_files(path))
        if not files:
            raise NotFound(f"The folder {str(path)!r} holds no file")
        for file in files:
            if file.suffix.lower() in _TEXT_SUFFIXES:
                yield from _of_file(file)
            else:
                yield Origin(str(file), None)
    else:
        yield from _of_file(path)


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, without hidden ones; folders that may not be entered are passed over.

    Raises
    ------
    ReadError
        If there are more than anybody would mean.
    """
    count = 0
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and (file := Path(where, name)).is_file():
                count += 1
                if count > _MOST_FILES:
                    hint = "Name the files, or a folder that holds only these."
                    raise ReadError(f"more than {_MOST_FILES:,} files in the folder", source=str(folder), hint=hint)
                yield file


def _of_file(path: Path) -> Iterator[Origin]:
    try:
        if path.stat().st_size < _LARGE:
            yield Origin(str(path), path.read_bytes())
            return
        file = LargeFile(path)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {str(path)!r}", hint=_nearest_file(str(path))) from error
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}", source=str(path)) from error
    with file:
        yield Origin(str(path), file)
