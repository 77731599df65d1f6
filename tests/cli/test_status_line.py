"""The line that tells how far long work is, on a real pseudo-terminal, and its absence everywhere else."""

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "tests/fixtures/real-cluster/objects.json"
PROGRAM = Path(sys.executable).parent / "nodeportkit"
ERASE = b"\r\x1b[K"
PATIENCE = 60


class Terminal:
    """A terminal of so many columns, and what was written to it."""

    def __init__(self, columns):
        self.ours, self.theirs = os.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.shown = b""

    def read(self):
        """Take what is there; False if nothing comes any more."""
        try:
            part = os.read(self.ours, 4096) if select.select([self.ours], [], [], PATIENCE)[0] else b""
        except OSError:  # everybody has gone
            part = b""
        self.shown += part
        return bool(part)

    def wait_for(self, text):
        while text not in self.shown:
            assert self.read(), f"{text!r} never came: {self.shown!r}"

    def rest(self):
        os.close(self.theirs)
        while self.read():
            pass
        os.close(self.ours)
        return self.shown


def begin(*arguments, stderr, stdin=subprocess.PIPE, **environment):
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TERM": "xterm", **environment}
    return subprocess.Popen(
        [PROGRAM, *map(str, arguments)], stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=env
    )


def feed_half(process):
    data = REAL.read_bytes()
    process.stdin.write(data[: len(data) // 2])
    process.stdin.flush()
    return data[len(data) // 2 :]


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"LANG": "C"}])
def test_a_terminal_is_told_how_far_it_is_and_nothing_of_it_stays(environment):
    terminal = Terminal(40)
    process = begin("chain", "web", "-", stderr=terminal.theirs, **environment)
    rest = feed_half(process)
    terminal.wait_for(b"Reading standard input: ")
    out, _ = process.communicate(rest, timeout=PATIENCE)
    shown = terminal.rest()
    assert process.returncode == 0
    assert out.startswith(b"web reaches 5 of 6 pods on 3 nodes")
    # Wherever the line goes on it is wiped first, and in the end it is gone.
    lines = shown.split(ERASE)
    assert (lines[0], lines[-1]) == (b"", b"")
    assert all(len(line) < 40 and line.isascii() and line.decode().isprintable() for line in lines)
    assert re.search(rb"Reading standard input: [\d.]+ MB", shown)


def test_neither_pipes_nor_the_quiet_nor_dumb_terminals_are_told():
    terminal = Terminal(80)
    silent = [
        begin("chain", "web", "-", stderr=subprocess.PIPE),
        begin("--quiet", "chain", "web", "-", stderr=terminal.theirs),
        begin("chain", "web", "-", stderr=terminal.theirs, TERM="dumb"),
    ]
    rests = [feed_half(process) for process in silent]
    time.sleep(1.5)  # longer than what is told of begins to take
    for process, rest in zip(silent, rests, strict=True):
        _, err = process.communicate(rest, timeout=PATIENCE)
        assert (process.returncode, err or b"") == (0, b"")
    assert terminal.rest() == b""


def test_an_error_stands_on_a_clean_line():
    terminal = Terminal(80)
    process = begin("chain", "web", "-", stderr=terminal.theirs)
    feed_half(process)
    terminal.wait_for(b"Reading standard input: ")
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert terminal.rest().rpartition(ERASE)[2].startswith(b"nodeportkit: standard input, line ")


def test_ctrl_c_ends_it_at_once_without_a_trace():
    terminal = Terminal(80)
    process = begin("audit", "-", stderr=terminal.theirs)
    feed_half(process)
    terminal.wait_for(b"Reading standard input: ")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE) == 130
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.stdout.close()
    assert terminal.rest().endswith(ERASE + b"\r\n")  # the shell begins on a line of its own
    assert b"Traceback" not in terminal.shown


def test_who_types_the_input_is_not_interrupted():
    terminal = Terminal(80)
    # Its echo would be in what is shown.
    settings = termios.tcgetattr(terminal.theirs)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(terminal.theirs, termios.TCSANOW, settings)
    process = begin("read", "-", stdin=terminal.theirs, stderr=terminal.theirs)
    os.write(terminal.ours, b"NAME  TYPE      CLUSTER-IP  EXTERNAL-IP  PORT(S)       AGE\n")
    # Longer than the line waits; once the typing is over, it may come.
    assert not select.select([terminal.ours], [], [], 1.5)[0]
    os.write(terminal.ours, b"web   NodePort  10.96.7.20  <none>       80:30080/TCP  5d\n\x04")
    out, _ = process.communicate(timeout=PATIENCE)
    assert b"30080" in out
    os.close(terminal.theirs)
    os.close(terminal.ours)
