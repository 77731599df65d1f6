"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

# A deadline for one example measures the machine, not the code.
settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder of the texts that tests read."""
    return ROOT / "tests" / "fixtures"
