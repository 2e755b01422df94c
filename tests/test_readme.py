"""The README's code in Python runs as it stands there."""

import re
from pathlib import Path

import numpy as np

import reference_numpy as rn

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_parts_and_loops_of_ones_own(tmp_path, monkeypatch):
    (section,) = re.findall(r"^## Parts and loops .+?\n(.+?)^## ", README, re.MULTILINE | re.DOTALL)
    parts, loop = re.findall(r"```python\n(.+?)```", section, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "readme"}
    rn.random.set_seed(0)
    exec(compile(parts, "README.md", "exec"), names)
    model = names["model"]
    assert type(model.layers[0]) is names["Scale"]
    before = model.get_weights()
    start = np.mean(model(np.ones((8, 3), "float32")) ** 2)
    exec(compile(loop, "README.md", "exec"), names)
    assert all((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
    assert names["loss"](names["t"], model(names["x"])) < start


def test_a_model_read_without_keras(tmp_path, monkeypatch):
    (section,) = re.findall(r"^## In Python\n(.+?)^## ", README, re.MULTILINE | re.DOTALL)
    _, reading = re.findall(r"```python\n(.+?)```", section, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    model = rn.Sequential([rn.Input((784,)), rn.layers.Dense(10, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.save("model.keras")
    names = {}
    exec(compile(reading, "README.md", "exec"), names)
    assert names["dx"].shape == (64, 784) and len(names["grads"]) == 2
