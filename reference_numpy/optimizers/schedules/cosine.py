"""Schedules along a cosine, with a warm-up and with restarts."""

import math

from reference_numpy.optimizers.schedules.schedule import LearningRateSchedule, check_decay_steps


class CosineDecay(LearningRateSchedule):
    """η = η₀ [(1 − α) ½ (1 + cos(π step / n)) + α]: from η₀ down to α η₀ in n steps.

    With `warmup_target` η₁ the learning rate first rises in a straight line from η₀ to η₁ in
    `warmup_steps` steps, and then falls from η₁ to α η₁.

    Args:
        initial_learning_rate: η₀.
        decay_steps: n.
        alpha: α.
        name: kept for the config.
        warmup_target: η₁, or None for no warm-up.
        warmup_steps: steps of the warm-up.

    Raises:
        ValueError: for `decay_steps` of 0 or less.

    Source: Loshchilov & Hutter 2016, "SGDR: stochastic gradient descent with warm restarts";
    Goyal et al. 2017, "Accurate, large minibatch SGD" (warm-up).
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str | None = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ):
        check_decay_steps("decay_steps", decay_steps)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.alpha, self.name = alpha, name
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps

    def __call__(self, step):
        """The learning rate of the step."""
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            top, step = self.warmup_target, step - self.warmup_steps
        wave = 0.5 * (1 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return top * ((1 - self.alpha) * wave + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """A cosine that begins again, each period `t_mul` times longer and `m_mul` times lower.

        η = η₀ [(1 − α) m_mulⁱ ½ (1 + cos(π f)) + α]

    i counts the restarts and f, in [0, 1), is the share of period i that is over. Period i has
    n t_mulⁱ steps.

    Args:
        initial_learning_rate: η₀.
        first_decay_steps: n, the length of the first period.
        t_mul, m_mul: factors of the periods' lengths and heights.
        alpha: α, the lowest learning rate as a share of η₀.
        name: kept for the config.

    Raises:
        ValueError: for `first_decay_steps` of 0 or less, and for a step after the end of all
            periods (where `t_mul` is below 1).

    Source: Loshchilov & Hutter 2016, "SGDR: stochastic gradient descent with warm restarts".
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = "SGDRDecay",
    ):
        check_decay_steps("first_decay_steps", first_decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul, self.m_mul = t_mul, m_mul
        self.alpha, self.name = alpha, name

    def __call__(self, step):
        """The learning rate of the step."""
        restarts, fraction = self.period(step / self.first_decay_steps)
        wave = 0.5 * self.m_mul**restarts * (1 + math.cos(math.pi * fraction))
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)

    def period(self, time):
        """`(i, f)` for a time in units of the first period."""
        if self.t_mul == 1:
            return divmod(time, 1.0)[0], time % 1.0
        argument = 1 + time * (self.t_mul - 1)
        if argument <= 0:
            raise ValueError(
                f"All periods of the schedule '{self.name}' are over. Received: step="
                f"{time * self.first_decay_steps:g}, t_mul={self.t_mul}"
            )
        restarts = math.floor(math.log(argument) / math.log(self.t_mul))
        # By rounding the logarithms may miss a restart by one step: log(1000) / log(10) < 3.
        while self.start(restarts + 1) <= time * (1 + 1e-12):
            restarts += 1
        return restarts, (time - self.start(restarts)) / self.t_mul**restarts

    def start(self, restarts):
        """When a period begins: 1 + t_mul + … + t_mulⁱ⁻¹."""
        return (self.t_mul**restarts - 1) / (self.t_mul - 1)
