"""The perceptron: AND, NAND and OR with one, XOR with two layers."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TICKS = np.arange(-0.475, 1.5, 0.05)
GATES = {"AND": (0, 0, 0, 1), "NAND": (1, 1, 1, 0), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}


def plane():
    """The corners, then a grid of the plane that steers clear of the boundaries themselves."""
    grid = np.stack(np.meshgrid(TICKS + 0.0013, TICKS + 0.0007), axis=-1).reshape(-1, 2)
    return np.concatenate([CORNERS, grid])


def xor_by_one(seed):
    """Many perceptrons drawn at random, and XOR as the target."""
    generator = np.random.default_rng(seed)
    return {
        "x": CORNERS,
        "y": np.array(GATES["XOR"], dtype="float64"),
        "weights": generator.normal(size=(20_000, 2)),
        "biases": generator.normal(size=20_000),
    }


def two_layers_against_one(result):
    """Corners of XOR that two layers get right, and that the best single perceptron gets right."""
    two = [
        float(np.sum(result.arrays("gates", column)["XOR"][:4] == GATES["XOR"]))
        for column in result.implementations
    ]
    seeds = result.seeds_of("best_single_perceptron")
    one = [float(result.arrays("best_single_perceptron", seed=s)["right"]) for s in seeds]
    return [two[0]] * len(one), one


def figures(result):
    """The decision regions of the four gates, drawn from both halves."""

    def coarse(values):  # every second point of the grid, each way: enough for the eye
        grid = values[len(CORNERS) :].reshape(TICKS.size, TICKS.size, -1)
        return grid[::2, ::2].reshape(-1, grid.shape[-1])

    x = coarse(plane())
    frames = []
    for column in result.implementations:
        for name, y in result.arrays("gates", column).items():
            frame = pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "y": coarse(y)[:, 0]})
            frames.append(frame.assign(gate=name, implementation=column))
    regions = (
        alt.Chart(pd.concat(frames))
        .mark_square(size=46, opacity=1)
        .encode(
            x=alt.X("x1:Q").title("x₁"),
            y=alt.Y("x2:Q").title("x₂"),
            color=alt.Color("y:N").title("output").scale(range=["#b9c4d0", "#e9963e"]),
        )
        .properties(width=130, height=130)
        .facet(column=alt.Column("gate:N", sort=list(GATES)).title(None), row="implementation:N")
    )
    caption = "One straight line bounds AND, NAND and OR; XOR needs two."
    return [Figure("Decision regions", "決定領域", regions, caption)]


CONCEPT = Concept(
    title="Perceptron: logic gates from a weighted sum",
    title_ja="パーセプトロン：重み付き和による論理回路",
    chapter="2 Perceptron",
    summary=(
        "A perceptron answers 1 where a weighted sum of its inputs exceeds a threshold. One of "
        "them can be AND, NAND or OR; XOR, which no straight line separates, takes two layers."
    ),
    equations=(
        (
            r"y = \begin{cases} 0 & (b + w_1 x_1 + w_2 x_2 \le 0) \\ "
            r"1 & (b + w_1 x_1 + w_2 x_2 > 0) \end{cases}",
            "a perceptron of two inputs",
        ),
        (r"\mathrm{XOR}(x) = \mathrm{AND}(\mathrm{NAND}(x), \mathrm{OR}(x))", "two layers"),
    ),
    terms=(
        ("perceptron", "パーセプトロン"),
        ("weight", "重み"),
        ("bias", "バイアス"),
        ("step function", "ステップ関数"),
        ("multi-layer perceptron", "多層パーセプトロン"),
        ("linearly separable", "線形分離可能"),
    ),
    demonstrations=(
        Demonstration("gates", lambda seed: {"x": plane()}),
        Demonstration("best_single_perceptron", xor_by_one, seeds=3),
    ),
    claims=(
        Claim(
            claim="One perceptron cannot do XOR; two layers can.",
            claim_ja="単層のパーセプトロンではXORを実現できないが、2層なら実現できる。",
            source="Minsky & Papert 1969, Perceptrons; Saito, Deep Learning from Scratch, 2.4-2.5",
            experiment="20,000 random perceptrons a seed against the two-layer XOR, on 4 inputs",
            metric="inputs answered rightly, of 4: two layers' less the best perceptron's",
            measure=two_layers_against_one,
        ),
    ),
    figures=figures,
)

if __name__ == "__main__":
    run_script(__file__)
