"""A real JupyterLab in a real browser, and what a person does there: open a notebook, run it, look, choose, drag.

``Server`` runs JupyterLab on a folder of notebooks. ``NotebookPage`` is one notebook open in Chromium. Both wait for what
they need and fail with what was on the page instead.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Page, expect

# Cells out of sight stay in the page, so that tests see all outputs; and no news from elsewhere.
SETTINGS = {
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
}
TOKEN = "only-for-this-test"
START_SECONDS = 60
RUN_SECONDS = 120
DRAW_SECONDS = 60

OUTPUT = ".jp-OutputArea-output"
# An icon is an svg as well: a picture is one that fills some of the screen.
PICTURES = """areas => areas.flatMap(area => [...area.querySelectorAll('svg, img')])
    .filter(it => it.checkVisibility() && it.getBoundingClientRect().width > 150)
    .filter(it => it.tagName !== 'IMG' || it.naturalWidth > 0)
    .map(it => it.tagName === 'IMG' ? it.src : it.outerHTML)"""


class Server:
    """JupyterLab on 127.0.0.1, serving one folder, with a home of its own, as long as the ``with`` block lasts."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home
        self.log = home / "jupyter.log"

    def __enter__(self) -> Self:
        runtime = self.home / "runtime"
        for name, settings in SETTINGS.items():
            path = self.home / "settings" / "@jupyterlab" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings))
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "XDG_"))},
            "HOME": str(self.home),
            "JUPYTER_RUNTIME_DIR": str(runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
        command += ["--ServerApp.port=0", f"--ServerApp.root_dir={self.folder}", f"--IdentityProvider.token={TOKEN}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.address = self.wait_for_address(runtime / f"jpserver-{self.process.pid}.json")
        return self

    def wait_for_address(self, note: Path) -> str:
        """The server writes a note about itself when it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                return json.loads(note.read_text())["url"].rstrip("/")
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"JupyterLab did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()  # it ends its kernels first
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class NotebookPage:
    """One notebook in the browser."""

    def __init__(self, page: Page, server: Server, notebook: str) -> None:
        self.page = page
        # "reset" forgets which tabs the test before had open.
        page.goto(f"{server.address}/lab/tree/{notebook}?reset&token={TOKEN}")
        # Whoever runs a cell before the kernel has answered is asked in a dialog which kernel to take.
        expect(page.get_by_text(" | Idle")).to_be_visible(timeout=START_SECONDS * 1000)

    def run_all(self) -> None:
        """Run all cells through the menu, and wait until the kernel has nothing left to do."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        prompts = self.page.locator(".jp-CodeCell .jp-InputArea-prompt")
        expect(prompts.first).to_have_text(re.compile(r"\[\d+\]:"), timeout=RUN_SECONDS * 1000)
        expect(prompts.filter(has_text="[*]")).to_have_count(0, timeout=RUN_SECONDS * 1000)

    def errors(self) -> list[str]:
        """The errors and warnings on the page, also those in an Output widget, and widgets that could not be drawn."""
        kinds = "[data-mime-type$='.error'], [data-mime-type$='.stderr'], .jupyter-widgets-error-widget"
        return self.page.locator(f"{OUTPUT}:is({kinds}), {OUTPUT} :is({kinds})").all_inner_texts()

    def pictures(self) -> list[str]:
        """The pictures that one sees in the outputs: each as its drawing or its source."""
        return self.page.locator(f".jp-OutputArea-child > {OUTPUT}").evaluate_all(PICTURES)

    def wait_for_pictures(self, count: int) -> list[str]:
        """Wait until as many pictures are seen, and give them."""
        return self.wait_for(lambda: len(self.pictures()) >= count, f"{count} pictures")

    def wait_for_change(self, before: list[str]) -> list[str]:
        """Wait until the pictures are others than before, as many as before, and give them."""
        return self.wait_for(
            lambda: self.pictures() != before and len(self.pictures()) == len(before), "a picture that changed"
        )

    def wait_for(self, holds: Callable[[], bool], what: str) -> list[str]:
        deadline = time.monotonic() + DRAW_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"not seen within {DRAW_SECONDS} s: {what}, but {len(self.pictures())} pictures")
            self.page.wait_for_timeout(50)
        return self.pictures()

    def choose(self, description: str, option: str, *, widget: int = 0) -> None:
        """Choose an option of the dropdown with these words beside it; `widget` counts those of equal words."""
        self.page.get_by_label(description, exact=True).nth(widget).select_option(option)
