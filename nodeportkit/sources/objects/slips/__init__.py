"""Slips of manifests as people copy them from the web: what is wrong, and the text as it should be."""
