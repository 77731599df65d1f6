"""The pause for the garbage collector."""

import gc
import weakref

import pytest

from nodeportkit.sources.garbage import no_garbage_collection


class Thing:
    def __init__(self):
        self.itself = self


def test_what_was_made_counts_as_old_and_is_garbage_all_the_same_when_nobody_needs_it():
    with no_garbage_collection():
        assert not gc.isenabled()
        thing = Thing()
    assert gc.isenabled()
    assert all(one is not thing for one in gc.get_objects(generation=0))
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert gone() is None


def test_what_somebody_froze_stays_frozen():
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with no_garbage_collection():
            pass
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()


def test_a_collector_that_was_off_stays_off_and_an_error_turns_it_on_again():
    def fail():
        with no_garbage_collection():
            raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        fail()
    assert gc.isenabled()
    gc.disable()
    try:
        with no_garbage_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
