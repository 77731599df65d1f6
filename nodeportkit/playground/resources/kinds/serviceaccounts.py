"""ServiceAccounts."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("ServiceAccount", "serviceaccounts", short_names=("sa",), answers_object=True)
