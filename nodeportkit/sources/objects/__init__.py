"""Kubernetes objects as YAML, JSON or Python dicts -> fragments of frames: import the form in which they are written."""
