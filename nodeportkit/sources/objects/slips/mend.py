"""What is wrong with a manifest as people copy it from the web, and the manifest as it should be.

Two sorts: characters that look like others, which are always wrong outside of quotes; and colons, blanks and dashes that
are missing, which are looked for where the text is no YAML without them, or no manifest.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodeportkit.errors import Slip
from nodeportkit.sources.objects.slips.characters import clean_characters
from nodeportkit.sources.objects.slips.lines import Line, lines_of
from nodeportkit.sources.objects.slips.punctuation import mend_punctuation
from nodeportkit.sources.objects.slips.structure import Structure, structure

__all__ = ["find_slips", "mend"]

_TAB_WIDTHS = (2, 4, 8)


def find_slips(text: str) -> list[Slip]:
    r"""Every slip in the text of a manifest, in order, each with its line, its column and the line as it should be.

    Parameters
    ----------
    text
        The manifest, as it was copied.

    Returns
    -------
    list of Slip
        Empty if none is found.

    Examples
    --------
    >>> for slip in find_slips("kind:\xa0Service\nspec:\n  typeNodePort\n  ports:\n  - port: 80\n"):
    ...     print(slip)
    line 1, column 6: a no-break space stands where a blank belongs; write: kind: Service
    line 3, column 7: a colon and a blank are missing after `type` in `typeNodePort`; write: type: NodePort
    """
    return mend(text)[0]


def mend(text: str, first_line: int = 1) -> tuple[list[Slip], str | None]:
    """The slips of a manifest, and its text without them; None if that would still be no manifest, or nothing is wrong.

    `first_line` is the number of the first line of the text in its file.
    """
    text = text.removeprefix("\ufeff")  # a byte order mark at the start of a file is no slip: YAML allows it
    best: tuple[list[Slip], str | None] = ([], None)
    for attempt in _attempts(text, first_line):
        mended = _joined(attempt)
        slips = sorted((slip for line in attempt for slip in line.slips()), key=lambda slip: (slip.line, slip.column))
        if structure(mended) is Structure.WHOLE:
            return slips, mended if slips else None
        best = best if best[0] else (slips, None)
    return best


def _attempts(text: str, first_line: int) -> Iterator[list[Line]]:
    """The text mended more and more boldly."""
    for width in _TAB_WIDTHS if "\t" in text else _TAB_WIDTHS[:1]:
        for punctuation, quotes in ((False, False), (True, False), (True, True)):
            lines = lines_of(text, first_line)
            clean_characters(lines, width)
            if punctuation:
                mend_punctuation(lines, quotes=quotes)
            yield lines


def _joined(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)
