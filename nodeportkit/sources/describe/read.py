"""`read_describe`: the objects that `kubectl describe` printed, as trees."""

from __future__ import annotations

from nodeportkit.sources.describe.description import Description
from nodeportkit.sources.scan import scan

__all__ = ["read_describe"]


def read_describe(text: str) -> list[Description]:
    r"""Every object that `kubectl describe` printed in the text, in order, with every labelled value and the events.

    Parameters
    ----------
    text
        As pasted from a terminal, with or without commands and other output around it.

    Returns
    -------
    list of Description
        Each with `kind`, `namespace`, `name`, `line`, `tree` and `events`.

    Examples
    --------
    >>> text = '''
    ... Name:         web
    ... Namespace:    shop
    ... Selector:     app=web
    ... Type:         NodePort
    ... Port:         http  80/TCP
    ... NodePort:     http  30080/TCP
    ... Endpoints:    10.244.1.11:8080
    ... '''
    >>> [web] = read_describe(text)
    >>> web.kind, web.name, web.tree.text("NodePort")
    ('services', 'web', 'http  30080/TCP')
    """
    return [description for finding in scan(text).findings for description in finding.descriptions]
