"""Pieces of HTML for widgets, in the colours of the page they stand on. All text is untrusted, and escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from nodeportkit.figures.theme import css_variables
from nodeportkit.untrusted import shown

__all__ = ["STYLE", "command", "paragraph", "sentence", "shown", "table"]


# JupyterLab and Notebook 7, VS Code and Colab each say in their own way that the page is dark.
_DARK: Final = ("[data-jp-theme-light='false'] .npk", ".vscode-dark .npk", "html[theme='dark'] .npk")

STYLE: Final = (
    f"<style>.npk{{{css_variables(dark=False)}}}{','.join(_DARK)}{{{css_variables(dark=True)}}}"
    ".npk{color:var(--npk-ink);line-height:1.5}"
    ".npk p{margin:.25em 0}"
    ".npk-answer{font-weight:600}"
    ".npk-wrong{color:var(--npk-wrong)}"
    ".npk-muted,.npk caption{color:var(--npk-muted)}"
    ".npk code{white-space:pre-wrap;overflow-wrap:anywhere;color:inherit;background:var(--npk-panel);"
    "border:1px solid var(--npk-edge);border-radius:3px;padding:.15em .45em}"
    ".npk-scroll{overflow-x:auto}"
    # Else what is wider than the page makes the page's column wider, and all words are cut with it.
    ".widget-html-content:has(>.npk){min-width:0}"
    ".npk-picture svg{min-width:38rem}"  # narrower, its words could not be read
    ".npk table{border-collapse:collapse;font-size:90%}"
    ".npk caption{text-align:left;padding:.3em 0}"
    ".npk th,.npk td{text-align:left;white-space:nowrap;padding:.15em 1em .15em 0;border-bottom:1px solid var(--npk-edge)}"
    ".npk td{max-width:20em;overflow:hidden;text-overflow:ellipsis}"
    ".npk .npk-number{text-align:right}"
    ".npk td.npk-prose{white-space:normal;max-width:none;min-width:20em;vertical-align:top}"
    # A long table is scrolled by itself, its heading stays.
    ".npk-table{max-height:24rem;overflow-y:auto}"
    ".npk-table th{position:sticky;top:0;background:var(--npk-paper)}"
    # A button that is a cell of a matrix; told apart by its words and its edge, not by its colour alone.
    ".npk.npk-cell{background:var(--npk-panel);color:var(--npk-ink);border:1px solid var(--npk-edge);border-radius:4px;"
    "height:auto;min-height:2.2rem;text-align:left;white-space:normal;line-height:1.3;padding:.25rem .6rem}"
    ".npk.npk-cell-wrong{background:var(--npk-wrong-panel);color:var(--npk-wrong);border-color:var(--npk-wrong)}"
    ".npk.npk-cell-unknown{border-style:dashed;color:var(--npk-muted)}"
    ".npk.npk-cell-chosen{outline:3px solid var(--npk-node-port);outline-offset:-1px;font-weight:700}"
    ".npk-toggle.widget-toggle-buttons,.npk-toggle.jupyter-widget-toggle-buttons{display:flex;align-items:center;gap:.4rem}"
    ".npk-toggle .widget-label{text-align:right}"
    ".npk-label{line-height:1.35;overflow-wrap:anywhere}"
    ".npk ol{margin:.3em 0;padding-left:1.8em}"
    ".npk p,.npk li{overflow-wrap:anywhere}"
    ".npk li{margin:.35em 0;padding:.1em .5em;border-left:3px solid transparent}"
    ".npk li.npk-now{border-left-color:var(--npk-node-port)}"
    ".npk li code{display:inline-block;font-size:90%}"
    "</style>"
)


def sentence(text: str) -> str:
    """With a capital letter and a full stop; a name of a field stays as it is written.

    Examples
    --------
    >>> sentence("the client is a pod"), sentence("externalTrafficPolicy is Local")
    ('The client is a pod.', 'externalTrafficPolicy is Local.')
    """
    first = text.partition(" ")[0]
    return f"{text[:1].upper() if first.islower() else text[:1]}{text[1:].removesuffix('.')}."


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of one of the styles above; nothing where there is no text.

    Examples
    --------
    >>> paragraph("a < b", "wrong")
    '<p class="npk-wrong">a &lt; b</p>'
    """
    return f'<p class="npk-{style or "plain"}">{shown(text)}</p>' if text else ""


def command(text: str) -> str:
    """A command to copy; nothing where there is none."""
    return f"<p><code>{shown(text)}</code></p>" if text else ""


def table(
    columns: Mapping[str, Sequence[str]], caption: str, *, numbers: Sequence[str] = (), prose: Sequence[str] = ()
) -> str:
    """A table with a heading for each column; too long a text is cut, and whole as a tooltip, but where it is `prose`."""
    kinds = ["number" if name in numbers else "prose" if name in prose else "" for name in columns]
    styles = [f'class="npk-{kind}" ' if kind else "" for kind in kinds]
    head = "".join(f'<th {style}scope="col">{shown(name)}</th>' for style, name in zip(styles, columns, strict=True))
    cells = [
        [f'<td {style}title="{shown(text)}">{shown(text)}</td>' for text in texts]
        for style, texts in zip(styles, columns.values(), strict=True)
    ]
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    # What can be scrolled has to be reached by keyboard too.
    return (
        f'<div class="npk-scroll npk-table" tabindex="0" role="region" aria-label="{shown(caption)}"><table>'
        f"<caption>{shown(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
