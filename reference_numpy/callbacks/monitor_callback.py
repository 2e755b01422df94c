"""The base of the callbacks that watch one number of the logs."""

import warnings

from reference_numpy.callbacks.callback import Callback


class MonitorCallback(Callback):
    """Knows whether a number has got better.

    Args:
        monitor: name of the number in the logs.
        mode: `"min"` or `"max"`, what is better; `"auto"` finds out: a loss is to fall, a metric
            goes as its class says.
        baseline: the first number to beat.
        min_delta: by how much a number must be better to count.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        baseline: float | None = None,
        min_delta: float = 0,
    ):
        if mode not in ("auto", "min", "max"):
            warnings.warn(
                f"{type(self).__name__} mode '{mode}' is unknown, fallback to auto mode.",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor, self.mode, self.best = monitor, mode, baseline
        self.min_delta = abs(min_delta)
        self.direction = None

    def find_direction(self):
        """Find out, once, which way is better: of the model's metrics where the mode is `"auto"`.

        Raises:
            ValueError: if the number is neither a loss nor a metric that knows its direction.
        """
        if self.direction is None:
            self.direction = self.mode if self.mode != "auto" else self.direction_of_metric()

    def direction_of_metric(self):
        """`"min"` or `"max"`."""
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", []):
            if metric.name == name and getattr(metric, "direction", None):
                return "max" if metric.direction == "up" else "min"
        if name == "loss":
            return "min"
        raise ValueError(
            f"{type(self).__name__} callback received monitor={self.monitor}, but it is not known "
            "whether that metric should be maximized or minimized. Pass `mode='max'` or "
            "`mode='min'`."
        )

    def is_improvement(self, value, reference):
        """Whether `value` is better than `reference` by more than `min_delta`."""
        self.find_direction()
        if reference is None:
            return True
        if self.direction == "min":
            return value + self.min_delta < reference
        return value - self.min_delta > reference
