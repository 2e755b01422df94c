"""Peak memory of this process: resident bytes, frameworks and data counted in."""

import resource
import sys
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset_peak() -> None:
    """Start anew, where the system can (Linux); elsewhere the peak is that of the whole process."""
    try:
        _RESET.write_text("5")
    except OSError:
        return


def peak_bytes() -> int:
    """Largest resident size since the last reset, in bytes."""
    try:
        line = next(li for li in _STATUS.read_text().splitlines() if li.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
