"""Peak memory of this process: resident bytes, frameworks and data counted in."""

import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset_peak() -> None:
    """Start anew, where the system can (Linux); elsewhere the peak is that of the whole process."""
    try:
        _RESET.write_text("5", "utf-8")
    except OSError:
        return


def peak_bytes() -> int | None:
    """Largest resident size since the last reset, in bytes; None where the system does not tell."""
    try:
        line = next(li for li in _STATUS.read_text("utf-8").splitlines() if li.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration):
        if resource is None:
            return None
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
