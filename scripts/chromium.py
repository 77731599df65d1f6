"""The Chromium that the browser tests drive: find it, or install one.

``python scripts/chromium.py`` installs what is missing: Debian's packages on Debian for root, else the browser that
Playwright brings for the current user.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PLAYWRIGHT = (sys.executable, "-m", "playwright")


def find_chromium() -> Path | None:
    """Give the path of a Chromium that is installed, a system one before Playwright's own."""
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def driver_starts() -> bool:
    """Tell whether Playwright's driver runs: the Node.js that it brings asks for a library that a small Debian lacks."""
    return subprocess.run([*PLAYWRIGHT, "--version"], capture_output=True, check=False).returncode == 0


def is_debian() -> bool:
    # Not Ubuntu and others like it: their chromium package is an empty one that asks for snap.
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def install(*packages: str) -> None:
    subprocess.run(["apt-get", "update", "-q"], check=True)
    subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], check=True)


def main() -> None:
    root_on_debian = os.geteuid() == 0 and is_debian()
    try:
        if not driver_starts():
            if not root_on_debian:
                sys.exit("Playwright's driver does not start. On Debian and Ubuntu: sudo apt-get install libatomic1")
            install("libatomic1")
        if find_chromium() is None:
            if root_on_debian:
                install("chromium", "fonts-liberation")  # without a font a page has no letters
            else:
                subprocess.run([*PLAYWRIGHT, "install", "chromium"], check=True)
    except subprocess.CalledProcessError as error:
        sys.exit(f"No Chromium for the browser tests: {' '.join(error.cmd)} failed")
    print("Browser tests use", find_chromium())


if __name__ == "__main__":
    main()
