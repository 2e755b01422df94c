"""The two-layer network: written out as the textbook has it, against Keras."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.cli import run_script
from comparisons.harness.concept import Concept, Demonstration, Figure, Preset, Task
from comparisons.harness.datasets import mnist_subset

STEPS, BATCH = 200, 50


def small_problem(seed):
    """A network of 20-12-4 and a batch of 8, small enough to be checked weight by weight."""
    generator = np.random.default_rng(seed)
    return {
        "x": generator.normal(size=(8, 20)),
        "t": np.eye(4)[generator.integers(0, 4, 8)],
        "W1": generator.normal(0, 0.5, (20, 12)),
        "b1": generator.normal(0, 0.1, 12),
        "W2": generator.normal(0, 0.5, (12, 4)),
        "b2": generator.normal(0, 0.1, 4),
    }


def mnist_problem(seed):
    """The textbook's network on MNIST, and the rows that each step sees."""
    images = mnist_subset(1_000, 10, 10, seed, flat=True, one_hot=True)
    generator = np.random.default_rng(seed)
    return {
        "x": images.x_train.astype("float64"),
        "t": images.y_train.astype("float64"),
        "batches": generator.integers(0, len(images.x_train), (STEPS, BATCH)),
        "learning_rate": 0.1,
        "W1": generator.normal(0, 0.05, (784, 50)),
        "b1": np.zeros(50),
        "W2": generator.normal(0, 0.2, (50, 10)),
        "b2": np.zeros(10),
    }


def data(settings, seed):
    """MNIST as flat vectors with one-hot labels."""
    if settings.preset == "full":
        return mnist_subset(seed=seed, flat=True, one_hot=True)
    return mnist_subset(5_000, 1_000, 2_000, seed, flat=True, one_hot=True)


def figures(result):
    """The loss of each step, both halves over one another."""
    losses = pd.concat(
        pd.DataFrame(
            {
                "step": range(1, STEPS + 1),
                "loss": result.arrays("training", column)["losses"],
                "implementation": column,
            }
        )
        for column in result.implementations
    )
    chart = (
        alt.Chart(losses)
        .mark_line()
        .encode(
            x="step:Q",
            y=alt.Y("loss:Q").title("cross-entropy of the step's batch"),
            color=alt.Color("implementation:N").title(None),
            strokeDash=alt.StrokeDash("implementation:N").title(None),
        )
        .properties(width=560, height=260)
    )
    caption = f"{STEPS} steps with the same batches of {BATCH} from the same weights, in float64."
    return [Figure("The loss, step for step", "学習の推移", chart, caption)]


CONCEPT = Concept(
    title="Two-layer network, written out in full",
    title_ja="2層ニューラルネットワークの実装",
    chapter="4.5 Learning: a two-layer network",
    summary=(
        "Predict, loss, accuracy, numerical gradient and gradient in one class with its params in "
        "a dictionary: the textbook's TwoLayerNet. Keras keeps the same numbers in two Dense "
        "layers, and its automatic differentiation finds the same gradients."
    ),
    equations=(
        (r"z = \sigma(x W_1 + b_1), \quad y = \mathrm{softmax}(z W_2 + b_2)", "predict"),
        (r"L = -\frac{1}{N} \sum_n \sum_k t_{nk} \log y_{nk}", "loss"),
        (r"\frac{\partial L}{\partial a_2} = \frac{y - t}{N}", "softmax with cross-entropy"),
        (
            r"\frac{\partial L}{\partial W_2} = z^T \frac{\partial L}{\partial a_2}, \quad "
            r"\frac{\partial L}{\partial a_1} = \frac{\partial L}{\partial a_2} W_2^T \odot "
            r"z (1 - z)",
            "one layer back",
        ),
        (
            r"\frac{\partial L}{\partial w} \approx \frac{L(w + h) - L(w - h)}{2h}",
            "numerical gradient, the slow judge",
        ),
    ),
    terms=(
        ("two-layer network", "2層ニューラルネットワーク"),
        ("loss function", "損失関数"),
        ("numerical differentiation", "数値微分"),
        ("backpropagation", "誤差逆伝播法"),
        ("gradient check", "勾配確認"),
        ("mini-batch learning", "ミニバッチ学習"),
    ),
    demonstrations=(
        Demonstration("gradients", small_problem, differentiates=True),
        Demonstration("training", mnist_problem),
    ),
    task=Task(data=data, presets={"default": Preset(8, 100), "full": Preset(17, 100)}),
    figures=figures,
)

if __name__ == "__main__":
    run_script(__file__)
