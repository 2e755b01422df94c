"""PyTorch: steps one after another, eagerly; its compiler needs another compiler installed."""

import torch

from comparisons.harness.race.loops import DeviceLoop


class Loop(DeviceLoop):
    """Each step gathers its rows on the device."""

    def epoch(self, x, y, order) -> None:
        """A step a row of the order."""
        for chosen in order:
            self.model.train_step((x[chosen], y[chosen]))

    def correct(self, x, y, order) -> int:
        """The number is fetched at the end alone."""
        with torch.no_grad():
            return int(
                sum(
                    (self.model(x[chosen], training=False).argmax(-1) == y[chosen]).sum()
                    for chosen in order
                )
            )
