"""Pods as JSON -> frames, beside the official client's models and a bare typed decode of the same bytes."""

from __future__ import annotations

import gc
import inspect
import json
import os
from pathlib import Path
from types import SimpleNamespace

from benchmarks.inputs import pods_as_json, sized
from benchmarks.measure import apart, real_seconds
from benchmarks.results import Result

_SAMPLE = 1_000  # pods that the client's models are made of: all of them would take minutes


def run(folder: Path, shares: tuple[float, ...]) -> Result:
    rows: list[dict[str, str]] = []
    reached: list[dict[str, float]] = []
    # The full size twice: of pods that say much of themselves, and of plain ones.
    for share, plain in (*((share, False) for share in shares), (shares[-1], True)):
        path, (pods, _, _) = pods_as_json(folder, share, plain=plain), sized(share)
        size = path.stat().st_size
        ours, bare = apart(read, str(path)), apart(decode, str(path))
        client = apart(make_models, str(path))
        last = {
            "bare": ours["seconds"] / bare["seconds"],
            "client": client["seconds"] / _SAMPLE / (ours["seconds"] / pods),
            "memory": ours["peak"] / size,
        }
        if share == shares[-1]:
            reached.append(last)
        rows.append(
            {
                "pods": f"{pods:,}" + (" plain" if plain else ""),
                "file": f"{size / 1e6:.0f} MB",
                "nodeportkit.read": f"{ours['seconds']:.2f} s",
                "processors, together": f"{ours['worked']:.2f} s",
                "bare msgspec decode": f"{bare['seconds']:.2f} s",
                "times the bare decode": f"{last['bare']:.1f}",
                "a pod as a model of the client": f"{client['seconds'] / _SAMPLE * 1e6:.0f} µs",
                "times faster than that": f"{last['client']:.0f}",
                "peak memory / file": f"{last['memory']:.1f}",
            }
        )
    return Result(
        "Pods as JSON",
        "`nodeportkit.read` of `kubectl get pods -A -o json`: the file read, decoded and made into typed frames; by more than "
        "one process where there are processors and much to read. Beside it msgspec decoding the same bytes, read before, into "
        "the same types with the garbage collector off, all of them kept; and the models of the `kubernetes` client, made of "
        f"{_SAMPLE:,} pods. Time is that of the clock, and memory that of all processes. Plain pods have no arguments, probes, "
        "resources and mounts.",
        rows,
        [
            ("at most 3 times a bare typed decode", all(one["bare"] <= 3 for one in reached)),
            ("a pod at least 40 times faster than the client's models", all(one["client"] >= 40 for one in reached)),
            ("peak memory at most 3 times the file", all(one["memory"] <= 3 for one in reached)),
        ],
    )


def read(path: str) -> dict[str, float]:
    import nodeportkit

    reader = nodeportkit.read
    reader('{"apiVersion": "v1", "kind": "PodList", "items": []}')  # what imports cost is another benchmark
    before = sum(os.times()[:4])
    took, cluster = real_seconds(lambda: reader(path))
    return {"seconds": took, "worked": sum(os.times()[:4]) - before, "pods": len(cluster.pods)}


def decode(path: str) -> dict[str, float]:
    """Decode the fields that the frames need, each as what it is, and all pods at once; they are not even freed."""
    import msgspec

    from nodeportkit.sources.objects.pods.types import Pod

    content = Path(path).read_bytes()
    decoder = msgspec.json.Decoder(msgspec.defstruct("PodList", [("items", list[Pod])]))
    gc.disable()
    took, listed = real_seconds(lambda: decoder.decode(content))
    return {"seconds": took, "pods": len(listed.items)}


def make_models(path: str) -> dict[str, float]:
    from kubernetes.client import ApiClient

    items = json.loads(Path(path).read_bytes())["items"][:_SAMPLE]
    text, client = json.dumps({"kind": "PodList", "apiVersion": "v1", "items": items}), ApiClient()
    if "content_type" in inspect.signature(client.deserialize).parameters:
        took, listed = real_seconds(lambda: client.deserialize(text, "V1PodList", "application/json"))
    else:
        took, listed = real_seconds(lambda: client.deserialize(SimpleNamespace(data=text), "V1PodList"))
    return {"seconds": took, "pods": len(listed.items)}
