"""What the API server would say of a manifest, in its words and in plain ones."""

from nodeportkit.validation.asking import validate

__all__ = ["validate"]
