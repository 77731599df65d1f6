"""Pieces of the page: text is untrusted and escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from nodeportkit.figures.theme import css_variables
from nodeportkit.untrusted import shown

__all__ = ["STYLE", "cell", "code", "counts", "shown", "table"]


STYLE: Final = (
    f":root{{color-scheme:light dark;{css_variables(dark=False)}}}"
    f"@media (prefers-color-scheme:dark){{:root{{{css_variables(dark=True)}}}}}"
    """
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:2rem 1.25rem 4rem;background:var(--npk-paper);color:var(--npk-ink);
 font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem}
h2{font-size:1.25rem;margin:2.6rem 0 .6rem;padding-top:.8rem;border-top:1px solid var(--npk-edge)}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p{margin:.35rem 0;max-width:60rem}
a{color:var(--npk-node-port)}
.muted,caption{color:var(--npk-muted)}
.counts{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.2rem 0}
.counts div{flex:1 1 8rem;background:var(--npk-panel);border:1px solid var(--npk-edge);border-radius:6px;padding:.6rem .9rem}
.counts b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.counts .error b{color:var(--npk-wrong)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem;margin:.4rem 0}
caption{text-align:left;padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--npk-edge)}
th{font-weight:600;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.object{overflow-wrap:anywhere;width:34%;min-width:12rem;font-weight:600}
td.object span{display:block;font-weight:400;font-size:.85rem;color:var(--npk-muted)}
code{font:.86rem/1.45 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;
 background:var(--npk-panel);border:1px solid var(--npk-edge);border-radius:3px;padding:.1em .4em}
td code{display:inline-block;margin-top:.35rem}
details{border:1px solid var(--npk-edge);border-radius:6px;margin:.5rem 0;padding:0 .9rem}
summary{cursor:pointer;padding:.55rem 0;font-weight:600}
summary small{font-weight:400;color:var(--npk-muted)}
details>:last-child{margin-bottom:.7rem}
.mark{display:inline-block;min-width:5.2em;font-size:.8rem;font-weight:700;text-align:center;border:1.5px solid;border-radius:3px;
 padding:0 .45em;margin-right:.6em}
.mark.error{color:var(--npk-on-colour);background:var(--npk-wrong);border-color:var(--npk-wrong)}
.mark.warning{color:var(--npk-wrong)}
.mark.note{color:var(--npk-muted)}
figure{margin:1rem 0;padding:.5rem;border:1px solid var(--npk-edge);border-radius:6px;overflow-x:auto}
figure svg{min-width:38rem;display:block;margin:0 auto}
@media (max-width:44rem){
 body{overflow-wrap:anywhere}
 thead{display:none}
 tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--npk-edge)}
 td,td.number{display:block;width:auto!important;min-width:0!important;text-align:left;white-space:normal;border:0;padding:.1rem 0}
}
@media print{
 :root{color-scheme:light;"""
    + css_variables(dark=False)
    + """}
 body{max-width:none;padding:0;font-size:10.5pt}
 details::details-content{content-visibility:visible!important;display:block!important}
 details>*{display:block}
 tr,figure,.counts div{break-inside:avoid}
 h2,h3,summary{break-after:avoid}
 figure svg{min-width:0;width:100%}
}
"""
)


def code(text: str) -> str:
    """A command to copy; nothing where there is none."""
    return f"<code>{shown(text)}</code>" if text else ""


def cell(text: object, style: str = "") -> str:
    """A cell of a table that holds text."""
    return f'<td class="{style}">{shown(text)}</td>' if style else f"<td>{shown(text)}</td>"


def table(headings: Sequence[str], rows: Iterable[Iterable[str]], caption: str, *, numbers: Sequence[str] = ()) -> str:
    """A table of cells that are HTML already."""
    head = "".join(
        f'<th scope="col" class="{"number" if name in numbers else "text"}">{shown(name)}</th>' for name in headings
    )
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{shown(caption)}"><table><caption>{shown(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def counts(told: Mapping[str, tuple[str, str]]) -> str:
    """Numbers side by side: name -> (number, style)."""
    return '<div class="counts">' + "".join(
        f'<div class="{style}"><b>{shown(number)}</b>{shown(name)}</div>' for name, (number, style) in told.items()
    ) + "</div>"  # fmt: skip
