"""`read_transcript`: the steps of a terminal transcript."""

from __future__ import annotations

from nodeportkit.sources.scan import Step, scan

__all__ = ["Step", "read_transcript"]


def read_transcript(text: str | bytes) -> list[Step]:
    r"""The commands of a terminal transcript, each with what it printed.

    Prompts may be there or not. Without one, a line is a command if it begins with kubectl, minikube, curl or another known
    program as a person would type it; `kubectl get services lists all services.` is a sentence.

    Parameters
    ----------
    text
        A terminal's text as pasted, a whole article too. What stands before the first command is not part of a step.

    Returns
    -------
    list of Step
        In order, each with `command`, `output`, `line` (of the command, counted from 1), and parsed: `outcomes` (connection
        refused, created, not found ...) and `parsed`, the command taken apart.

    Raises
    ------
    ReadError
        For binary data.

    Examples
    --------
    >>> steps = read_transcript('''$ curl http://192.168.59.100:30008
    ... curl: (7) Failed to connect to 192.168.59.100 port 30008 after 0 ms: Connection refused
    ...
    ... $ kubectl get services -n shop
    ... No resources found in shop namespace.
    ... ''')
    >>> [(step.line, step.command, step.outcomes[0].kind) for step in steps]
    [(1, 'curl http://192.168.59.100:30008', 'refused'), (4, 'kubectl get services -n shop', 'empty')]
    """
    return scan(text).steps
