"""Optimizers: down a ravine that one can see, and on MNIST."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Preset, Task
from comparisons.harness.datasets import mnist_subset

NAMES = ["SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam"]
START, STEPS = np.array([-7.0, 2.0]), 30
TARGET_LOSS = 0.7


def data(settings, seed):
    """A small part of MNIST, so that an epoch is few steps and the loss is seen often."""
    size = 20_000 if settings.preset == "full" else 1_000
    return mnist_subset(size, 1_000, 1_000, seed, flat=True)


def steps_to_target(run):
    """Training steps until the epoch's training loss is at most the target."""
    reached = [epoch for epoch, loss in enumerate(run["history"]["loss"]) if loss <= TARGET_LOSS]
    epochs = reached[0] + 1 if reached else run["epochs"] + 1
    return epochs * run["steps_per_epoch"]


def sgd_against_momentum(result):
    """Steps that plain SGD needs, and that momentum needs, by seed."""
    return (
        result.by_seed(steps_to_target, variant="SGD"),
        result.by_seed(steps_to_target, variant="Momentum"),
    )


def figures(result):
    """The paths over the ravine's contours, NumPy's line under Keras's points."""
    x, y = np.meshgrid(np.linspace(-10, 10, 61), np.linspace(-3, 3, 41))
    ground = pd.DataFrame({"x": x.ravel(), "y": y.ravel()})
    ground["depth"] = np.sqrt(ground["x"] ** 2 / 20 + ground["y"] ** 2)
    frames = [
        pd.DataFrame(path, columns=["x", "y"]).assign(
            optimizer=name, implementation=column, step=range(STEPS + 1)
        )
        for column in result.implementations
        for name, path in result.arrays("paths", column).items()
    ]
    path = pd.concat(frames)
    charts = []
    for name in NAMES:
        own = path[path["optimizer"] == name]
        relief = (
            alt.Chart(ground)
            .mark_rect()
            .encode(
                x=alt.X("x:Q").bin(maxbins=61).title("x"),
                y=alt.Y("y:Q").bin(maxbins=41).title("y"),
                color=alt.Color("depth:Q").scale(scheme="greys").legend(None),
            )
        )
        trace = alt.Chart(own).encode(x="x:Q", y="y:Q", order="step:Q")
        color = alt.Color("implementation:N").title(None)
        lines = trace.mark_line(point=True, strokeWidth=1.5).encode(
            color=color, strokeDash=alt.StrokeDash("implementation:N").title(None)
        )
        layered = (relief + lines).resolve_scale(color="independent")
        charts.append(layered.properties(width=260, height=150, title=name))
    grid = alt.vconcat(*(alt.hconcat(*charts[i : i + 2]) for i in range(0, len(charts), 2)))
    caption = f"{STEPS} steps from (−7, 2) on f(x, y) = x²/20 + y²; the minimum is at (0, 0)."
    return [Figure("Paths down a ravine", "谷を下る経路", grid, caption)]


CONCEPT = Concept(
    title="Optimizers: SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam",
    title_ja="パラメータの更新手法：SGD、Momentum、Nesterov、AdaGrad、RMSProp、Adam",
    chapter="6.1 Learning techniques: updating the parameters",
    summary=(
        "The gradient says where the loss falls fastest, not where its minimum lies. Momentum "
        "averages the gradient over steps; AdaGrad and RMSProp scale each weight's step by the "
        "size of its past gradients; Adam does both."
    ),
    equations=(
        (r"w \leftarrow w - \eta \, g", "SGD"),
        (r"v \leftarrow \mu v - \eta \, g, \quad w \leftarrow w + v", "Momentum"),
        (r"v \leftarrow \mu v - \eta \, g, \quad w \leftarrow w + \mu v - \eta \, g", "Nesterov"),
        (
            r"h \leftarrow h + g^2, \quad w \leftarrow w - \eta \, g / \sqrt{h + \epsilon}",
            "AdaGrad",
        ),
        (
            r"h \leftarrow \rho h + (1 - \rho) g^2, \quad w \leftarrow w - \eta \, g / "
            r"\sqrt{h + \epsilon}",
            "RMSProp",
        ),
        (
            r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + "
            r"(1 - \beta_2) g^2, \quad w \leftarrow w - \eta \frac{\sqrt{1 - \beta_2^t}}"
            r"{1 - \beta_1^t} \frac{m}{\sqrt{v} + \epsilon}",
            "Adam",
        ),
    ),
    terms=(
        ("optimizer", "最適化手法"),
        ("stochastic gradient descent (SGD)", "確率的勾配降下法"),
        ("momentum", "慣性（モーメンタム）"),
        ("learning rate", "学習係数"),
        ("learning rate decay", "学習係数の減衰"),
        ("exponential moving average", "指数移動平均"),
    ),
    demonstrations=(Demonstration("paths", lambda seed: {"start": START, "steps": STEPS}),),
    task=Task(
        data=data,
        presets={"default": Preset(12, 100), "full": Preset(12, 128)},
        variants={name: {"optimizer": name} for name in NAMES},
    ),
    claims=(
        Claim(
            claim="Momentum reaches a given loss in fewer steps than plain SGD.",
            claim_ja="Momentumは、SGDより少ない更新回数で同じ損失に到達する。",
            source="Polyak 1964; Saito, Deep Learning from Scratch, 6.1",
            experiment=(
                "MNIST, two hidden layers of 100, learning rate 0.01 for both, momentum 0.9; "
                f"steps until the mean training loss of an epoch is at most {TARGET_LOSS}, "
                "counted as one epoch more than were run where it is not reached"
            ),
            metric="steps that plain SGD needs more",
            measure=sgd_against_momentum,
        ),
    ),
    figures=figures,
)

if __name__ == "__main__":
    run_script(__file__)
