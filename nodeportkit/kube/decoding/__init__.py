"""How the API server reads an object: which fields its kind has, and of what types they are."""

from nodeportkit.kube.decoding.strict import Mistyped, Unknown, decode

__all__ = ["Mistyped", "Unknown", "decode"]
