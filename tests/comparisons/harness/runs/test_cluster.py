"""Jobs on a Ray cluster of two nodes: the same results as here, also where a node is lost."""

import importlib.util
import json
import re
import socket
import threading

import pytest

from comparisons.harness.concept import Settings
from comparisons.harness.runs import cluster, runner
from tests.comparisons.harness.fake_house import House

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="ray is not installed"
)

# A cluster of two nodes with a CPU each, on this machine; the second is killed after some jobs.
RUN = """
import sys
import threading
import time
from pathlib import Path

from ray.cluster_utils import Cluster

from comparisons.harness.concept import Settings
from comparisons.harness.runs import runner

# It notices soon that a node is lost, and its processes do not wait for those of other tests.
settings = {
    "worker_niceness": 0,
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_failure_threshold": 2,
}
cluster = Cluster(
    initialize_head=True, head_node_args={"num_cpus": 1, "_system_config": settings}
)
second = cluster.add_node(num_cpus=1)


def lose():
    while len(list(Path("jobs").iterdir())) < 4:
        time.sleep(0.05)
    cluster.remove_node(second, allow_graceful=False)
    Path("lost").touch()


if __name__ == "__main__":
    plan = runner.plan(["slow"], Settings(), ["numpy"], address=cluster.address)
    assert plan.workers == 2
    Path("jobs").mkdir()
    threading.Thread(target=lose, daemon=True).start()
    (found,) = runner.run(plan, Path("results"))
    cluster.shutdown()
    sys.exit("".join(failure["reason"] for failure in found.content["failures"]) or 0)
"""
# Each job leaves a file; while both nodes live, it waits for a job on the other.
BEHAVIOUR = "(HERE.parents[1] / 'jobs' / f'{os.getpid()} {time.time()}').touch(); time.sleep(0.3)"


@needs_ray
def test_a_node_that_is_lost_costs_its_job_a_retry_and_nothing_else(tmp_path):
    house = House(tmp_path / "house")
    house.write("run.py", RUN)
    house.add("slow", BEHAVIOUR, seeds=12)
    process = house.start(before="exec(open('run.py').read())")
    status, _, err = house.finish(process)
    assert status == 0, err
    assert (house.folder / "lost").exists(), "the run ended before the node was lost"
    began = [path.name.split()[0] for path in (house.folder / "jobs").iterdir()]
    assert len(set(began)) >= 2, "the jobs ran in one place"
    content = json.loads((house.folder / "results" / "slow" / "result.json").read_bytes())
    assert content["failures"] == [] and len(content["demonstrations"]) == 12
    assert content["environment"]["workers"] == 2

    here = house.start("run", "slow", "--backends", "numpy", "--out", "here")
    status, _, err = house.finish(here)
    for path in (house.folder / "results" / "slow" / "jobs").glob("*.npz"):
        assert path.read_bytes() == (house.folder / "here/slow/jobs" / path.name).read_bytes()


@needs_ray
@pytest.mark.parametrize("address", ["nonsense", "nowhere.invalid:1", "127.0.0.1:1", "[::1]:x"])
def test_an_address_where_no_cluster_answers_is_told_in_one_line(monkeypatch, address):
    monkeypatch.setenv("RAY_ADDRESS", "")
    said = (
        rf"^--cluster {re.escape(address)}: no Ray cluster answers there \(.+\); give the host:port"
    )
    with pytest.raises(ValueError, match=said) as error:
        runner.plan([], Settings(), None, address=address)
    assert "\n" not in str(error.value)


@needs_ray
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.0 505 Invalid HTTP version\r\n\r\n", "something else listens there"),
        (b"", "something else listens there"),
        (None, "timed out"),
    ],
)
def test_what_is_not_ray_is_told_before_ray_tries_for_minutes(monkeypatch, answer, said):
    monkeypatch.setattr("ray.init", lambda *_, **__: pytest.fail("Ray was asked"))
    monkeypatch.setattr(cluster, "ANSWERS_IN_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()

        def serve():
            connection, _ = server.accept()
            with connection:
                if answer is not None:
                    connection.recv(100)
                    connection.sendall(answer)
                else:
                    done.wait()

        done = threading.Event()
        other = threading.Thread(target=serve)
        other.start()
        try:
            with pytest.raises(ValueError, match=rf"no Ray cluster answers there \({said}\)"):
                cluster.connect(f"{host}:{port}")
        finally:
            done.set()
            other.join()


def test_without_ray_the_option_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(ValueError, match="--cluster: ray is not installed .pip install"):
        runner.plan([], Settings(), None, address="auto")
