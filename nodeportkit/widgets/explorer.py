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

__all__ = [
    "Button",
    "Choice",
    "Count",
    "Explorer",
    "Offered",
    "Scale",
    "Shown",
    "Slider",
    "Toggle",
    "Words",
    "Writing",
    "grid",
]

Shown: TypeAlias = "Picture | Drawing"


def grid(children: Sequence[ipywidgets.Widget], least: str = "14rem") -> ipywidgets.GridBox:
    """As many columns as fit, each at least so wide."""
    columns = f"repeat(auto-fit, minmax(min({least}, 100%), 1fr))"
    return ipywidgets.GridBox(children, layout=ipywidgets.Layout(grid_template_columns=columns, width="100%"))


class _Locked:
    """A control that threads may set at once: its value, its index and what follows from them change under the lock."""

    def __setattr__(self, name: str, value: Any) -> None:
        with LOCK:
            super().__setattr__(name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page says."""
        with LOCK:
            super().set_state(sync_data)  # type: ignore[misc]


class Choice(_Locked, ipywidgets.Dropdown):  # type: ignore[misc]
    """A dropdown. In JupyterLab it is opened with Alt and an arrow key: the arrow alone goes to another cell (ipywidgets#3912)."""


class Toggle(_Locked, ipywidgets.ToggleButtons):  # type: ignore[misc]
    """A button for each of few options: those keys reach it everywhere."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.add_class("npk-toggle")


class Scale(_Locked, ipywidgets.SelectionSlider):  # type: ignore[misc]
    """A slider over values that are not evenly apart."""


class Slider(_Locked, ipywidgets.IntSlider):  # type: ignore[misc]
    """A slider over whole numbers."""


class Count(_Locked, ipywidgets.BoundedIntText):  # type: ignore[misc]
    """A field for a whole number."""


class Words(_Locked, ipywidgets.Text):  # type: ignore[misc]
    """A field for a word; what is typed counts when it is finished: with Enter, or on leaving the field."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(continuous_update=False, **settings)


class Offered(_Locked, ipywidgets.Combobox):  # type: ignore[misc]
    """A field for a word, with words to choose from."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(continuous_update=False, **settings)


class Writing(_Locked, ipywidgets.Textarea):  # type: ignore[misc]
    """A field for lines of text."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(continuous_update=False, **settings)


class Button(_Locked, ipywidgets.Button):  # type: ignore[misc]
    """A button."""


class Explorer(ipywidgets.VBox):  # type: ignore[misc]
    """Controls above a picture and words.

    A subclass draws in `draw`, which is called under the lock, and calls `refresh` whenever something was chosen.

    Parameters
    ----------
    controls
        They stand beside each other, as far as there is room.
    more
        What stands below them.
    words_first
        Whether the words stand above the picture: where they are few, and change with every control.
    least
        The least width of a control.
    """

    def __init__(
        self,
        controls: Sequence[ipywidgets.Widget],
        more: Sequence[ipywidgets.Widget] = (),
        *,
        words_first: bool = False,
        least: str = "14rem",
    ) -> None:
        self._picture = ipywidgets.HTML()
        self._words = ipywidgets.HTML()
        self._still: Shown | None = None
        self._summary = ""
        shown = [self._words, self._picture] if words_first else [self._picture, self._words]
        super().__init__([grid(controls, least), *more, *shown])

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

    def still(self) -> Shown | None:
        """What pages without a kernel show."""
        return self._still

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and beside it a still for pages without a kernel: GitHub, nbviewer, exported notebooks."""
        bundle: dict[str, Any] = dict(super()._repr_mimebundle_(**kwargs) or {})
        with LOCK:
            still = self.still()
            data, told = ({}, {}) if still is None else still.still()
            return bundle | data | {"text/plain": self._summary}, told
