"""The addresses that a command and its arguments tell a program to listen on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

__all__ = ["binds"]

# Nothing but an address ever leaves this module: other arguments may hold secrets.
_ADDRESS: Final = re.compile(
    r"(?:[a-z][a-z0-9+]*://)?"
    r"(?P<address>(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]|localhost|\*|)(?::\d{1,5})?|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*)/?",
    re.IGNORECASE,
)
# Options that say in their names that they are about listening, and those that servers call so: `--host` of uvicorn and
# flask, `--ip` of jupyter, `--urls` of ASP.NET, `--web.listen-address` of Prometheus, `--bind_ip` of mongod.
_OPTION: Final = re.compile(
    r"--?(?:(?:[a-z0-9]+-)*(?:listen|bind)(?:-(?:address(?:es)?|addr|host|ip|ip-all|on|client-urls|peer-urls))?"
    r"|(?:(?:http|https|server|web|grpc)-)?(?:address|addr|host)|ip|urls)",
    re.IGNORECASE,
)
# gunicorn and `rails server` -b, memcached -l, `php` -S.
_SHORT: Final = ("-b", "-l", "-S")
_BLANK: Final = re.compile(r"\s")
_COMMANDS: Final = ("runserver",)  # Django's takes its address without an option


def binds(words: Iterable[str | None]) -> list[str]:
    """The addresses to listen on that a command line names, in order, each once.

    Parameters
    ----------
    words
        The command and its arguments; a word that is a line of shell is taken apart.

    Examples
    --------
    >>> binds(["gunicorn", "--bind=127.0.0.1:8000", "app", "--password", "127"])
    ['127.0.0.1:8000']
    >>> binds(["sh", "-c", "exec uvicorn main:app --host 127.0.0.1 --port 80"])
    ['127.0.0.1']
    """
    plain = [part for word in words for part in _parts(word or "")]
    return list(dict.fromkeys(address for value in _values(plain) for address in _addresses(value)))


def _parts(word: str) -> Sequence[str]:
    if not _BLANK.search(word):
        return (word,)
    try:
        return shlex.split(word, comments=False)
    except ValueError:  # a quote without its fellow
        return word.split()


def _values(words: Sequence[str]) -> Iterator[str]:
    """What stands where an address to listen on does."""
    for word, following in pairwise((*words, "")):
        if not word.startswith("-"):
            if word in _COMMANDS:
                yield following
            continue
        option, equals, value = word.partition("=")
        if word in _SHORT:
            yield following
        elif option in _SHORT:
            yield value
        elif word[:2] in _SHORT and not word.startswith("--"):
            yield word[2:]
        elif _tells_to_listen(option):
            yield value if equals else following


@lru_cache(maxsize=1024)  # a cluster has few options, and many containers
def _tells_to_listen(option: str) -> bool:
    return _OPTION.fullmatch(option.replace("_", "-").replace(".", "-")) is not None


def _addresses(value: str) -> Iterator[str]:
    for part in re.split(r"[,;]", value):
        match = _ADDRESS.fullmatch(part.strip())
        if match and match["address"]:
            yield match["address"]
