"""The Chromium that the browser tests drive: find it, or install one.

``python scripts/chromium.py`` prints its path, after installing it where it was missing: Debian's package on Debian for
root, else the one that Playwright brings for the current user.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_chromium() -> Path | None:
    """Give the path of a Chromium that is installed, a system one before Playwright's own."""
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def install_chromium() -> None:
    """Install Debian's Chromium as root on Debian; Playwright's anywhere else."""
    if os.geteuid() == 0 and is_debian():
        subprocess.run(["apt-get", "update", "-q"], check=True)
        # Without a font package, a page in Chromium has no letters.
        packages = ["chromium", "fonts-liberation"]
        subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def is_debian() -> bool:
    # Not Ubuntu and others like it: their chromium package is an empty one that asks for snap.
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def main() -> None:
    if find_chromium() is None:
        try:
            install_chromium()
        except subprocess.CalledProcessError as error:
            sys.exit(f"No Chromium for the browser tests, and installing one failed: {' '.join(error.cmd)}")
    print("Browser tests use", find_chromium())


if __name__ == "__main__":
    main()
