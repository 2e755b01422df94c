"""Another optimizer for every part of a model."""

from reference_numpy.optimizers.optimizer import Optimizer
from reference_numpy.optimizers.optimizer_map import OptimizerMap, check_inner_optimizer
from reference_numpy.serialization import serialize


class MultiOptimizer(Optimizer):
    """Hands every weight to the optimizer that its path is mapped to.

    State: the own number of steps, then that of each optimizer, those of the map's keys first. It
    has no learning rate: each of `optimizers` has its own.

    Args:
        optimizer_map: an `OptimizerMap`, or a function from a path to an optimizer.
        loss_scale_factor: the loss scale of all optimizers.
        name: unique name; None makes one from the class name.

    Raises:
        ValueError: if a weight is mapped to anything but an optimizer that holds no others.
        AttributeError: when the learning rate is asked for or set.
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap,
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ):
        self.optimizers: list[Optimizer] = []
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self.optimizer_map = optimizer_map
        if isinstance(optimizer_map, OptimizerMap):
            for inner in [*optimizer_map.values(), optimizer_map.default_optimizer]:
                self.adopt(inner)

    def adopt(self, inner):
        """The place of an optimizer among `optimizers`, a new one if it is not there."""
        for place, other in enumerate(self.optimizers):
            if inner is other:
                return place
        inner.loss_scale_factor = self.loss_scale_factor
        self.optimizers.append(inner)
        return len(self.optimizers) - 1

    def build(self, weights, paths=None, constraints=None):
        """Find the optimizer of every weight and create its state, once."""
        if self.built:
            return
        self.remember(weights, paths, constraints)
        self.places = []
        for path in self.paths:
            inner = self.optimizer_map(path)
            check_inner_optimizer(inner, path)
            self.places.append(self.adopt(inner))
        for place, inner in enumerate(self.optimizers):
            own = [index for index, other in enumerate(self.places) if other == place]
            if own:
                about = (self.weights, self.paths, self.constraints)
                inner.build(*([values[index] for index in own] for values in about))
        self.built = True

    @property
    def variables(self):
        """The own state, then that of each optimizer."""
        return super().variables + [v for inner in self.optimizers for v in inner.variables]

    @property
    def loss_scale_factor(self):
        """The loss scale of all optimizers."""
        return self._loss_scale_factor

    @loss_scale_factor.setter
    def loss_scale_factor(self, value):
        self._loss_scale_factor = value
        for inner in self.optimizers:
            inner.loss_scale_factor = value

    @property
    def learning_rate(self):
        """There is none."""
        raise AttributeError(
            "Learning rate cannot be accessed on a MultiOptimizer. "
            "Access the learning rate on the individual sub-optimizers instead."
        )

    @learning_rate.setter
    def learning_rate(self, value):
        raise AttributeError(
            "Learning rate cannot be set on a MultiOptimizer. "
            "Set the learning rate on the individual sub-optimizers instead."
        )

    def apply(self, gradients, weights=None):
        """One step of every optimizer that has weights among `weights`."""
        gradients = list(gradients)
        if not gradients:
            return
        for place, pairs in self.by_optimizer(weights, gradients).items():
            self.optimizers[place].apply(*zip(*pairs))
        self.calls += 1

    def finalize_variable_values(self, weights):
        """At the end of training: as each optimizer does."""
        for place, pairs in self.by_optimizer(weights, weights).items():
            self.optimizers[place].finalize_variable_values([weight for _, weight in pairs])

    def by_optimizer(self, weights, values):
        """Pairs of a value and its weight, by the place of the weight's optimizer."""
        indices = self.indices(weights)
        if len(indices) != len(values):
            raise ValueError(
                "Gradients must match trainable variables one-to-one. "
                f"Received {len(values)} gradients and {len(indices)} variables."
            )
        pairs = {}
        for index, value in zip(indices, values):
            pairs.setdefault(self.places[index], []).append((value, self.weights[index]))
        return pairs

    def get_config(self):
        """The constructor's arguments as plain values, with Keras's keys."""
        return {
            "optimizer_map": serialize(self.optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }
