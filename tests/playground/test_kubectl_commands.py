"""What real kubectl prints, command by command: transcripts in tests/fixtures/kubectl, each typed into a namespace of its name.

A transcript has commands behind `$ `, what is to be printed (first what goes to the standard output, then the complaints), and
`[N]` where the exit code is not 0. `...` stands for anything: names, ages, addresses. The prints are those of kubectl and of
kube-apiserver.
"""

import doctest
import re
import shlex
import time
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "fixtures" / "kubectl"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
STEP = re.compile(r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
CODE = re.compile(r"^\[(\d+)\]\n\Z", re.MULTILINE)
SAME = doctest.OutputChecker()
LOOKING = {"get", "describe", "top"}
PATIENCE = 15  # seconds


def steps(transcript):
    for step in STEP.finditer(transcript.read_text()):
        code = CODE.search(step["output"])
        yield step["command"], CODE.sub("", step["output"]), int(code[1]) if code else 0


def typed(cluster, namespace, arguments, code, expected):
    """What kubectl prints; what only looks is asked again for a while, as one does while pods start and end."""
    end = time.monotonic() + (PATIENCE if arguments[0] in LOOKING else 0)
    while True:
        said = cluster.kubectl("-n", namespace, *arguments, code=code, cwd=FOLDER / "manifests")
        as_expected = SAME.check_output(expected, said, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        if as_expected or time.monotonic() > end:
            return as_expected, said
        time.sleep(0.2)


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(cluster, transcript):
    name = transcript.stem
    cluster.kubectl("create", "namespace", name)
    try:
        for command, expected, code in steps(transcript):
            program, *arguments = shlex.split(command)
            assert program == "kubectl"
            as_expected, said = typed(cluster, name, arguments, code, expected)
            assert as_expected, f"{command}\n{said}"
    finally:
        cluster.kubectl("delete", "namespace", name)


def test_there_are_enough():
    commands = {command for transcript in TRANSCRIPTS for command, _, _ in steps(transcript)}
    assert len(commands) >= 150
