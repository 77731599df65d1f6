"""Bodies in protobuf, which kubectl's typed commands send and nothing else."""

from nodeportkit.playground.api.protobuf.decoding import MEDIA, decode_body

__all__ = ["MEDIA", "decode_body"]
