"""What claims and figures read of a result."""

import numpy as np

from comparisons.harness.runs.jobs import Job
from comparisons.harness.runs.results import Result


def test_what_a_demonstration_measured_is_one_number_a_seed_the_mean_over_columns(tmp_path):
    (tmp_path / "jobs").mkdir()
    values = {("numpy", 3): 1.0, ("keras-jax", 3): 2.0, ("numpy", 4): 5.0, ("keras-jax", 4): 7.0}
    for (column, seed), value in values.items():
        name = Job("", "demonstrate", column, "speed", seed).file_name
        np.savez(tmp_path / "jobs" / f"{name}.npz", steps=np.array([0.0, value]))
    demonstrations = [{"function": "speed", "seed": seed} for _, seed in values]
    columns = {"numpy": {}, "keras-jax": {}, "keras-torch": {"missing": "not asked for"}}
    result = Result(tmp_path, {"columns": columns, "demonstrations": demonstrations})
    assert result.measured("speed", lambda arrays: arrays["steps"][-1]) == [1.5, 6.0]
