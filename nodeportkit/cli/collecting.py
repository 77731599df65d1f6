"""A cluster asked by way of kubectl, with the rights and the context of whoever types."""

from __future__ import annotations

import re
import subprocess
from typing import Any, Final
from urllib.parse import urlencode

from nodeportkit.errors import NodePortKitError, ReadError
from nodeportkit.live.listing import told
from nodeportkit.live.server import Refused, Unreachable
from nodeportkit.untrusted import seen

__all__ = ["collected"]

# How kubectl tells what a server answered (k8s.io/kubectl pkg/cmd/util/helpers.go), by the reasons that matter here.
_REFUSED: Final = re.compile(r"Error from server(?: \((\w+)\))?:")
_CODES: Final = {"Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "Expired": 410, "Gone": 410}
_ANY: Final = 500


def collected(
    context: str | None, kubeconfig: str | None, namespace: str | None
) -> tuple[list[bytes], list[NodePortKitError]]:
    """What an API server tells of nodes, services, pods and what else bears on node ports, and what it refused to tell.

    Raises
    ------
    ReadError
        If kubectl is not there.
    Refused, Unreachable
        If it gets no answer.
    """
    return told(_Kubectl(context, kubeconfig), namespace)


class _Kubectl:
    """Who asks: see `nodeportkit.live.listing.Answering`."""

    def __init__(self, context: str | None, kubeconfig: str | None) -> None:
        self._server = [
            *(["--context", context] if context else []),
            *(["--kubeconfig", kubeconfig] if kubeconfig else []),
        ]
        self._name = context or "the current context"

    def get(self, path: str, **query: Any) -> bytes:
        """See `Answering`."""
        asked = f"{path}?{urlencode(query)}" if query else path
        try:
            done = subprocess.run(["kubectl", "get", "--raw", asked, *self._server], capture_output=True, check=False)
        except OSError as error:
            raise ReadError(
                f"kubectl cannot be run: {error.strerror}",
                hint="Install it, or give files of what it prints elsewhere: kubectl get svc,pods,nodes,endpointslices -A -o json",
            ) from error
        if not done.returncode:
            return done.stdout
        said = _said(done.stderr)
        if refused := _REFUSED.search(said):
            raise Refused(_CODES.get(refused[1] or "", _ANY), f"{path}: {said}", source=self._name)
        raise Unreachable(f"kubectl got no answer: {said}", source=self._name)


def _said(errors: bytes) -> str:
    """What kubectl complained of, on one line."""
    lines = dict.fromkeys(line.strip() for line in errors.decode("utf-8", "replace").splitlines() if line.strip())
    return seen("; ".join(lines)) or "it said nothing"
