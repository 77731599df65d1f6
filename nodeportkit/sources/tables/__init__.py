"""The tables that `kubectl get` and `kubectl top` print.

`reader` finds them, `layout` divides their lines into cells, `columns` tells their resource, and one module a resource
(`services`, `pods`, `nodes`, ...) makes rows of frames of them. A new resource is a new module with `KINDS` and `fragments`.
"""

from __future__ import annotations

from nodeportkit.sources.reader import Table

__all__ = ["read_tables"]


def read_tables(text: str | bytes) -> list[Table]:
    r"""Every table printed in a text, in order, with its columns and cells as printed.

    Parameters
    ----------
    text
        What a terminal printed: one table or many, between commands and anything else. What copying does to text is
        undone first.

    Returns
    -------
    list of Table
        `kind`, the resource; `frame`, all text, "" where a cell is blank; `line`, the line of the header.

    Raises
    ------
    ReadError
        For binary data.

    Examples
    --------
    >>> (table,) = read_tables('''
    ... NAME            TYPE       CLUSTER-IP       EXTERNAL-IP   PORT(S)        AGE
    ... myapp-service   NodePort   10.104.148.160   <none>        80:30008/TCP   49s
    ... ''')
    >>> table.kind, table.line, table.frame["PORT(S)"].tolist()
    ('services', 2, ['80:30008/TCP'])
    """
    from nodeportkit.sources.scan import scan

    return [finding.table for finding in scan(text).findings if finding.table is not None]
