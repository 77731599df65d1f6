"""A cluster asked by way of kubectl, with the rights and the context of whoever types."""

from __future__ import annotations

import subprocess
from typing import Final

import click

from nodeportkit.errors import ReadError
from nodeportkit.untrusted import seen

__all__ = ["collected"]

# Never Secrets, and of ConfigMaps only the one that says how kube-proxy is set up.
_RESOURCES: Final = (
    "nodes,services,pods,endpointslices,deployments.apps,replicasets.apps,daemonsets.apps,statefulsets.apps,"
    "networkpolicies.networking.k8s.io,ingresses.networking.k8s.io,events"
)
_PROXY: Final = ("configmap", "kube-proxy", "--namespace", "kube-system", "--ignore-not-found")


def collected(context: str | None, kubeconfig: str | None, namespace: str | None) -> list[bytes]:
    """What kubectl prints of a cluster's nodes, services, pods and what else bears on node ports.

    Raises
    ------
    ReadError
        If kubectl is not there, or gets no answer.
    """
    server = [*(["--context", context] if context else []), *(["--kubeconfig", kubeconfig] if kubeconfig else [])]
    where = ["--namespace", namespace] if namespace else ["--all-namespaces"]
    objects = _kubectl(["get", _RESOURCES, *where, "--output", "json", *server])
    if not objects.stdout.strip():
        raise ReadError(f"kubectl got no answer: {_said(objects.stderr)}", source=context or "the current context")
    if objects.returncode:
        click.echo(f"Not everything could be read: {_said(objects.stderr)}", err=True)
    proxy = _kubectl(["get", *_PROXY, "--output", "json", *server])
    return [objects.stdout, *([proxy.stdout] if proxy.returncode == 0 and proxy.stdout.strip() else [])]


def _kubectl(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["kubectl", *arguments], capture_output=True, check=False)
    except OSError as error:
        raise ReadError(
            f"kubectl cannot be run: {error.strerror}",
            hint="Install it, or give files of what it prints elsewhere: kubectl get svc,pods,nodes,endpointslices -A -o json",
        ) from error


def _said(errors: bytes) -> str:
    """What kubectl complained of, on one line."""
    lines = dict.fromkeys(line.strip() for line in errors.decode("utf-8", "replace").splitlines() if line.strip())
    return seen("; ".join(lines)) or "it said nothing"
