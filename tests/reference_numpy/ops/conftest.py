"""How an operation goes through its batch."""

import pytest

from reference_numpy.ops import threads
from reference_numpy.ops import windows as windows_module


@pytest.fixture(params=["one block", "an example a block", "two threads"])
def by_blocks(request, monkeypatch):
    """The batch at once, cut for the cache, and cut for threads."""
    if request.param == "an example a block":
        monkeypatch.setattr(windows_module, "BLOCK_BYTES", 1)
    if request.param == "two threads":
        monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
        monkeypatch.setattr(threads, "_cores", lambda: 2)
