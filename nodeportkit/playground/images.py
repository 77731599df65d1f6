"""The images that there are, and what their containers do when nothing else is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Image", "image_of", "name_and_tag"]


@dataclass(frozen=True, slots=True)
class Image:
    """What a container made of the image does.

    Attributes
    ----------
    port
        The port on which it listens where its container declares none; None if it listens on none.
    lasts
        Whether it goes on running without a command; a bare busybox ends at once.
    page
        The file of its first page, if it has one of its own.
    """

    port: int | None = 80
    lasts: bool = True
    page: str | None = None


_KNOWN: Final = {
    "nginx": Image(80, page="nginx.html"),
    "nginx-unprivileged": Image(8080, page="nginx.html"),
    "httpd": Image(80),
    "caddy": Image(80),
    "traefik": Image(80),
    "whoami": Image(80),
    "hello-app": Image(8080),
    "hello-world": Image(None, lasts=False),
    "echo-server": Image(8080),
    "echoserver": Image(8080),
    "http-echo": Image(5678),
    "agnhost": Image(8080),
    "kubia": Image(8080),
    "tomcat": Image(8080),
    "grafana": Image(3000),
    "redis": Image(6379),
    "postgres": Image(5432),
    "mysql": Image(3306),
    "mongo": Image(27017),
    "coredns": Image(53),
    "etcd": Image(2379),
    "kube-apiserver": Image(6443),
    "kube-controller-manager": Image(10257),
    "kube-proxy": Image(None),
    "kube-scheduler": Image(10259),
    "storage-provisioner": Image(None),
    "dashboard": Image(9090),
    "metrics-scraper": Image(8000),
    "pause": Image(None),
    "busybox": Image(None, lasts=False),
    "alpine": Image(None, lasts=False),
    "curl": Image(None, lasts=False),
    "debian": Image(None, lasts=False),
    "ubuntu": Image(None, lasts=False),
    "python": Image(None, lasts=False),
    "node": Image(None, lasts=False),
    "golang": Image(None, lasts=False),
}


def image_of(reference: str) -> Image | None:
    """What is known of an image; None if it cannot be pulled.

    Examples
    --------
    >>> image_of("docker.io/library/nginx:1.27").port, image_of("ngnix")
    (80, None)
    """
    return _KNOWN.get(name_and_tag(reference)[0])


def name_and_tag(reference: str) -> tuple[str, str]:
    """The last part of an image's name, and its tag; "" if it has none.

    Examples
    --------
    >>> name_and_tag("localhost:5000/library/nginx:1.27@sha256:0a1b"), name_and_tag("nginx")
    (('nginx', '1.27'), ('nginx', ''))
    """
    name, _, tag = reference.partition("@")[0].rpartition("/")[2].partition(":")
    return name, tag
