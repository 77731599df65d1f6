"""What the API server fills in: defaults, as functions of plain dicts that leave their argument as it is."""

from nodeportkit.kube.defaults.kinds import with_defaults

__all__ = ["with_defaults"]
