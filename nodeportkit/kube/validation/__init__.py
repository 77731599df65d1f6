"""What the API server refuses: the rules of each kind, in the server's words.

The rules look at plain dicts, with defaults filled in (`nodeportkit.kube.defaults`) and, for a Service, with what was
allocated (`nodeportkit.kube.allocation`).
"""

from nodeportkit.kube.validation.checks import KINDS, check_create, check_update, warnings_of
from nodeportkit.kube.validation.field import FieldError
from nodeportkit.kube.validation.status import failure, refusal

__all__ = ["KINDS", "FieldError", "check_create", "check_update", "failure", "refusal", "warnings_of"]
