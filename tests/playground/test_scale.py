"""Many endpoints: in which slices they are, and how few of those change when few of them do."""

import asyncio
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from nodeportkit.playground.api.decoding import Options
from nodeportkit.playground.controllers.slices import MOST, fill
from nodeportkit.playground.resources import find
from nodeportkit.playground.store import Key
from nodeportkit.playground.world import World

ENDS = st.sets(st.integers(0, 450))


def ends(numbers):
    return [{"addresses": [f"10.244.{number >> 8}.{number & 255}"]} for number in sorted(numbers)]


def filled(slices, numbers):
    """The slices as they are once they hold these endpoints; new ones get names of their own."""
    plan = fill([{"metadata": {"name": name}, "endpoints": held} for name, held in slices.items()], ends(numbers))
    count = max([int(name) for name in slices], default=0)
    return {**plan.kept, **{str(count + at): held for at, held in enumerate(plan.new, 1)}}


@given(ENDS, ENDS)
@settings(max_examples=60, deadline=None)
def test_every_endpoint_is_in_one_slice_of_a_hundred_at_most_and_stays_where_it_was(before, after):
    old = filled({}, before)
    assert [len(held) for held in old.values()] == [
        *[MOST] * (len(before) // MOST),
        *filter(None, [len(before) % MOST]),
    ]
    new = filled(old, after)
    held = [end["addresses"][0] for each in new.values() for end in each]
    assert sorted(held) == sorted(end["addresses"][0] for end in ends(after))
    assert all(0 < len(each) <= MOST for each in new.values())
    for name, each in old.items():
        assert [end for end in each if end in new.get(name, [])] == [end for end in each if end in ends(after)]


def test_few_endpoints_change_few_slices():
    """KEP-0752: the slice with room takes what is new, and a slice that loses an endpoint is filled first."""
    old = filled({}, range(250))
    assert [len(held) for held in old.values()] == [100, 100, 50]
    more = filled(old, range(251))
    assert [name for name in old if more[name] != old[name]] == ["3"]
    moved = filled(old, [*range(1, 250), 400])
    assert [name for name in old if moved[name] != old[name]] == ["1"]
    assert filled(old, range(100, 250)).keys() == {"2", "3"}


def test_old_clients_read_a_thousand_addresses_at_most():
    """https://kubernetes.io/docs/concepts/services-networking/service/, over-capacity endpoints."""

    async def story():
        world = World(1)
        store, writer = world.api.store, world.api.writer

        def create(group, version, plural, thing):
            writer.create(find(group, version, plural), "default", thing, Options())

        try:
            spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
            create(
                "", "v1", "services", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}
            )
            for name, numbers, ready in (("a", range(700), True), ("b", range(700, 1200), False)):
                metadata = {"name": f"web-{name}", "labels": {"kubernetes.io/service-name": "web"}}
                listed = [{**end, "conditions": {"ready": ready}} for end in ends(numbers)]
                made = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata}
                made |= {"addressType": "IPv4", "endpoints": listed, "ports": [{"port": 80, "protocol": "TCP"}]}
                create("discovery.k8s.io", "v1", "endpointslices", made)
            until = time.monotonic() + 20
            while (found := store.get("endpoints", Key("default", "web"))) is None or len(found.get("subsets", [])) < 2:
                assert time.monotonic() < until, found
                await asyncio.sleep(0.02)
            return found
        finally:
            await world.close()

    found = asyncio.run(story())
    assert [len(it.get("addresses", [])) for it in found["subsets"]] == [700, 0]
    assert [len(it.get("notReadyAddresses", [])) for it in found["subsets"]] == [0, 300]
    assert found["metadata"]["annotations"] == {"endpoints.kubernetes.io/over-capacity": "truncated"}
