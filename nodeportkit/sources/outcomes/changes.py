"""What kubectl says when it did something: `service/web created`.

The forms are those of k8s.io/cli-runtime pkg/printers/name.go and of the verbs' own printers in kubernetes/kubectl pkg/cmd:
`KIND[.GROUP]/NAME DONE`, and `KIND "NAME" DONE` for delete, for rollout status, and for all verbs up to 1.10.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from nodeportkit.sources.kinds import full_kind
from nodeportkit.sources.reader import Context, Finding, Outcome
from nodeportkit.sources.shell import words

__all__ = ["find"]

# What is printed -> the kind of the outcome. Other words are their own kind.
_KINDS: Final = {
    "serverside-applied": "configured",
    "not labeled": "unchanged",
    "unlabeled": "labeled",
    "patched (no change)": "unchanged",
    "force deleted": "deleted",
    "pruned": "deleted",
    "rolled back": "rolled-back",
    "condition met": "condition-met",
    "successfully rolled out": "rolled-out",
    "image updated": "updated",
    "env updated": "updated",
    "selector updated": "updated",
    "resource requirements updated": "updated",
    "serviceaccount updated": "updated",
    "already cordoned": "unchanged",
    "already uncordoned": "unchanged",
}
_WORDS: Final = words(
    "created configured unchanged deleted edited patched replaced labeled modified annotated scaled autoscaled exposed "
    "restarted paused resumed tainted untainted cordoned uncordoned drained evicted approved"
) | set(_KINDS)
_DONE: Final = re.compile(
    r'(?P<kind>[a-z][a-z0-9.-]*)(?:/(?P<name>[^\s/"]+)| "(?P<quoted>[^"]+)") '
    rf"(?P<done>{'|'.join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))})"
    r"(?: from (?P<namespace>\S+) namespace)?(?P<dry> \((?:server )?dry run\))?(?: \(no change\))?$"
)
_WAITING: Final = re.compile(
    r'Waiting for (?P<kind>[a-z ]+?) (?:"(?P<name>[^"]+)" )?rollout to finish: (?P<message>.*)$'
)
_CANCELLED: Final = re.compile(r"Edit cancelled, no (?:valid )?changes (?:made|were saved)\.?$")
_CONTEXT: Final = re.compile(
    r'(?:Context|User|Cluster) "(?P<name>[^"]*)" (?:created|modified|set)\.$|Switched to context "(?P<to>[^"]*)"\.$'
)

_LAST_WORDS: Final = frozenset(word.split()[-1] for word in _WORDS) | {"namespace", "run)", "change)"}
_FIRST_WORDS: Final = words("Waiting Edit Context User Cluster Switched")


def find(lines: Sequence[str], at: int, context: Context) -> Finding | None:
    """`service/web created`, `service "web" deleted from shop namespace`, `Edit cancelled, no changes made.` and so on."""
    line = lines[at].strip()
    if line.rpartition(" ")[2] not in _LAST_WORDS and line.partition(" ")[0] not in _FIRST_WORDS:
        return None
    if told := _DONE.match(line):
        outcome = _done(told, at, context)
    elif told := _WAITING.match(line):
        details = {"resource": full_kind(told["kind"].rstrip("s")), "message": told["message"]}
        outcome = Outcome("waiting", at + 1, line, details | ({"name": told["name"]} if told["name"] else {}))
    elif _CANCELLED.match(line):
        outcome = Outcome("unchanged", at + 1, line, {"message": line})
    elif told := _CONTEXT.match(line):
        outcome = Outcome(
            "configured", at + 1, line, {"resource": "contexts", "name": told["name"] or told["to"] or ""}
        )
    else:
        return None
    return Finding(at, at + 1, outcomes=(outcome,))


def _done(told: re.Match[str], at: int, context: Context) -> Outcome:
    done = told["done"]
    details: dict[str, Any] = {
        "resource": full_kind(told["kind"]),
        "name": told["name"] or told["quoted"],
        "done": done,
    }
    namespace = told["namespace"] or (context.command.namespace if context.command else None)
    if namespace:
        details["namespace"] = namespace
    if told["dry"]:  # nothing was done
        return Outcome("dry-run", at + 1, told[0], details)
    return Outcome(_KINDS.get(done, done), at + 1, told[0], details)
