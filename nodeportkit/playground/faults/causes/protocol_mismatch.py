"""The service passes on UDP, and the application speaks TCP."""

from __future__ import annotations

from nodeportkit.playground.faults.site import Seen, Site

__all__ = ["plant"]


def plant(site: Site) -> Seen:
    """The service passes on UDP, and the application speaks TCP."""
    site.change_port(protocol="UDP")
    return Seen("refused")
