"""Activation functions: every value and derivative, and vanishing gradients."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure

NAMES = [
    *("linear", "relu", "leaky_relu", "relu6", "elu", "selu", "celu", "gelu", "silu", "mish"),
    *("sigmoid", "hard_sigmoid", "log_sigmoid", "hard_silu", "tanh", "hard_tanh", "tanh_shrink"),
    *("hard_shrink", "soft_shrink", "softplus", "softsign", "squareplus", "sparse_plus"),
    *("sparse_sigmoid", "exponential", "softmax", "log_softmax", "sparsemax"),
]
# The points keep clear of the kinks, where a derivative is a convention.
POINTS = np.linspace(-5.013, 4.987, 201)
DEPTH, WIDTH, BATCH = 20, 100, 50


def deep_network(seed):
    """Weights of a deep network for each activation, by its own initial values, and an input."""
    generator = np.random.default_rng(seed)
    # Xavier's initial values for sigmoid and tanh, He's for ReLU.
    scales = {"sigmoid": 1 / WIDTH, "tanh": 1 / WIDTH, "relu": 2 / WIDTH}
    weights = {
        f"{name}_{layer}": generator.normal(0, scale**0.5, (WIDTH, WIDTH))
        for name, scale in scales.items()
        for layer in range(DEPTH)
    }
    x = generator.normal(size=(BATCH, WIDTH))
    return {"x": x, "dy": generator.normal(size=(BATCH, WIDTH)), **weights}


def orders_kept(result):
    """log₁₀ of the first layer's gradient over the last layer's: ReLU's, then sigmoid's."""

    def orders(name, seed):
        norms = result.arrays("gradient_norms", seed=seed)[name]
        return float(np.log10(norms[0] / norms[-1]))

    seeds = result.seeds_of("gradient_norms")
    return [orders("relu", s) for s in seeds], [orders("sigmoid", s) for s in seeds]


def figures(result):
    """The curves, NumPy over Keras, and the gradient by layer."""
    frames = []
    for column in result.implementations:
        arrays = result.arrays("curves", column)
        for name in NAMES:
            for curve, key in (("value", name), ("derivative", f"{name} derivative")):
                frame = pd.DataFrame({"x": POINTS, "y": arrays[key], "curve": curve})
                frames.append(frame.assign(function=name, implementation=column))
    curves = (
        alt.Chart(pd.concat(frames))
        .mark_line(clip=True)
        .encode(
            x=alt.X("x:Q").scale(domain=[-5, 5]).title(None),
            y=alt.Y("y:Q").scale(domain=[-2, 3]).title(None),
            color=alt.Color("curve:N", sort=["value", "derivative"]).title(None),
            strokeDash=alt.StrokeDash("implementation:N").title(None),
        )
        .properties(width=125, height=90)
        .facet(alt.Facet("function:N", sort=NAMES).title(None), columns=5)
    )
    norms = pd.concat(
        pd.DataFrame(
            {"layer": range(1, DEPTH + 1), "gradient": values, "function": name, "seed": seed}
        )
        for seed in result.seeds_of("gradient_norms")
        for name, values in result.arrays("gradient_norms", seed=seed).items()
    )
    depth = (
        alt.Chart(norms)
        .mark_line(point=True)
        .encode(
            x=alt.X("layer:O").axis(labelAngle=0).title("layer (1 is the first)"),
            y=alt.Y("gradient:Q")
            .scale(type="log")
            .axis(format="~e", tickCount=8)
            .title("gradient, root mean square"),
            color=alt.Color("function:N").title(None),
            detail="seed:N",
        )
        .properties(width=560, height=260)
    )
    return [
        Figure(
            "Values and derivatives",
            "関数の値と微分",
            curves,
            "All columns over one another; softmax and its kin are drawn for the row (x, 0). Where "
            "sparsemax's lines part, Keras computes another function.",
        ),
        Figure(
            "The gradient on its way back through a deep network",
            "深いネットワークを逆伝播する勾配",
            depth,
            f"{DEPTH} layers of {WIDTH}; Xavier's initial values for sigmoid and tanh, He's for "
            "ReLU. A line a seed.",
        ),
    ]


CONCEPT = Concept(
    title="Activation functions, their derivatives, and vanishing gradients",
    title_ja="活性化関数とその微分、勾配消失",
    chapter="3 Neural networks",
    summary=(
        "Without an activation function any depth of layers is one linear map. Its derivative is "
        "what backpropagation multiplies by at every layer: where it is small, as sigmoid's is, "
        "the gradient dies out on its way to the first layers."
    ),
    equations=(
        (
            r"\sigma(x) = 1 / (1 + e^{-x}), \quad \sigma' = \sigma (1 - \sigma) \le 1/4",
            "sigmoid, and why its gradient fades",
        ),
        (r"\tanh' = 1 - \tanh^2", "hyperbolic tangent"),
        (r"\mathrm{ReLU}(x) = \max(0, x), \quad \mathrm{ReLU}' \in \{0, 1\}", "rectified linear"),
        (r"y_k = \frac{e^{a_k}}{\sum_i e^{a_i}}", "softmax"),
        (
            r"\frac{\partial L}{\partial h_l} = \left(\frac{\partial L}{\partial h_{l+1}} \odot "
            r"f'(a_l)\right) W_l^{T}",
            "one layer of backpropagation",
        ),
    ),
    terms=(
        ("activation function", "活性化関数"),
        ("sigmoid function", "シグモイド関数"),
        ("hyperbolic tangent", "双曲線正接関数"),
        ("rectified linear unit (ReLU)", "正規化線形関数（ReLU）"),
        ("softmax function", "ソフトマックス関数"),
        ("vanishing gradient", "勾配消失"),
        ("derivative", "微分"),
    ),
    demonstrations=(
        Demonstration(
            "curves",
            lambda seed: {"x": POINTS, "names": NAMES},
            differentiates=True,
            subject=lambda curve: ("Activation", {"activation": curve.split()[0]}),
        ),
        Demonstration("gradient_norms", deep_network, seeds=3, differentiates=True),
    ),
    claims=(
        Claim(
            claim="Sigmoid's gradient vanishes with depth; ReLU's does not.",
            claim_ja="シグモイド関数の勾配は層が深くなると消失するが、ReLUの勾配は消失しない。",
            source="Glorot & Bengio 2010; Saito, Deep Learning from Scratch, 6.2",
            experiment=(
                f"random gradients sent back through {DEPTH} layers of {WIDTH}, with Xavier's "
                "initial values for sigmoid and He's for ReLU"
            ),
            metric="orders of magnitude that ReLU's gradient keeps over sigmoid's",
            measure=orders_kept,
            margin=3.0,
        ),
    ),
    figures=figures,
)

if __name__ == "__main__":
    run_script(__file__)
