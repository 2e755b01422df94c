"""On what a comparison ran: machine, versions, precision."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

BLAS_THREADS = 1  # of the NumPy column

PACKAGES = (
    "keras-side-by-side",
    "numpy",
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "scikit-learn",
    "pandas",
)


def machine() -> dict:
    """Processor, cores, system, Python and the packages' versions."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = None
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def column(implementation: str, backend, device: str) -> dict:
    """Device and precision of one column."""
    names = backend.devices() if backend is not None and device == "gpu" else []
    return {
        "implementation": implementation,
        "device": device,
        "device_name": names[0] if names else _processor(),
        "threads": f"{BLAS_THREADS} for products, all cores for convolutions and parts of a batch"
        if backend is None
        else "as the framework sets them",
        "precision": "float32" + (", TF32 as the framework sets it" if names else ""),
    }
