"""Kubernetes objects as YAML, JSON or Python dicts -> fragments of frames."""

from nodeportkit.sources.objects.collect import Objects, Other
from nodeportkit.sources.objects.dict_form import read_objects
from nodeportkit.sources.objects.json_form import read_json
from nodeportkit.sources.objects.slips import find_slips, mend
from nodeportkit.sources.objects.yaml_form import read_yaml

__all__ = ["Objects", "Other", "find_slips", "mend", "read_json", "read_objects", "read_yaml"]
