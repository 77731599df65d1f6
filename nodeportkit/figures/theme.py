"""The colours and sizes that all pictures share.

Node port, port and target port keep one colour each through all pictures, lessons and widgets. Every role has a colour of
its own, also where two look alike, so that a light drawing can be turned into a dark one colour by colour.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

__all__ = ["DARK", "GAP", "LIGHT", "MARGIN", "PAD", "RADIUS", "Palette", "css_variables", "palette", "roles"]

# In points, 1/72 inch.
MARGIN: Final = 28.0  # around a picture
PAD: Final = 14.0  # between a panel's edge and its words
GAP: Final = 9.0  # between panels of one column
RADIUS: Final = 5.0  # of a panel's corners


@dataclass(frozen=True, slots=True)
class Palette:
    """A colour for each role, as `#rrggbb`."""

    paper: str  # what the picture is drawn on
    panel: str  # a node, a service, a pod
    edge: str  # the line around a panel
    ink: str
    muted: str  # words that explain
    dashed: str  # a link that carries nothing
    node_port: str
    port: str
    target_port: str
    good: str
    wrong: str
    wrong_panel: str  # behind the words that say what is wrong
    on_colour: str  # words on a port's pill or a mark


LIGHT: Final = Palette(
    paper="#ffffff",
    panel="#f6f7f9",
    edge="#c9ced6",
    ink="#1b1f24",
    muted="#636b78",
    dashed="#8b94a1",
    node_port="#0072b2",
    port="#7a3e9d",
    target_port="#00795a",
    good="#00795b",
    wrong="#c2410c",
    wrong_panel="#fff4ee",
    on_colour="#fefefe",
)
DARK: Final = Palette(
    paper="#15181c",
    panel="#20252b",
    edge="#454d57",
    ink="#eceff3",
    muted="#a4adb9",
    dashed="#7d8794",
    node_port="#5db5ee",
    port="#c99be6",
    target_port="#3fc39b",
    good="#3fc39c",
    wrong="#ff8f5e",
    wrong_panel="#33221b",
    on_colour="#10141a",
)


def palette(*, dark: bool) -> Palette:
    """The colours for a dark or a light page."""
    return DARK if dark else LIGHT


def roles(*, dark: bool = False) -> list[tuple[str, str]]:
    """Each role with its colour."""
    return list(asdict(palette(dark=dark)).items())


def css_variables(*, dark: bool) -> str:
    """The roles as declarations of a style sheet: `--npk-ink:#1b1f24;...`."""
    return ";".join(f"--npk-{role.replace('_', '-')}:{colour}" for role, colour in roles(dark=dark))
