"""Models that are measured in a moment."""

from functools import partial

from comparisons.harness.bench.models import Model, mlp

MODELS = {"small": Model(partial(mlp, hidden=(3,)), "sgd", 4, textbook=False)}
SWEEPS = {"depth": {"depth 1": Model(partial(mlp, hidden=(2,)), "adam", 4, sweep="depth", size=1)}}
