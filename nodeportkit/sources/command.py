"""A command line as a person typed it: the program, what it asks for, and of which namespace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nodeportkit.sources.kinds import full_kind, full_kinds
from nodeportkit.sources.prompts import split_prompt
from nodeportkit.sources.shell import split
from nodeportkit.sources.shell import words as word_set

__all__ = ["Command", "parse_command", "sets_namespace"]


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed command line.

    Attributes
    ----------
    text
        The command without its prompt, continuation lines joined.
    program
        `kubectl`, `minikube`, `curl`, ...
    verb
        `get`, `describe`, `service list`, `create`, ...; "" where there is none.
    resources
        The kinds asked for, in full lower-case plural (`services`, `deployments.apps`), as typed where unknown.
    names
        The objects named, without their kind.
    namespace
        From `-n`, `--namespace`; in a transcript also from a command before it that set the namespace for those that name
        none (`kubectl config set-context --current --namespace=shop`). None if none was given.
    all_namespaces
        Whether `-A` or `--all-namespaces` was given.
    output
        The value of `-o`; "" for a table.
    filtered
        Whether a selector, a field selector, a name, a file, a pipe or a screen narrows what is listed, so that an object
        that is not listed may still exist.
    """

    text: str
    program: str = ""
    verb: str = ""
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    namespace: str | None = None
    all_namespaces: bool = False
    output: str = ""
    filtered: bool = False

    @property
    def complete(self) -> tuple[str, ...]:
        """The namespaces of which a listing of this command shows every object: what `Fragment.complete` wants."""
        if self.program != "kubectl" or self.verb != "get" or self.filtered or self.names:
            return ()
        return ("*",) if self.all_namespaces else (self.namespace or "default",)


_KUBECTL: Final = frozenset(("kubectl", "k", "oc", "kubecolor", "microk8s.kubectl"))
_CARRIERS: Final = frozenset(("k3s", "microk8s", "k0s", "minikube"))  # as in `k3s kubectl get nodes`
_MATTERS: Final = _KUBECTL | {"minikube", "curl", "wget", "k3s", "microk8s", "k0s"}

# Options that take a value behind a blank (`kubectl options`, `kubectl VERB --help`, `minikube options`).
_LONG: Final = word_set(
    "--address --as --as-group --as-uid --cache-dir --certificate-authority --chunk-size --client-certificate --client-key "
    "--cluster --cluster-ip --container --context --cpu-percent --env --external-ip --external-name --field-manager "
    "--field-selector --filename --for --format --from-env-file --from-file --from-literal --generator --grace-period "
    "--image --kubeconfig --kustomize --label-columns --labels --limits --load-balancer-ip --max --max-log-requests --min "
    "--name --namespace --node-port --output --overrides --patch --patch-file --pod-running-timeout --pod-selector --port "
    "--profile --protocol --raw --replicas --request-timeout --requests --restart --revision --selector --server "
    "--session-affinity --since --since-time --sort-by --subresource --tail --target-port --tcp --template --timeout "
    "--tls-server-name --to-revision --token --type --user --v --verbosity --vmodule"
)
_SHORT: Final = "noLlfkcsv"
_SHORT_OF_VERB: Final[dict[str, str]] = {
    "logs": "nolcs",
    "patch": _SHORT + "p",
    "minikube": "npov",
    "rollout": "nolfkR",
}
_NARROWING: Final = word_set(
    "-l --selector --field-selector -f --filename -k --kustomize --raw --watch-only --for --types"
)

_TWO_WORDS: Final = frozenset(("auth", "certificate", "config", "rollout", "set"))
# Verbs whose first argument is the name of an object of one kind.
_ONE_KIND: Final = {
    **dict.fromkeys(("attach", "cp", "debug", "exec", "logs", "port-forward", "run"), "pods"),
    **dict.fromkeys(("cordon", "drain", "uncordon"), "nodes"),
}
_KINDLESS: Final = word_set(
    "alpha api-resources api-versions apply auth certificate cluster-info completion config kustomize options plugin proxy "
    "version"
)
_CHANGES_IN_WORDS: Final = frozenset(("annotate", "label", "taint", "set"))
_MINIKUBE_TWO_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "service": ("list",),
    "node": ("list", "add", "delete", "start", "stop"),
    "profile": ("list",),
    "addons": ("list", "enable", "disable", "open", "configure", "images"),
    "image": ("list", "ls", "load", "build", "pull"),
    "config": ("set", "get", "view", "unset", "defaults"),
}


def parse_command(line: str) -> Command:
    """What a command line asks for.

    Of several commands on one line the first of kubectl, minikube, curl and wget counts. `k`, `oc`, `k3s kubectl`,
    `microk8s kubectl` and `minikube kubectl --` count as kubectl; sudo, watch, ssh and the like are looked through.

    Parameters
    ----------
    line
        The line, with or without its prompt.

    Examples
    --------
    >>> parse_command("user@host:~$ sudo k get svc,po -n shop -owide | grep web")
    Command(text='sudo k get svc,po -n shop -owide | grep web', program='kubectl', verb='get',
        resources=('services', 'pods'), names=(), namespace='shop', all_namespaces=False, output='wide', filtered=True)
    """
    text = split_prompt(line.strip())[1].strip()
    commands = split(text)
    if not commands:
        return Command(text)
    chosen = next((simple for simple in commands if simple.program in _MATTERS), commands[0])
    words = list(chosen.words)
    program = chosen.program
    if program in _CARRIERS and words[1:2] == ["kubectl"]:
        words = words[2:] if words[2:3] == ["--"] else words[1:]
        program = "kubectl"
        words[0] = "kubectl"
    if program in _KUBECTL:
        command = _kubectl(text, words[1:])
    elif program == "minikube":
        command = _minikube(text, words[1:])
    elif program == "kubens":
        command = Command(text, program, namespace=next((word for word in words[1:] if word[:1] != "-"), None))
    else:
        verb = next((word for word in words[1:] if word[:1] != "-"), "")
        command = Command(text, program, verb if verb.isalpha() and program not in ("curl", "wget") else "")
    # A screen of watch shows as many lines as it has room for.
    return replace(command, filtered=True) if chosen.piped or text.startswith("watch ") else command


def sets_namespace(command: Command) -> bool:
    """Whether kubectl commands that follow, and name no namespace, are of this command's.

    Examples
    --------
    >>> sets_namespace(parse_command("kubectl config set-context --current --namespace=shop"))
    True
    """
    if not command.namespace:
        return False
    if command.program == "kubens" or command.verb in ("ns", "project"):
        return True
    return command.verb == "config set-context" and "current" in command.text


def _options(words: Sequence[str], short: str) -> Iterator[tuple[str, str]]:
    """Each option as (name, value), each other word as ("", word); what stands behind `--` is the pod's own."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        following = words[at] if at < len(words) else ""
        if word == "--":
            return
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            if not equals and name in _LONG:
                value = following
                at += 1
            yield name, value
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 2):
                if letter in short:
                    rest = word[place:].removeprefix("=")
                    yield f"-{letter}", rest or following
                    at += not rest
                    break
                yield f"-{letter}", ""
        else:
            yield "", word


def _kubectl(text: str, words: Sequence[str]) -> Command:
    # Some letters mean another thing to another verb: `logs -f` follows, `apply -f` takes a file.
    verb = next((value for name, value in _options(words, _SHORT) if not name), "")
    options = list(_options(words, _SHORT_OF_VERB.get(verb, _SHORT)))
    others = [value for name, value in options if not name][1:]
    if verb in _TWO_WORDS and others:
        verb = f"{verb} {others.pop(0)}"
    given = {name: value for name, value in options if name}
    namespace = given.get("-n") or given.get("--namespace") or None
    if verb in ("ns", "project") and others:
        namespace = others.pop(0)
    resources, names = _objects(verb, others)
    everywhere = "-A" in given or given.get("--all-namespaces", "false") != "false"
    return Command(
        text,
        "kubectl",
        verb,
        resources,
        names,
        namespace,
        everywhere,
        given.get("-o") or given.get("--output", ""),
        filtered=bool(names) or not _NARROWING.isdisjoint(given),
    )


def _objects(verb: str, words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds and the names that the words behind a verb of kubectl speak of."""
    first, *_ = verb.split() or [""]
    if first in _CHANGES_IN_WORDS:
        words = [word for word in words if "=" not in word and not word.endswith("-")]
    if not words or first in _KINDLESS:
        return (), ()
    if first in _ONE_KIND and "/" not in words[0]:
        return (_ONE_KIND[first],), (words[0],)
    if first in _ONE_KIND:
        words = words[:1]
    if first == "create":
        kind = full_kind(words[0])
        named = words[2:3] if kind in ("services", "secrets") else words[1:2]
        return (kind,), tuple(named)
    pairs = [word.split("/", 1) for word in words if "/" in word]
    if pairs:
        return tuple(dict.fromkeys(full_kind(kind) for kind, _ in pairs)), tuple(name for _, name in pairs)
    return full_kinds(words[0]), tuple(words[1:])


def _minikube(text: str, words: Sequence[str]) -> Command:
    options = list(_options(words, _SHORT_OF_VERB["minikube"]))
    others = [value for name, value in options if not name]
    verb, *rest = others or [""]
    if rest and rest[0] in _MINIKUBE_TWO_WORDS.get(verb, ()):
        verb = f"{verb} {rest.pop(0)}"
    given = {name: value for name, value in options if name}
    return Command(
        text,
        "minikube",
        verb,
        names=tuple(rest),
        namespace=given.get("-n") or given.get("--namespace") or None,
        output=given.get("-o") or given.get("--output", ""),
    )
