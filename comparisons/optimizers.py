"""Optimizers: down a ravine that one can see, and on MNIST."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
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
    angle = np.linspace(0, 2 * np.pi, 61)
    contours = pd.concat(
        # The contour f(x, y) = height is an ellipse.
        pd.DataFrame(
            {
                "x": np.sqrt(20 * height) * np.cos(angle),
                "y": np.sqrt(height) * np.sin(angle),
                "height": height,
                "angle": angle,
            }
        )
        for height in np.linspace(0.5, 3, 6) ** 2
    )
    ground = (
        alt.Chart(contours)
        .mark_line(color="gray", opacity=0.35, strokeWidth=1, clip=True)
        .encode(x="x:Q", y="y:Q", order="angle:Q", detail="height:Q")
    )
    frames = [
        pd.DataFrame(path, columns=["x", "y"]).assign(
            optimizer=name, implementation=column, step=range(STEPS + 1)
        )
        for column in result.implementations
        for name, path in result.arrays("paths", column).items()
    ]
    path = pd.concat(frames)
    is_numpy = path["implementation"] == "numpy"
    charts = []
    for name in NAMES:
        own = path["optimizer"] == name
        line, points = (
            alt.Chart(path[own & side]).encode(
                x=alt.X("x:Q").scale(domain=[-10, 10]).axis(values=[-10, -5, 0, 5, 10]),
                y=alt.Y("y:Q").scale(domain=[-3, 3]).axis(tickCount=5),
                order="step:Q",
                color=alt.Color("implementation:N"),
                tooltip=["implementation:N", "step:Q", "x:Q", "y:Q"],
            )
            for side in (is_numpy, ~is_numpy)
        )
        layers = (
            ground
            + line.mark_line(strokeWidth=2.5, strokeJoin="round")
            + points.mark_point(size=22)
        )
        charts.append(layers.properties(width=290, height=150, title=name))
    caption = (
        f"{STEPS} steps from (−7, 2) on f(x, y) = x²/20 + y², whose contours are drawn; the "
        "minimum is at (0, 0). NumPy's path is the line, Keras's the points.",
        f"f(x, y) = x²/20 + y²の等高線と、点(−7, 2)からの{STEPS}回の更新。最小値は(0, 0)にある。"
        "線がNumPy、点がKerasの経路。",
    )
    chart = alt.concat(*charts, columns=3)
    return [Figure(("Paths down a ravine", "谷を下る経路"), chart, caption)]


CONCEPT = Concept(
    title=(
        "Optimizers: SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam",
        "パラメータの更新手法：SGD、Momentum、Nesterov、AdaGrad、RMSProp、Adam",
    ),
    chapter=chapters.TECHNIQUES.section(1),
    summary=(
        "The gradient says where the loss falls fastest, not where its minimum lies. Momentum "
        "averages the gradient over steps; AdaGrad and RMSProp scale each weight's step by the "
        "size of its past gradients; Adam does both.",
        "勾配が示すのは損失が最も急に減る向きであり、最小値の方向ではない。Momentumは勾配を"
        "ステップにわたって平均し、AdaGradとRMSPropは過去の勾配の大きさに応じて重みごとに更新の幅を"
        "変える。Adamはその両方を行う。",
    ),
    equations=(
        (r"w \leftarrow w - \eta \, g", ("SGD", "SGD")),
        (r"v \leftarrow \mu v - \eta \, g, \quad w \leftarrow w + v", ("Momentum", "Momentum")),
        (
            r"v \leftarrow \mu v - \eta \, g, \quad w \leftarrow w + \mu v - \eta \, g",
            ("Nesterov", "Nesterov"),
        ),
        (
            r"h \leftarrow h + g^2, \quad w \leftarrow w - \eta \, g / \sqrt{h + \epsilon}",
            ("AdaGrad", "AdaGrad"),
        ),
        (
            r"h \leftarrow \rho h + (1 - \rho) g^2, \quad w \leftarrow w - \eta \, g / "
            r"\sqrt{h + \epsilon}",
            ("RMSProp", "RMSProp"),
        ),
        (
            r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + "
            r"(1 - \beta_2) g^2, \quad w \leftarrow w - \eta \frac{\sqrt{1 - \beta_2^t}}"
            r"{1 - \beta_1^t} \frac{m}{\sqrt{v} + \epsilon}",
            ("Adam", "Adam"),
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
    demonstrations=(
        Demonstration(
            "paths",
            lambda seed: {"start": START, "steps": STEPS},
            subject=lambda name: ("Optimizer", {"name": name}),
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(12, 100), "full": Preset(12, 128)},
        variants={name: {"optimizer": name} for name in NAMES},
    ),
    claims=(
        Claim(
            claim=(
                "Momentum reaches a given loss in fewer steps than plain SGD.",
                "Momentumは、SGDより少ない更新回数で同じ損失に到達する。",
            ),
            source="Polyak 1964; Saito, Deep Learning from Scratch, 6.1",
            experiment=(
                "MNIST, two hidden layers of 100, learning rate 0.01 for both, momentum 0.9; "
                f"steps until the mean training loss of an epoch is at most {TARGET_LOSS}, "
                "counted as one epoch more than were run where it is not reached",
                "MNIST、ユニット数100の隠れ層2つ、学習率はともに0.01、慣性の係数は0.9。エポックの平均訓練損失が"
                f"{TARGET_LOSS}以下になるまでの更新回数。届かなければ、実行したエポック数より1多く数える。",
            ),
            metric=("steps that plain SGD needs more", "SGDが余計に要する更新回数"),
            measure=sgd_against_momentum,
        ),
    ),
    figures=figures,
)

if __name__ == "__main__":
    run_script(__file__)
