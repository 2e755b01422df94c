"""How an operation goes through its batch, and how its arrays lie in memory."""

import numpy as np
import pytest

from reference_numpy.kernels import convolution, threads
from reference_numpy.kernels import windows as windows_module
from reference_numpy.kernels.rows_first import in_rows_first


@pytest.fixture(params=[2**20, 1], ids=["one block", "an example a block"])
def by_blocks(request, monkeypatch):
    """The batch at once, and cut for the cache."""
    monkeypatch.setattr(windows_module, "BLOCK_BYTES", request.param)


@pytest.fixture(params=["channels last", "rows first"])
def lay(request, monkeypatch):
    """Gives an array in a layout, in which it is then computed with."""
    monkeypatch.setattr(convolution, "FEW_CHANNELS", 0)
    monkeypatch.setattr(convolution, "LONG_ROWS", 0)
    return in_rows_first if request.param == "rows first" else np.asarray


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def by_threads(request, monkeypatch):
    """The batch in one thread, and cut for two."""
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    monkeypatch.setattr(threads, "_cores", lambda: request.param)
