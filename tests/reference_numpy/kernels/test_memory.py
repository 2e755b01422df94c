"""Once a model has computed, the memory of freed arrays is there for the next ones."""

import platform
import subprocess
import sys

import pytest

# In a process of its own, whose memory nobody else has touched.
SCRIPT = """
import resource
import numpy as np
import reference_numpy as rn

rn.Sequential([rn.Input((1,)), rn.layers.ReLU()]).predict(np.ones((1, 1)), verbose=0)

def arrays():
    return [np.ones(2**20, "float32") for _ in range(8)]

arrays()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    arrays()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES = 10 * 8 * 4 * 2**20 // 4096


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc's allocator")
def test_arrays_are_made_in_memory_that_is_there():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    assert int(run.stdout) < PAGES / 100
