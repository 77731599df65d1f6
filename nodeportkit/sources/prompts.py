r"""Which lines of a transcript a person typed.

A line is a command if one of these holds:

- it begins with a prompt that nothing else looks like (`$ `, `user@host:~$ `, `[root@node ~]# `, `PS C:\\> `, `❯ `);
- it begins with a prompt that other lines begin with too (`# `, `> `, `% `, `! `, a few words and `$ `, an arrow), or is set
  in Markdown's backticks or asterisks, and a known program follows as a person would type it;
- it begins, with no prompt at all, with a known program as a person would type it.

What a shell shows at the right edge of the line (the time, the cluster) was not typed. A screen of `watch` says above itself
what it runs.

As a person would type it: the program's next word is a verb of that program (kubectl, minikube, helm ...) or an address or
option (curl, ssh, ping ...), single blanks stand between them, and the line is no sentence: outside of quotes no argument
is a word such as `the` or `lists`, and none ends with a full stop, a comma, a colon, or a question mark.
"""

from __future__ import annotations

import re
from typing import Final

from nodeportkit.sources.shell import program_of, split, words

__all__ = ["PROGRAMS", "split_prompt", "typed"]

_KUBECTL: Final = words(
    "alpha annotate api-resources api-versions apply attach auth autoscale certificate cluster-info completion config "
    "cordon cp create debug delete describe diff drain edit events exec explain expose get kustomize label logs options "
    "patch plugin port-forward proxy replace rolling-update rollout run scale set stop taint top uncordon version wait "
    "ctx ns nodeport"
)
_VERBS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("kubectl", "k", "kubecolor", "microk8s.kubectl"), _KUBECTL),
    "oc": _KUBECTL | words("login logout new-app new-project project projects rsh status whoami process"),
    "minikube": words(
        "addons cache completion config cp dashboard delete docker-env help image ip kubectl license logs mount node "
        "options pause podman-env profile service ssh ssh-host ssh-key start status stop tunnel unpause update-check "
        "update-context version"
    ),
    "kind": words("build completion create delete export get load version"),
    "k3s": words("kubectl server agent crictl ctr check-config token etcd-snapshot secrets-encrypt"),
    "k3d": words("cluster node registry kubeconfig image version config"),
    "k0s": words("kubectl start stop status kubeconfig"),
    "microk8s": words("kubectl start stop status enable disable config inspect add-node"),
    "docker": words(
        "build compose container context exec image images info inspect kill login logs network port ps pull push restart rm "
        "rmi run start stats stop system tag top version volume"
    ),
    "helm": words(
        "create dependency env get history install lint list ls package plugin pull push repo rollback search show status "
        "template test uninstall upgrade verify version"
    ),
    "kubeadm": words("init join reset token upgrade config certs kubeconfig version"),
    "systemctl": words("status start stop restart enable disable daemon-reload is-active list-units"),
    "git": words("add checkout clone commit diff init log pull push status"),
}
_VERBS["podman"] = _VERBS["nerdctl"] = _VERBS["docker"]
# Their first argument is a place: an address, a name with a dot or a colon, a path, an option.
_PLACED: Final = words(
    "curl wget http https ssh scp ping nc ncat telnet nslookup dig traceroute tracepath cat less vi vim nano tee ls "
    "iptables ip6tables iptables-save ip6tables-save nft ipvsadm conntrack ss netstat tcpdump crictl ctr hey ab wrk jq yq "
    "invoke-webrequest iwr test-netconnection export"
)
_CARRIERS: Final = words("sudo watch env timeout time for while until")
PROGRAMS: Final = frozenset(_VERBS) | _PLACED | _CARRIERS
"""Programs by which a line without a prompt is known as a command."""

_SENTENCE: Final = words(
    "also an and are as because but by can command commands could displays does for from gives has have if into is it its "
    "lets like lists may means of only or our outputs prints returns should shows so that the their then this to used uses "
    "using was we were when where which will with without works would you your"
)
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_BLANKS_INSIDE: Final = re.compile(r"\S(?:  |\t)")

# Prompts that nothing else looks like. Each part has a length, so that no line takes long.
_PROMPT: Final = re.compile(
    r"""(?:\^C)?(?:\([\w.:@/-]{1,60}\)\ ?)?(?:
        \$\ +                                                     # $
      | [\u276f\u03bb\u00bb]\ +                                   # ❯ λ »
      | \[[^\]]{1,120}\]\ ?[$#%>]\ +                              # [root@node ~]#
      | [\w.+-]{1,64}@[\w.-]{1,255}(?:[:\ ][^\s$#%>]{0,200}){0,2}\ ?[$#%>]\ +   # user@host:~$, user@mac ~ %
      | (?:~|/)[^\s$#%>]{0,200}\ ?[$#]\ +                         # ~/lab $, / #
      | (?:ba|z|k|a)?sh-[\d.]{1,8}[$#]\ +                         # bash-5.1$
      | (?:\#\#)?\[command\]                                      # runners of GitHub and Azure
      | PS(?:\ [^>]{0,250})?>\ *                                  # PS C:\Users\x>
      | [A-Za-z]:\\[^<>|*?"]{0,250}>\ *                           # C:\Users\x>
    )""",
    re.VERBOSE,
)
# An empty prompt: nothing was typed.
_BARE: Final = re.compile(_PROMPT.pattern.replace(r"\ +", r"\ *"), re.VERBOSE)
# Prompts that other lines begin with as well: alone on the left, or with what shells show of the time, the cluster, user and
# host, the folder and the branch before a mark or behind an arrow.
_PLAIN_MARKS: Final = re.compile(r"(?:\^C)?(?:[#>%]|!|\+{1,3}|In \[\d{0,5}\]:\s*!?|\d{1,2}[.)])")
_MARKS: Final = "$#%>"
_ARROWS: Final = (
    "\u276f\u279c\u2794\u2192\u27a4\u25b6\u25ba\u203a\u00bb\u03bb\u3009\u27e9\u2717\u2718\u2714\u2500\u257c"
)
_NOT_SHOWN: Final = frozenset("\"'`=;<,")
_WORD: Final = re.compile(rf"(?<![^\s{re.escape(_MARKS + _ARROWS)}\ue000-\uf8ff!+])[\w./~\\][^\s|;&{_ARROWS}]*")
_MOST_SHOWN: Final = 200
_MOST_WORDS: Final = 12
_SET_OFF: Final = re.compile(r"(?P<marks>\d{1,2}[.)] +(?=[`*])|)(?P<by>\*{0,2}`|\*\*)(?P<line>[^`*]+)(?:`\*{0,2}|\*\*)")
_WATCH: Final = re.compile(r"Every \d{1,6}(?:[.,]\d+)?s: +")
# At the right edge, far from what was typed: a time, something in brackets, or glyphs.
_RIGHT: Final = re.compile(r" {4,}(?=\S)(?P<shown>(?:(?! {4})[^#|\\&<>-])(?:(?! {4}).){0,80})$")
_SHOWN_RIGHT: Final = re.compile(r"\d\d?:\d\d|\[[^]]*\]$|\([^)]*\)$|[^\x00-\x7f]")


def split_prompt(line: str) -> tuple[str, str]:
    """The prompt of a line, and what was typed behind it; no prompt: ("", line).

    Examples
    --------
    >>> split_prompt("user@host:~$ kubectl get svc")
    ('user@host:~$ ', 'kubectl get svc')
    >>> split_prompt("# kubectl get svc")
    ('# ', 'kubectl get svc')
    >>> split_prompt("# Heading")
    ('', '# Heading')
    """
    found = _PROMPT.match(line)
    if found:
        return found[0], _without_right_prompt(line[found.end() :])
    found = _BARE.fullmatch(line)
    if found:
        return line, ""
    if found := _WATCH.match(line):
        rest = _without_right_prompt(line[found.end() :])
        if _as_typed(rest):
            return found[0], f"watch {rest}"
    if (found := _SET_OFF.fullmatch(line)) and _as_typed(found["line"]):
        return found["marks"] + found["by"], found["line"]
    start = _behind_doubtful(line)
    return (line[:start], _without_right_prompt(line[start:])) if start else ("", line)


def _behind_doubtful(line: str) -> int:
    """Where a known program stands behind what may be a prompt; 0 if nowhere."""
    words = _WORD.finditer(line, 0, _MOST_SHOWN)
    for _, word in zip(range(_MOST_WORDS), words, strict=False):
        start = word.start()
        head = word[0]
        if head not in PROGRAMS and program_of(head) not in PROGRAMS and "=" not in head:
            continue
        if start and _may_prompt(line[:start].strip()) and _as_typed(_without_right_prompt(line[start:])):
            return start
    return 0


def _may_prompt(shown: str) -> bool:
    if _PLAIN_MARKS.fullmatch(shown):
        return True
    if not shown.strip(">%#") or not _NOT_SHOWN.isdisjoint(shown) or not _SENTENCE.isdisjoint(shown.split()):
        return False
    last = shown[-1]
    return last in _MARKS or "\ue000" <= last <= "\uf8ff" or any(arrow in shown for arrow in _ARROWS)


def _without_right_prompt(line: str) -> str:
    """What was typed, without what the shell shows at the right edge."""
    found = _RIGHT.search(line)
    if found is None or not _SHOWN_RIGHT.search(found["shown"]):
        return line
    before = line[: found.start()]
    return line if before.count("'") % 2 or before.count('"') % 2 else before


def typed(line: str) -> str | None:
    """What a person typed on this line, without the prompt; None if it is no command, "" for a prompt with nothing behind it.

    Examples
    --------
    >>> typed("$ kubectl get svc"), typed("kubectl get svc -n shop"), typed("root@node:~#")
    ('kubectl get svc', 'kubectl get svc -n shop', '')
    >>> typed("kubectl get services lists all services."), typed("minikube        192.168.59.100")
    (None, None)
    """
    prompt, rest = split_prompt(line)
    if prompt or _as_typed(rest):
        return rest
    return None


def _as_typed(line: str) -> bool:
    """Whether a line begins with a known program and goes on as a person would type it."""
    head = line.partition(" ")[0]
    if head not in PROGRAMS and program_of(head) not in PROGRAMS and "=" not in head:
        return False
    plain = _QUOTED.sub('""', line[:2000])
    if _BLANKS_INSIDE.search(plain.partition("#")[0].split("|")[0].rstrip("\\` ")):
        return False
    if head in _CARRIERS and not _SENTENCE.isdisjoint(plain.split()[1:]):
        return False
    commands = split(plain)
    if any(_is_prose(simple.words[0]) for simple in commands[1:]):
        return False
    return any(_sensible(simple.words) for simple in commands[:2])


def _is_prose(word: str) -> bool:
    """Whether a word behind a pipe or a semicolon begins a sentence; of programs, only PowerShell's begin with a capital."""
    return word in _SENTENCE or (word[:1].isupper() and "-" not in word)


def _sensible(typed_words: tuple[str, ...]) -> bool:
    program = program_of(typed_words[0])
    rest = [word for word in typed_words[1:] if word]
    before = rest[: rest.index("--")] if "--" in rest else rest
    bare = [word for word in before if word[0] != "-"]
    if any(word in _SENTENCE or (word[-1] in ".,:?!" and len(word) > 2 and "/" not in word) for word in bare):
        return False
    if program in _VERBS:
        return any(word in _VERBS[program] for word in bare[:3]) or "--help" in rest or "--version" in rest
    if program == "export":
        return bool(rest) and "=" in rest[0]
    if program in _PLACED:
        return any(word[0] in "-$" or any(mark in word for mark in "./:$") or word == "localhost" for word in rest)
    return False
