"""The base of every optimizer: all that a step does around the rule of `update`."""

import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Array, Config, LearningRate
from reference_numpy.optimizers.blocks import Job, Whole, in_blocks
from reference_numpy.optimizers.clipping import clip
from reference_numpy.optimizers.schedules import LearningRateSchedule
from reference_numpy.optimizers.state import OptimizerState, flush_denormals
from reference_numpy.serialization import serialize, unique_name

#: Steps between two clean-ups of the state, see `flush_denormals`.
FLUSH_EVERY = 32


class Optimizer(OptimizerState):
    """A rule by which gradients change weights: `optimizer.apply(gradients, weights)`.

    A subclass says what state it keeps for every weight (`create_slots`) and how one weight, its
    gradient and that state move in one step (`update`). Everything is changed in place: weights
    and state keep their identity, gradients are never written to.

    One call of `apply` does, in Keras's order:

    1. gradients ← gradients / loss_scale_factor
    2. with `gradient_accumulation_steps` = k: the gradients are summed; in every k-th call the
       step is done with their mean, in the others steps 3 to 5 are left out
    3. clipping: each gradient's norm (`clipnorm`), the norm of all (`global_clipnorm`) or each
       entry (`clipvalue`)
    4. w ← w − learning_rate · weight_decay · w
    5. the optimizer's own `update`
    6. with `use_ema`: average ← ema_momentum · average + (1 − ema_momentum) · w, and
       w ← average in every `ema_overwrite_frequency`-th step
    7. w ← constraint(w)

    Args:
        learning_rate: a float, a schedule, or a function without arguments. A float is kept in
            the dtype `config.floatx()`, as Keras keeps it.
        weight_decay: share of the weight taken off in a step, times the learning rate.
        clipnorm, clipvalue, global_clipnorm: bounds on the gradients; at most one of them.
        use_ema, ema_momentum, ema_overwrite_frequency: the moving average of the weights.
        loss_scale_factor: what the loss was multiplied by (`scale_loss`).
        gradient_accumulation_steps: k above, 2 or more.
        name: unique name; None makes one from the class name.

    Raises:
        ValueError: for arguments that it does not have, and for values out of range.
    """

    #: Whether `update` treats every entry for itself, so that weights may be worked on in blocks.
    elementwise = True

    def __init__(
        self,
        learning_rate: LearningRate,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        if kwargs:
            raise ValueError(f"Argument(s) not recognized: {kwargs}")
        if gradient_accumulation_steps and gradient_accumulation_steps < 2:
            raise ValueError(
                "`gradient_accumulation_steps` must be an integer >= 2. "
                f"Received: gradient_accumulation_steps={gradient_accumulation_steps}"
            )
        if use_ema:
            check_average_arguments(ema_momentum, ema_overwrite_frequency)
        if sum(bound is not None for bound in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                "Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: "
                f"clipnorm={clipnorm}, clipvalue={clipvalue}, global_clipnorm={global_clipnorm}"
            )
        self.name = name or unique_name(type(self).__name__)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue = clipnorm, clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built, self._blocks = False, None
        self.weights: list[Array] = []
        self.own_variables: list[Any] = []
        self.not_decayed: list[Array] = []
        self.not_decayed_paths: str | None = None
        self.calls = self.add_variable("iteration", np.zeros((), "int64"))
        if callable(learning_rate):
            self._learning_rate = learning_rate
        elif isinstance(learning_rate, float):
            value = np.array(learning_rate, config.floatx())
            self._learning_rate = self.add_variable("learning_rate", value)
        else:
            raise ValueError(
                "Argument `learning_rate` should be float, or an instance of "
                "LearningRateSchedule, or a callable. "
                f"Received instead: learning_rate={learning_rate!r}"
            )

    def build(
        self,
        weights: Sequence[Array],
        paths: Sequence[str] | None = None,
        constraints: Sequence[Any] | None = None,
    ) -> None:
        """Create the state for `weights`, once; later calls change nothing.

        Args:
            weights: arrays that the optimizer will change.
            paths: their names in the model, such as `"dense/kernel"`; the state is named after
                them, and `exclude_from_weight_decay` and `Muon` look at them.
            constraints: for each weight a constraint or None, applied after every step.
        """
        if self.built:
            return
        self.remember(weights, paths, constraints)
        self.slots: list[dict[str, Array]] = [{} for _ in self.weights]
        if self.use_ema:
            self.averages = self.add_variables("average")
        if self.gradient_accumulation_steps:
            self.accumulators = self.add_variables("gradient_accumulator")
        self.create_slots()
        self.built = True

    def remember(self, weights, paths, constraints):
        """Keep what `build` was given."""
        self.weights = list(weights)
        for weight in self.weights:
            if not isinstance(weight, np.ndarray) or weight.dtype.kind != "f":
                raise ValueError(
                    f"The optimizer '{self.name}' changes floating NumPy arrays in place. "
                    f"Received: {type(weight).__name__} {getattr(weight, 'dtype', '')}"
                )
        self.paths = list(paths or map("variable_{}".format, range(len(self.weights))))
        self.constraints = list(constraints or [None] * len(self.weights))

    def create_slots(self):
        """Create what `update` keeps from step to step; here: nothing."""

    @property
    def iterations(self) -> int:
        """The number of steps done; calls that only accumulate are not counted."""
        return int(self.calls) // (self.gradient_accumulation_steps or 1)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step, a float."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return float(self._learning_rate(int(self.calls)))
        if callable(self._learning_rate):
            return float(self._learning_rate())
        return float(self._learning_rate)

    @learning_rate.setter
    def learning_rate(self, value: LearningRate) -> None:
        if callable(value):
            self.own_variables = [
                v for v in self.own_variables if v.value is not self._learning_rate
            ]
            self._learning_rate = value
        elif callable(self._learning_rate):
            raise TypeError(
                f"The optimizer '{self.name}' was created with a schedule or a function as its "
                "`learning_rate`, hence its learning rate is not settable."
            )
        else:
            self._learning_rate[...] = value

    # The step

    def apply(
        self, gradients: Sequence[Array | None], weights: Sequence[Array] | None = None
    ) -> None:
        """Change the weights by one step along their gradients.

        Args:
            gradients: an array for each weight; None leaves the weight alone, with a warning.
            weights: the arrays to change, in the gradients' order. The first call builds the
                optimizer for them; later ones may name some of them. None: all of `build`.

        Raises:
            ValueError: if a weight is not one that the optimizer was built for, if numbers or
                shapes do not fit, or if there is no gradient at all.
        """
        given = list(gradients)
        if not given:
            return
        paired = self.pair(given, weights)
        if self.loss_scale_factor is not None:
            paired = {i: g / self.loss_scale_factor for i, g in paired.items()}
        due = self.accumulate(paired) if self.gradient_accumulation_steps else paired
        if due:
            self.update_weights(due)
        if self.use_ema:
            self.update_averages()
        for index in paired:
            if self.constraints[index] is not None:
                self.weights[index][...] = self.constraints[index](self.weights[index])
        self.calls += 1

    def update(self, w, g, learning_rate, **slots):
        """One step of one weight `w` with the gradient `g`; `w` and `slots` change in place."""
        raise NotImplementedError(f"{type(self).__name__} does not say how a weight moves.")

    def update_weights(self, gradients):
        """Clip, decay and update; `gradients` are by the weights' indices."""
        learning_rate = self.learning_rate
        flush = int(self.calls) % FLUSH_EVERY == FLUSH_EVERY - 1
        gradients = clip(gradients, self.clipnorm, self.clipvalue, self.global_clipnorm)
        for block in self.blocks([(index, self.weight_decay_of(index)) for index in gradients]):
            w, g = block.w, block.gradient(gradients)
            if block.decay:
                w -= learning_rate * block.decay * w
            self.update(w, g, learning_rate, **block.slots)
            if flush:
                flush_denormals(block.slots)
            block.finish()

    def blocks(self, decays):
        """The blocks of the weights of these indices and decays; those of the last step again."""
        if self._blocks is None or self._blocks[0] != decays:
            jobs = [Job(i, self.weights[i], self.slots[i], decay) for i, decay in decays]
            blocks = in_blocks(jobs) if self.elementwise else list(map(Whole, jobs))
            self._blocks = decays, blocks
        return self._blocks[1]

    def __getstate__(self):
        """What a copy takes over: all but the blocks, which are views of these arrays."""
        return {**vars(self), "_blocks": None}

    def pair(self, gradients, weights):
        """The gradients that are there, by the index of their weight, in the weight's dtype."""
        indices = self.indices(weights)
        if len(indices) != len(gradients):
            raise ValueError(
                f"The optimizer '{self.name}' expects one gradient for each of {len(indices)} "
                f"weights. Received: {len(gradients)} gradients"
            )
        paired = {i: np.asarray(g) for i, g in zip(indices, gradients) if g is not None}
        if not paired:
            raise ValueError("No gradients provided for any variable.")
        missing = [self.paths[i] for i in indices if i not in paired]
        if missing:
            warnings.warn(f"Gradients do not exist for variables {missing}.", stacklevel=3)
        for i, g in paired.items():
            if g.shape != self.weights[i].shape:
                raise ValueError(
                    f"The optimizer '{self.name}' expects a gradient of shape "
                    f"{self.weights[i].shape} for '{self.paths[i]}'. Received: shape {g.shape}"
                )
            paired[i] = g.astype(self.weights[i].dtype, copy=False)
        return paired

    def indices(self, weights):
        """The places of `weights` among those of `build`; builds if that is still to be done."""
        self.ensure_built(weights)
        if weights is None:
            return range(len(self.weights))
        places = {id(weight): index for index, weight in enumerate(self.weights)}
        unknown = [weight.shape for weight in weights if id(weight) not in places]
        if unknown:
            raise ValueError(
                f"The optimizer '{self.name}' can only change the arrays that it was built with. "
                f"Received unknown arrays of the shapes {unknown} (of a layer that was thawed "
                "since? Then compile the model again.)"
            )
        return [places[id(weight)] for weight in weights]

    def ensure_built(self, weights):
        """Build for `weights`, if that is still to be done and they are given."""
        if weights is not None:
            self.build(weights)
        elif not self.built:
            raise ValueError(
                f"The optimizer '{self.name}' received gradients without weights before it was "
                "built. Call `optimizer.build(weights)` first."
            )

    def accumulate(self, gradients):
        """Add the gradients up; their means when the step is due, else nothing."""
        steps = self.gradient_accumulation_steps
        for index, gradient in gradients.items():
            self.accumulators[index] += gradient
        if (self.calls + 1) % steps:
            return {}
        means = {index: self.accumulators[index] / steps for index in gradients}
        for accumulator in self.accumulators:
            accumulator[...] = 0
        return means

    # Weight decay, averages, loss scale

    def exclude_from_weight_decay(
        self, var_list: Sequence[Array] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave weights out of weight decay.

        Args:
            var_list: the arrays themselves.
            var_names: regular expressions; a weight whose path holds one of them is left out.
        """
        self.not_decayed = list(var_list or [])
        self.not_decayed_paths = "|".join(sorted(set(var_names))) if var_names else None

    @property
    def leaves_out(self):
        """Whether any weight is left out of weight decay."""
        return bool(self.weight_decay and (self.not_decayed or self.not_decayed_paths))

    def weight_decay_of(self, index):
        """The weight decay of one weight, 0 for none."""
        return self.weight_decay if self.weight_decay and self.decays(index) else 0.0

    def decays(self, index):
        """Whether a weight is not left out of weight decay."""
        pattern, weight = self.not_decayed_paths, self.weights[index]
        if pattern is not None and re.search(pattern, self.paths[index]):
            return False
        return not any(weight is other for other in self.not_decayed)

    def update_averages(self):
        """Move the averages towards the weights; write them back where that is due."""
        momentum = self.ema_momentum if self.iterations else 0.0
        for weight, average in zip(self.weights, self.averages):
            average *= momentum
            average += (1 - momentum) * weight
        every = self.ema_overwrite_frequency
        if every and (self.iterations + 1) % every == 0:
            self.finalize_variable_values(self.weights)

    def finalize_variable_values(self, weights: list[Array]) -> None:
        """At the end of training: weights take the values of their averages, with `use_ema`."""
        if self.use_ema:
            for index in self.indices(weights):
                self.weights[index][...] = self.averages[index]

    def scale_loss(self, loss: Any) -> Any:
        """The loss, or the gradient of it, times `loss_scale_factor`; `apply` divides by it."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def get_config(self) -> Config:
        """The constructor's arguments as plain values, with Keras's keys."""
        values = super().get_config()
        if isinstance(self._learning_rate, LearningRateSchedule):
            values["learning_rate"] = serialize(self._learning_rate)
        return values


def check_average_arguments(ema_momentum, ema_overwrite_frequency):
    """Raise ValueError for arguments of the moving average that are out of range."""
    if not 0 <= ema_momentum <= 1:
        raise ValueError(
            f"`ema_momentum` must be in the range [0, 1]. Received: ema_momentum={ema_momentum}"
        )
    every = ema_overwrite_frequency
    if every and (not isinstance(every, int) or every < 1):
        raise ValueError(
            "`ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
            f"ema_overwrite_frequency={ema_overwrite_frequency}"
        )
