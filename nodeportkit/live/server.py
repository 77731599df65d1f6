"""An API server as the `kubernetes` client finds and trusts it: by kubeconfig, context, or from within a pod."""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from nodeportkit.errors import NodePortKitError
from nodeportkit.untrusted import seen

__all__ = ["Refused", "Server", "Stream", "Unreachable"]

_CONNECT: Final = 10.0
_READ: Final = 60.0
_AT_ONCE: Final = 16
_CONNECTION: Final = re.compile(r"^(?:<[^>]*>|\w+\([^)]*\)): ")


class Refused(NodePortKitError):
    """An API server that answered, but not with what was asked for.

    Attributes
    ----------
    code
        The HTTP status.
    """

    def __init__(self, code: int, message: str, **places: Any) -> None:
        super().__init__(message, **places)
        self.code = code


class Unreachable(NodePortKitError):
    """An API server that gave no answer, or ceased in the middle of one."""


class Stream(NamedTuple):
    """An answer that goes on: its lines, and what ends it from another thread."""

    lines: Iterator[bytes]
    end: Callable[[], None]


class Server:
    """An API server.

    Parameters
    ----------
    context
        A context of the kubeconfig; without it, the current one.
    kubeconfig
        The file; without it, those of $KUBECONFIG or ~/.kube/config, and else what a pod is given.

    Raises
    ------
    NodePortKitError
        If there is no kubeconfig, or no such context in it, or no `kubernetes` client.
    """

    def __init__(self, context: str | None = None, kubeconfig: str | Path | None = None) -> None:
        self._client = _client(context, kubeconfig)
        self._settings = self._client.configuration
        self._pool = self._client.rest_client.pool_manager
        self._pool.connection_pool_kw["maxsize"] = _AT_ONCE
        self.url = str(self._settings.host).rstrip("/")

    def get(self, path: str, **query: Any) -> bytes:
        """The body of an answer.

        Raises
        ------
        Refused, Unreachable
            If there is no such answer.
        """
        with self._asked(path, query, read=_READ) as answer:
            return bytes(answer.data)

    @contextlib.contextmanager
    def stream(self, path: str, *, silence: float, **query: Any) -> Iterator[Stream]:
        """The lines of an answer as they come; after so many seconds of `silence` it counts as lost."""
        with self._asked(path, query, read=silence) as answer:
            # Releases of urllib3 before 2.3 cannot interrupt a reader: it ends when the server says something, or is silent.
            yield Stream(self._lines(answer), getattr(answer, "shutdown", lambda: None))

    def _lines(self, answer: Any) -> Iterator[bytes]:
        import urllib3

        rest = b""
        try:
            for part in answer.stream(amt=None, decode_content=True):
                *lines, rest = (rest + part).split(b"\n")
                yield from (line for line in lines if line.strip())
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(f"{self.url} broke off", hint=seen(str(error))) from error

    @contextlib.contextmanager
    def _asked(self, path: str, query: dict[str, Any], *, read: float) -> Iterator[Any]:
        import urllib3

        headers = {"Accept": "application/json", "User-Agent": "nodeportkit"}
        # A token that ends soon is fetched anew here: the client asks for it each time.
        for setting in self._settings.auth_settings().values():
            if setting["in"] == "header" and setting["value"]:
                headers[setting["key"]] = setting["value"]
        url = f"{self.url}{path}{'?' + urlencode(query) if query else ''}"
        try:
            answer = self._pool.request(
                "GET",
                url,
                headers=headers,
                preload_content=False,
                retries=False,
                timeout=urllib3.Timeout(connect=_CONNECT, read=read),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(
                f"{self.url} gives no answer ({_why(error)})",
                hint="Does the cluster run, and does `kubectl get nodes` answer with the same kubeconfig?",
            ) from error
        try:
            if answer.status != 200:
                raise self._refusal(answer.status, answer.data, path)
            yield answer
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{self.url} broke off", hint=seen(str(error))) from error
        finally:
            # What was not read to its end cannot be asked again.
            answer.close()
            answer.release_conn()

    def _refusal(self, code: int, body: bytes, path: str) -> Refused:
        try:
            said = msgspec.json.decode(body)["message"]
        except (msgspec.DecodeError, LookupError, TypeError):
            said = body[:200].decode("utf-8", "replace")
        hints = {
            401: "The kubeconfig's user is not known there (any more): log in again.",
            403: "Ask for the right to list it, or give a namespace.",
        }
        return Refused(code, f"{self.url}{path}: {code}: {seen(' '.join(str(said).split()))}", hint=hints.get(code))


def _client(context: str | None, kubeconfig: str | Path | None) -> Any:
    """The client for a context."""
    try:
        import yaml

        kubernetes: Any = importlib.import_module("kubernetes")  # parts of it have types, parts have none
    except ImportError as error:
        raise NodePortKitError(
            "a live cluster is read by the `kubernetes` client", hint="Install it: pip install 'nodeportkit[live]'"
        ) from error
    trouble = kubernetes.config.ConfigException
    file = None if kubeconfig is None else str(Path(kubeconfig).expanduser())
    if file is not None and not Path(file).is_file():
        raise NodePortKitError("there is no such kubeconfig", source=file)
    try:
        client = kubernetes.config.new_client_from_config(config_file=file, context=context, persist_config=False)
    except trouble as error:
        if context is None and file is None:
            with contextlib.suppress(trouble):
                settings = kubernetes.client.Configuration()
                kubernetes.config.load_incluster_config(client_configuration=settings)
                return kubernetes.client.ApiClient(settings)
        raise NodePortKitError(
            seen(" ".join(str(error).split())), source=file or "kubeconfig", hint="See: kubectl config get-contexts"
        ) from error
    except (OSError, ValueError, TypeError, AttributeError, LookupError, yaml.YAMLError) as error:
        said = seen(" ".join(str(error).split()))
        raise NodePortKitError(f"is no kubeconfig ({said})", source=file or "kubeconfig") from error
    return client


def _why(error: BaseException) -> str:
    """What went wrong, without the name of the connection that it went wrong with."""
    return seen(" ".join(_CONNECTION.sub("", str(error)).split()))
