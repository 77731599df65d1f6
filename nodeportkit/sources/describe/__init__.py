"""What `kubectl describe` prints -> a tree of labelled values, and rows of the frames.

`blocks` finds where an object begins and ends, `layout` reads its lines into a tree, and one module a kind (`services`,
`pods`, ...) makes rows of it; `reader` offers it all to `scan`.
"""

from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.describe.layout import Entry, Grid
from nodeportkit.sources.describe.read import read_describe

__all__ = ["Description", "Entry", "Grid", "read_describe"]
