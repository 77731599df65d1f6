"""YAML -> objects, as kubectl reads it: safe, bounded, and with the place of whatever is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nodeportkit.errors import ManifestError, ReadError
from nodeportkit.sources.objects.collect import Collector, Objects
from nodeportkit.sources.objects.dict_form import DictForm
from nodeportkit.sources.objects.documents import add_document
from nodeportkit.sources.objects.yaml.documents import Documents
from nodeportkit.sources.objects.yaml.errors import misplaced

__all__ = ["read_yaml"]


class YamlForm(DictForm):
    """Objects written as YAML, read to dicts that know their lines."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def line(self, item: Any) -> int:
        """See `Form.line`."""
        return self._documents.line(item)

    def line_of(self, item: Any, path: str) -> int:
        """See `Form.line_of`."""
        return self._documents.line_of(item, path)


def read_yaml(
    text: str,
    source: str = "text",
    *,
    namespace: str = "default",
    now: datetime | None = None,
    first_line: int = 1,
    slips: bool = True,
) -> Objects:
    r"""What YAML tells of a cluster: one document or many, objects or lists, as kubectl reads them.

    Parameters
    ----------
    text
        The YAML. No-break spaces count as blanks, since pages on the web put them in; `find_slips` tells where they are.
    source
        The file's name, for errors.
    namespace
        The namespace of objects that say none.
    now
        The moment to which ages count; without it they are unknown.
    first_line
        The number of the text's first line in its file, for errors.
    slips
        Whether errors come with the slips found in the text, which takes a look at each line.

    Raises
    ------
    ManifestError
        If it is no YAML that kubectl would take, or a field has another type than Kubernetes gives it: with line and column
        of the file, the slips found, and the corrected text.

    Examples
    --------
    >>> found = read_yaml("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n  - port: 80")
    >>> found.fragments[0].rows[["namespace", "name", "type"]]
      namespace name       type
    0   default  web  ClusterIP
    """
    documents = Documents(text, source, first_line, slips=slips)
    form = YamlForm(documents)
    collector = Collector(form, source, namespace=namespace, now=now)
    try:
        for document in documents:
            if document is not None:
                add_document(collector, form, document)
    except ManifestError:
        raise
    except ReadError as error:
        raise misplaced(error, text if slips else "", source, first_line) from None
    return collector.result()
