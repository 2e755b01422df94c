"""Peak memory, also where the system does not tell it."""

import subprocess
import sys

import pytest


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is reset on Linux alone")
def test_the_peak_counts_what_was_held():
    # In a process of its own: in this one what others freed would be used again.
    script = (
        "import numpy as np\n"
        "from comparisons.harness import memory\n"
        "memory.reset_peak(); before = memory.peak_bytes()\n"
        "held = np.ones(8_000_000)\n"
        "print((memory.peak_bytes() - before) / held.nbytes)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert 0.8 < float(found.stdout) < 1.2, found.stderr


def test_without_the_module_of_unix_there_is_no_peak():
    script = (
        "import sys; sys.modules['resource'] = None\n"
        "from pathlib import Path\n"
        "from comparisons.harness import memory\n"
        "memory._STATUS = memory._RESET = Path('no such file or folder/x')\n"
        "memory.reset_peak(); print(memory.peak_bytes())"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout == "None\n", found.stderr
