"""A NodePort service written anew for what production asks for: LoadBalancer, Ingress, Gateway API."""

from nodeportkit.migration.manifests import Manifests as Manifests
from nodeportkit.migration.rewriting import migrate as migrate

__all__ = ["Manifests", "migrate"]
