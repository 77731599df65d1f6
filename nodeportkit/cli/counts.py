"""Counts of connections by pod, as `sort | uniq -c` prints them, or as two columns of a table."""

from __future__ import annotations

from nodeportkit.cli.intake import text_of
from nodeportkit.errors import ReadError

__all__ = ["counts_of"]


def counts_of(name: str) -> dict[str, int]:
    """The counts in a file, or in standard input for `-`: a pod and a number a line, in either order.

    A pod that stands on several lines has all of them together. A heading is passed over.

    Raises
    ------
    ReadError
        For a line that is none, and where there is none.
    """
    found: dict[str, int] = {}
    source = "standard input" if name == "-" else name
    for number, line in enumerate(text_of(name).splitlines(), 1):
        words = line.replace(",", " ").split()
        counts = [word for word in words if word.isdecimal()]
        if len(words) == 2 and len(counts) == 1:
            pod = next(word for word in words if word not in counts).removeprefix("pod/")
            found[pod] = found.get(pod, 0) + int(counts[0])
        elif words and not (len(words) == 2 and not found):
            raise ReadError(f"line {number} is no pod and a count", source=source, hint="Give lines as `104 web-0`.")
    if not found:
        raise ReadError("no pod with a count is in it", source=source, hint="Give lines as `104 web-0`.")
    return found
