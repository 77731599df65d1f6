"""A walk over the lines of a text: commands, what the readers understand, and what nobody does."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nodeportkit.errors import NodePortKitError
from nodeportkit.sources.command import Command, parse_command, sets_namespace
from nodeportkit.sources.margins import fence, opens
from nodeportkit.sources.marks import Mark, marks, whole_command
from nodeportkit.sources.reader import Context, Finding, Outcome, readers
from nodeportkit.sources.shell import heredoc
from nodeportkit.sources.text import clean

__all__ = ["Scan", "Step", "scan"]


@dataclass(frozen=True, slots=True)
class Step:
    """A command in a terminal transcript and what it printed.

    Attributes
    ----------
    command
        What was typed, without the prompt, continuation lines joined with blanks; a quoted value keeps its lines.
    output
        The lines printed after it, what copying did to them undone, without blank lines at the end.
    line
        The line of the command, counted from 1.
    outcomes
        What the output says about how the command ended.
    parsed
        The command, taken apart.
    typed
        The lines that the command itself takes: continuations and the end of a here-document too.
    """

    command: str
    output: str
    line: int
    outcomes: tuple[Outcome, ...] = ()
    parsed: Command = field(default_factory=lambda: Command(""))
    typed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands in a text.

    Attributes
    ----------
    source
        Where the text comes from.
    steps
        The commands with what they printed, in order.
    findings
        What the readers understood, in order.
    owners
        For each finding the position in `steps` of the command that printed it, or None.
    unread
        The lines that no reader understood, as (line number, text); those in the output of a step are among them.
    errors
        What was wrong with a region that a reader knew and could not read; its lines are in `unread`.
    """

    source: str
    steps: list[Step]
    findings: list[Finding]
    owners: list[int | None]
    unread: list[tuple[int, str]]
    errors: list[NodePortKitError]


@dataclass(slots=True)
class _Open:
    """A step that is being read."""

    command: Command
    typed: list[int]
    output: list[str] = field(default_factory=list)
    fenced: bool = False


def scan(text: str | bytes | Sequence[str], source: str = "text") -> Scan:
    r"""Walk over a text and say what stands where.

    A command is a line with a prompt, or one that begins with a known program as a person would type it (see `prompts`).
    What follows up to the next command is its output; in a text with Markdown fences, only what stands within them. Each
    place that is not blank is offered to the readers; they see the lines up to the next command or fence, no further.

    Parameters
    ----------
    text
        As pasted, or lines as `clean` gives them.
    source
        Where the text comes from, for errors.

    Raises
    ------
    ReadError
        For binary data. What is wrong with a part of the text stands in `Scan.errors`.

    Examples
    --------
    >>> found = scan("$ kubectl create -f svc.yaml\nservice/web created\nHm.")
    >>> found.steps[0].command, found.steps[0].outcomes[0].kind, found.unread
    ('kubectl create -f svc.yaml', 'created', [(3, 'Hm.')])
    """
    lines = clean(text, source) if isinstance(text, str | bytes) else list(text)
    walk = _Walk(lines, source)
    walk.run()
    return walk.result()


class _Walk:
    def __init__(self, lines: list[str], source: str) -> None:
        self.lines = lines
        self.source = source
        self.visible: list[str] = []
        self.findings: list[Finding] = []
        self.owners: list[int | None] = []
        self.unread: list[tuple[int, str]] = []
        self.errors: list[NodePortKitError] = []
        self.steps: list[_Open] = []
        self.step: _Open | None = None
        self.in_fence = False
        self.namespace: str | None = None
        self.ends: dict[str, list[int]] | None = None

    def run(self) -> None:
        at = 0
        for mark in marks(self.lines):
            if mark.at >= at:
                self.read(at, mark.at, output=True)
                at = self.pass_mark(mark)
        self.read(at, len(self.lines), output=True)

    def pass_mark(self, mark: Mark) -> int:
        """Take note of a command, a fence or an empty prompt; where to go on."""
        if mark.typed:
            return self.begin(mark)
        self.unread.append((mark.at + 1, self.lines[mark.at]))
        if not fence(self.lines[mark.at]):
            self.step = None
        else:
            self.in_fence = not self.in_fence or opens(self.lines[mark.at])
            if self.step is not None:
                # A block of output under the block of its command belongs to it; a second one does not.
                done = not self.in_fence and any(self.step.output)
                self.step.fenced = True
                self.step = None if done else self.step
        return mark.at + 1

    def begin(self, mark: Mark) -> int:
        text, after = whole_command(self.lines, mark)
        command = self.in_its_namespace(parse_command(text))
        self.step = _Open(command, list(range(mark.at + 1, after + 1)), fenced=self.in_fence)
        self.steps.append(self.step)
        if word := heredoc(text):
            end = self.end_of(word, after)
            if end is not None:
                self.read(after, end, output=False)
                self.step.typed.append(end + 1)
                return end + 1
        return after

    def in_its_namespace(self, command: Command) -> Command:
        """The command with the namespace that a command before it set for those that name none."""
        if sets_namespace(command):
            self.namespace = command.namespace
        elif command.verb == "config use-context" or command.program == "kubectx":
            self.namespace = None
        elif self.namespace and command.program == "kubectl" and not command.namespace and not command.all_namespaces:
            return command if "--context" in command.text else replace(command, namespace=self.namespace)
        return command

    def learn_namespace(self, found: Finding) -> None:
        """The namespace of the current context, where `kubectl config get-contexts` marks it."""
        if found.table is None or self.step is None or self.step.command.verb != "config get-contexts":
            return
        if not {"CURRENT", "NAMESPACE"} <= set(found.table.frame.columns):
            return
        frame = found.table.frame
        for namespace in frame.loc[frame["CURRENT"] == "*", "NAMESPACE"]:
            self.namespace = namespace or None

    def end_of(self, word: str, start: int) -> int | None:
        """Where the line stands that is nothing but `word`."""
        if self.ends is None:
            self.ends = {}
            for at, line in enumerate(self.lines):
                text = line.strip()
                if text and " " not in text:
                    self.ends.setdefault(text, []).append(at)
        places = self.ends.get(word, [])
        place = bisect_left(places, start)
        return places[place] if place < len(places) else None

    def read(self, start: int, end: int, *, output: bool) -> None:
        """Offer the lines from `start` up to `end` to the readers."""
        if start >= end:
            return
        step = self.step
        if output and step is not None and (self.in_fence or not step.fenced):
            step.output.extend(self.lines[start:end])
        owner = len(self.steps) - 1 if step is not None else None
        context = Context(self.source, step.command if step else None)
        # The readers see the text grow: lines beyond the next command are not theirs, and positions stay what they are.
        self.visible.extend(self.lines[len(self.visible) : end])
        at = start
        while at < end:
            if not self.lines[at]:
                at += 1
                continue
            found = self.ask(at, context)
            if isinstance(found, Finding):
                self.findings.append(found)
                self.owners.append(owner)
                self.learn_namespace(found)
                self.unread.extend((place + 1, self.lines[place]) for place in found.unread if self.lines[place])
                at = min(max(found.end, at + 1), end)
            else:
                self.unread.extend((place + 1, self.lines[place]) for place in range(at, found) if self.lines[place])
                at = found

    def ask(self, at: int, context: Context) -> Finding | int:
        """What the readers make of the place, or the position where to go on."""
        failed: NodePortKitError | None = None
        for reader in readers():
            try:
                found = reader.find(self.visible, at, context)
            except NodePortKitError as error:
                failed = failed or error
            else:
                if found is not None:
                    return found
        if failed is None:
            return at + 1
        self.errors.append(failed)
        last = getattr(failed, "last_line", None)
        return min(last, len(self.visible)) if last and last > at else self.end_of_region(at, failed.line or 0)

    def end_of_region(self, at: int, line: int) -> int:
        """Where the region ends that could not be read: behind the line of its error, at the next blank line."""
        end = max(at + 1, min(line, len(self.visible)))
        while end < len(self.visible) and self.visible[end]:
            end += 1
        return end

    def result(self) -> Scan:
        outcomes: list[list[Outcome]] = [[] for _ in self.steps]
        for owner, finding in zip(self.owners, self.findings, strict=True):
            if owner is not None:
                outcomes[owner].extend(finding.outcomes)
        steps = [
            Step(step.command.text, _output(step.output), step.typed[0], tuple(told), step.command, tuple(step.typed))
            for step, told in zip(self.steps, outcomes, strict=True)
        ]
        return Scan(self.source, steps, self.findings, self.owners, sorted(self.unread), self.errors)


def _output(lines: list[str]) -> str:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return "\n".join(lines[:end])
