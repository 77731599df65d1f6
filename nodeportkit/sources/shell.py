"""A line of shell taken apart into the commands that it runs, nothing executed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["Simple", "heredoc", "program_of", "split", "words"]


def words(text: str) -> frozenset[str]:
    """The words of a text as a set: lists that are read more often than written."""
    return frozenset(text.split())


# A longer line is parsed as far as this: it is no command that a person reads.
_LONGEST: Final = 10_000
_TOKEN: Final = re.compile(
    r"""
    (?P<redirect> \d*(?:<<<|<<-?|&>>?|>>?|<)(?:&\d?-?)? )
  | (?P<word> (?: "(?:[^"\\]|\\.)*" | '[^']*' | \$\([^()]*\) | `[^`]*` | \\. | [^\s"'`\\|&;<>()] | &(?=\w+=) )+ )
  | (?P<operator> \|\|?&? | &&? | ;;? | [()] )
  | (?P<other> \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|\\(.)', re.DOTALL)
_TYPESET: Final = str.maketrans("\u201c\u201d\u2018\u2019", "\"\"''")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=")
_HEREDOC: Final = re.compile(r"(?<!<)<<(?!<)-?\s*([\"']?)([\w.-]+)\1")
# Words before a command that leave the command what it is.
_KEYWORDS: Final = words("do then else { ( ! time if while until exec command nohup builtin")
_CARRIERS: Final = words("sudo watch env timeout xargs ssh time doas docker podman multipass vagrant wsl strace")
_CARRIED: Final = words("kubectl k oc kubecolor curl wget minikube k3s microk8s microk8s.kubectl")


@dataclass(frozen=True, slots=True)
class Simple:
    """One program with its words, quotes taken off, and whether its output goes on to another program."""

    words: tuple[str, ...]
    piped: bool

    @property
    def program(self) -> str:
        """The program's bare name; "" for no words."""
        return program_of(self.words[0]) if self.words else ""


def program_of(word: str) -> str:
    r"""The bare name of a program as typed.

    Examples
    --------
    >>> program_of("/usr/local/bin/kubectl"), program_of(r".\kubectl.exe")
    ('kubectl', 'kubectl')
    """
    name = word.replace("\\", "/").rpartition("/")[2]
    return name[:-4] if name.lower().endswith(".exe") else name


@lru_cache(maxsize=64)  # each line of a command's output asks again
def split(line: str) -> tuple[Simple, ...]:
    """The commands of a line, in order, without redirections, assignments, and words such as sudo before them.

    The quotes and dashes that word processors make are what was typed.

    Examples
    --------
    >>> [simple.words for simple in split("KUBECONFIG=x sudo kubectl get svc 2>&1 | grep web")]
    [('kubectl', 'get', 'svc'), ('grep', 'web')]
    >>> split("kubectl get svc \u2014sort-by=\u201c.metadata.name\u201d")[0].words
    ('kubectl', 'get', 'svc', '--sort-by=.metadata.name')
    """
    found: list[Simple] = []
    words: list[str] = []
    skip = False
    for token in _TOKEN.finditer(line[:_LONGEST] if line.isascii() else line[:_LONGEST].translate(_TYPESET)):
        text = token[0]
        if token.lastgroup == "operator":
            if words:
                found.append(Simple(_carried(words), piped=text in ("|", "|&")))
            words = []
            skip = False
        elif token.lastgroup == "redirect":
            skip = not re.search(r"&(?:\d|-)$", text)
        elif skip:
            skip = False
        elif text.startswith("#"):
            break
        else:
            words.append(_dashes(_QUOTED.sub(_bare, text)))
    if words:
        found.append(Simple(_carried(words), piped=False))
    return tuple(simple for simple in found if simple.words)


def _dashes(word: str) -> str:
    """Word processors make one long dash of two."""
    if word[:1] == "\u2014" or (word[:1] == "\u2013" and len(word.lstrip("\u2013-")) > 1):
        return "--" + word.lstrip("\u2013\u2014-")
    return "-" + word[1:] if word[:1] == "\u2013" else word


def _bare(match: re.Match[str]) -> str:
    double, single, escaped = match.groups()
    if escaped is not None:  # before a letter it divides the folders of a Windows path
        return match[0] if escaped.isalnum() else escaped
    return double if double is not None else single


def _carried(words: list[str]) -> tuple[str, ...]:
    """The words from the program on that does the work: what sudo, watch, ssh or `docker exec` carry."""
    at = 0
    while at < len(words) and (words[at] in _KEYWORDS or _ASSIGNMENT.match(words[at])):
        at += 1
    words = words[at:]
    if not words or program_of(words[0]) not in _CARRIERS:
        return tuple(words)
    flat = [part for word in words for part in (word.split() if " " in word else [word])]
    inner = next((i for i, word in enumerate(flat) if i and program_of(word) in _CARRIED), None)
    if inner is not None:
        return tuple(flat[inner:])
    if words[0] in ("sudo", "doas", "env", "time"):
        rest = next((i for i, word in enumerate(words) if i and word[:1] != "-" and not _ASSIGNMENT.match(word)), None)
        return tuple(words[rest:]) if rest is not None else tuple(words)
    return tuple(words)


def heredoc(line: str) -> str:
    """The word that ends the document which a command line begins; "" where it begins none.

    Examples
    --------
    >>> heredoc("kubectl apply -f - <<'EOF'"), heredoc("grep web <<< $names")
    ('EOF', '')
    """
    found = _HEREDOC.search(line[:_LONGEST]) if "<<" in line else None
    return found[2] if found else ""
