"""How an operation goes through its batch."""

import pytest

from reference_numpy.kernels import windows as windows_module


@pytest.fixture(params=[2**20, 1], ids=["one block", "an example a block"])
def by_blocks(request, monkeypatch):
    """The batch at once, and cut for the cache."""
    monkeypatch.setattr(windows_module, "BLOCK_BYTES", request.param)
