"""Workers on the nodes of a Ray cluster: pools as they are here, each in a process there.

What a node needs is this package, in the same version, with the same frameworks; and the files of
one's own under the same names.
"""

import contextlib
import os
import platform
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from comparisons.harness.concept import Settings
from comparisons.harness.runs import fingerprints
from comparisons.harness.runs.jobs import Job
from comparisons.harness.runs.workers import Closed, JobFailed, Pool, WorkerError

#: How long a cluster may go on beginning things on a node that is lost, until it notices.
NOTICED_IN_SECONDS = 60.0
SECONDS_BETWEEN_PLACES = 1.0
#: How long an address may take to answer; Ray itself tries for minutes, and ends the process.
ANSWERS_IN_SECONDS = 10.0
#: How HTTP/2 begins, which Ray speaks, and the kind that the fourth of nine bytes tells in what the
#: other side must begin with, its settings (RFC 9113, 3.4 and 4.1).
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
SETTINGS = 4


def connect(address: str) -> int:
    """Join a running cluster, and give the number of its CPUs.

    Raises:
        ValueError: Ray is not installed, or no cluster answers at the address.
    """
    try:
        import ray
    except ImportError:
        raise ValueError(
            "--cluster: ray is not installed (pip install 'keras-side-by-side[cluster]')"
        ) from None
    try:
        _expect_somebody(address)
        with _own_signals():
            ray.init(address, logging_level="ERROR", log_to_driver=False, ignore_reinit_error=True)
    except (OSError, RuntimeError, ValueError) as error:
        line = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"--cluster {address}: no Ray cluster answers there ({line}); give the host:port that "
            "`ray start --head` printed, or auto on one of its nodes"
        ) from None
    return int(ray.cluster_resources().get("CPU", 0))


def _expect_somebody(address: str) -> None:
    """Raises OSError where nobody listens, or something that is not Ray.

    What names no port, as `auto`, is Ray's to find; so is who answers where all is encrypted.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host:
        return
    place = (host.strip("[]"), port)
    with socket.create_connection(place, ANSWERS_IN_SECONDS) as connection:
        if os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true"):
            return
        connection.sendall(GREETING)
        answer = connection.makefile("rb").read(9)
    if len(answer) < 9 or answer[3] != SETTINGS:
        raise OSError("something else listens there")


def leave() -> None:
    """Leave the cluster, which goes on; its processes that worked for this one end."""
    import ray

    ray.shutdown()


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Keep this process's answer to SIGTERM, which Ray replaces."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Place:
    """A process on a node, which does jobs one after another.

    Args:
        code: digest of the driver's harness and library.
    """

    def __init__(self, settings: Settings, code: str):
        self.same = fingerprints.code_digest() == code
        self.folder = tempfile.TemporaryDirectory(prefix="sidebyside-")
        self.pool = Pool(settings, Path(self.folder.name)).__enter__()

    def run(self, job: Job) -> tuple[str, object]:
        """`"done"` with what the job gave, or why it was not, in one line."""
        node = platform.node()
        if not self.same:
            return "cannot start", f"node {node} has another version of keras-side-by-side"
        try:
            return "done", self.pool.run(job, lambda done, total: None)
        except WorkerError as error:
            return "cannot start", f"node {node}: {error}"
        except JobFailed as failure:
            return "failed", f"node {node}: {failure}"


class RemotePool:
    """Does jobs as a `Pool` does, somewhere on the cluster; a node that is lost costs a retry.

    Args:
        settings: the run's settings.
    """

    cores = ()

    def __init__(self, settings: Settings):
        self.settings = settings
        self._place, self._closed = None, False

    def __enter__(self) -> "RemotePool":
        return self

    def __exit__(self, *error) -> None:
        self._closed = True

    def run(self, job: Job, progress: Callable[[int, int], None]) -> tuple[dict, dict]:
        """What the job gave; see `Pool.run`. Its parts are not told from afar.

        Raises:
            WorkerError: the column cannot start on the node.
            JobFailed: the job failed twice there, or what did it was lost again and again.
            Closed: the pool was closed meanwhile.
        """
        import ray

        deadline = None
        while True:
            if self._closed:
                raise Closed(job.implementation)
            if self._place is None:
                self._place = self._somewhere(spare=deadline is not None)
            try:
                kind, found = ray.get(self._place.run.remote(job))
            except (ray.exceptions.RayError, RuntimeError) as error:
                self._place = None
                deadline = deadline or time.monotonic() + NOTICED_IN_SECONDS
                if time.monotonic() > deadline:
                    reason = str(error).strip().partition("\n")[0]
                    raise JobFailed(
                        f"the cluster lost what did it, again and again: {reason}"
                    ) from None
                time.sleep(SECONDS_BETWEEN_PLACES)
                continue
            if kind == "cannot start":
                raise WorkerError(found)
            if kind == "failed":
                raise JobFailed(found)
            return found

    def _somewhere(self, spare: bool):
        """A new place, on a CPU of its own; `spare`: wherever one is left, for that of a lost one.

        What is left of the cluster may have no CPU that is free.
        """
        import ray

        needs = {"num_cpus": 0 if spare else 1, "num_gpus": int(self.settings.device == "gpu")}
        place = ray.remote(Place).options(scheduling_strategy="SPREAD", **needs)
        return place.remote(self.settings, fingerprints.code_digest())
