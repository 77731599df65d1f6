"""What all explorers share: controls, a picture, what it says in words, and a still of it for where no kernel runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import ipywidgets

from nodeportkit.errors import NodePortKitError
from nodeportkit.figures.canvas import LOCK
from nodeportkit.figures.picture import Picture
from nodeportkit.figures.vector import Drawing
from nodeportkit.widgets.page import STYLE, paragraph

__all__ = ["Choice", "Explorer", "Shown"]

Shown: TypeAlias = "Picture | Drawing"


class Choice(ipywidgets.Dropdown):  # type: ignore[misc]
    """A dropdown that threads may set at once: its value, its index and what follows from them change under the lock."""

    def __setattr__(self, name: str, value: Any) -> None:
        with LOCK:
            super().__setattr__(name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page says."""
        with LOCK:
            super().set_state(sync_data)


class Explorer(ipywidgets.VBox):  # type: ignore[misc]
    """Controls above a picture and words.

    A subclass draws in `draw`, which is called under the lock, and calls `refresh` whenever something was chosen.
    """

    def __init__(self, controls: Sequence[ipywidgets.Widget]) -> None:
        self._picture = ipywidgets.HTML()
        self._words = ipywidgets.HTML()
        self._still: Shown | None = None
        self._summary = ""
        columns = ipywidgets.Layout(grid_template_columns="repeat(auto-fit, minmax(14rem, 1fr))", width="100%")
        super().__init__([ipywidgets.GridBox(controls, layout=columns), self._picture, self._words])

    def draw(self) -> tuple[Shown | None, str, str]:
        """Give the picture, what stands below it as HTML, and a summary as plain text."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Draw anew. What is wrong with the input is said in the widget."""
        # Callbacks come in threads, beside the cell that runs.
        with LOCK:
            try:
                picture, below, summary = self.draw()
            except NodePortKitError as error:
                picture, below, summary = None, paragraph(str(error), "wrong"), str(error)
            except Exception as error:
                self._show(None, paragraph(f"This could not be drawn: {error!r}", "wrong"), repr(error))
                raise
            self._show(picture, below, summary)

    def _show(self, picture: Shown | None, below: str, summary: str) -> None:
        self._still, self._summary = picture, summary
        drawing = "" if picture is None else picture.svg(themed=True)
        self._picture.value = f'{STYLE}<div class="npk npk-scroll npk-picture">{drawing}</div>'
        self._words.value = f'<div class="npk" role="status">{below}</div>'

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and beside it a still for pages without a kernel: GitHub, nbviewer, exported notebooks."""
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(**kwargs) or {})
        with LOCK:
            data, told = ({}, {}) if self._still is None else self._still.still()
            return bundle | {"text/plain": self._summary} | data, told
