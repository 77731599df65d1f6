"""A JupyterLab and a Chromium for all browser tests of one run, and a page for each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from browser.jupyterlab import NotebookPage, Server
from chromium import find_chromium
from strip_notebooks import NOTEBOOKS

FLAGS = ["--disable-background-networking", "--disable-gpu", "--disable-quic"]


@pytest.fixture(scope="session")
def chromium() -> Path:
    path = find_chromium()
    if path is None and os.environ.get("CI") != "true":
        pytest.skip("no Chromium; `make browser` installs one")
    assert path is not None, "no Chromium, and in CI nothing is skipped"
    return path


# For a module, not for the session: as long as Playwright runs, its event loop does, and no other test can run its own.
@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Chromium's sandbox does not start as root, as in a container; the pages are our own.
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on a copy of the notebooks, to which a test may add its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, folder / "notebooks")
    with Server(folder, tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    yield page
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    request.node.add_report_section("teardown", "page", f"screenshot: {tmp_path / 'page.png'}")
    page.close()


@pytest.fixture
def open_notebook(page: Page, server: Server) -> Callable[[str], NotebookPage]:
    """Open a notebook by its path in the folder that the server serves."""
    return lambda notebook: NotebookPage(page, server, notebook)
