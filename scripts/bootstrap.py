"""Make .venv ready: ``python3 scripts/bootstrap.py lab`` or ``... test``.

The Makefile calls it when pyproject.toml has changed. It needs nothing but Python's standard library, uses uv where uv
is installed and pip otherwise, and runs on old Pythons too, if only to say which one is needed.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
EXTRAS = {"lab": "notebook,live,playground", "test": "test"}
OLDEST = (3, 11)  # requires-python in pyproject.toml


def run(*command):
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def works(*command):
    try:
        return subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def uv_works():
    # A pyenv shim may stand on PATH for a uv that the chosen Python does not have, so ask it.
    return shutil.which("uv") is not None and works("uv", "--version")


def install_with_uv(what):
    if not PYTHON.exists():
        # Where this Python is too old, uv finds or fetches one that is not.
        run("uv", "venv", "--python", sys.executable if sys.version_info >= OLDEST else ">=3.11", VENV)
    run("uv", "pip", "install", "--python", PYTHON, "--editable", what)


def install_with_pip(what):
    if sys.version_info < OLDEST:
        sys.exit(
            f"nodeportkit needs Python 3.11 or newer, and this is {sys.version.split()[0]}.\n"
            "Name a newer one (make PYTHON=python3.12 ...), "
            "or install uv, which brings its own: https://docs.astral.sh/uv/"
        )
    if not works(PYTHON, "-m", "pip", "--version"):
        make_venv_with_pip()
    print("pip installs what is needed, in a minute or two.", flush=True)
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", what)


def make_venv_with_pip():
    # Debian keeps ensurepip, without which a venv has no pip, in a package of its own.
    if importlib.util.find_spec("ensurepip") is None:
        if os.geteuid() == 0 and shutil.which("apt-get"):
            run("apt-get", "update", "-q")
            run("apt-get", "install", "-q", "-y", "--no-install-recommends", "python3-venv")
        else:
            sys.exit(
                "This Python cannot make virtual environments with pip in them. On Debian and Ubuntu:\n"
                "    sudo apt-get install python3-venv\n"
                "then run make again. Or install uv, which needs neither: https://docs.astral.sh/uv/"
            )
    run(sys.executable, "-m", "venv", "--clear", VENV)


def main(target):
    what = f".[{EXTRAS[target]}]"
    install = install_with_uv if uv_works() else install_with_pip
    try:
        install(what)
        # Matplotlib looks through the system's fonts once; done here, no lesson has to wait for it, or says so in its output.
        run(PYTHON, "-c", "import matplotlib.font_manager")
    except subprocess.CalledProcessError as error:
        sys.exit(f"Setting up .venv failed at: {' '.join(error.cmd)}")
    # The same JupyterLab settings as on Binder; binder/postBuild says why.
    settings = VENV / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "binder" / "overrides.json", settings)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in EXTRAS:
        sys.exit("usage: python3 scripts/bootstrap.py lab|test")
    main(sys.argv[1])
