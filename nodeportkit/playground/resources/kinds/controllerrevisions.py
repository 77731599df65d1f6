"""ControllerRevisions: the templates that StatefulSets and DaemonSets have had."""

from nodeportkit.playground.resources.resource import Resource

__all__ = ["RESOURCE"]

RESOURCE = Resource("ControllerRevision", "controllerrevisions", "apps")
