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
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def column(implementation: str, backend, device: str, precision: str) -> dict:
    """Device, threads and precision of one column, with the settings that bear on them.

    Args:
        precision: in which a Keras column computed.
    """
    names = backend.devices() if backend is not None and device == "gpu" else []
    threads = "as the framework sets them"
    if implementation == "numpy":
        precision = "float32"
        threads = f"{BLAS_THREADS} for products, all cores for convolutions and parts of a batch"
    elif implementation == "keras-torch":
        threads = _setting("OMP_WAIT_POLICY")
    elif implementation == "keras-tensorflow" and not names:
        precision += f", {_setting('TF_ENABLE_ONEDNN_OPTS')}"
    return {
        "implementation": implementation,
        "device": device,
        "device_name": names[0] if names else _processor(),
        "threads": threads,
        "precision": precision + (", TF32 as the framework sets it" if names else ""),
    }


def _setting(name: str) -> str:
    return f"{name}={os.environ[name]}"
