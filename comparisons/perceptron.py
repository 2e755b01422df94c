"""The perceptron: AND, NAND and OR with one, XOR with two layers."""

import itertools

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures, palette

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = {"AND": (0, 0, 0, 1), "NAND": (1, 1, 1, 0), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
FUNCTIONS = np.array(list(itertools.product((0.0, 1.0), repeat=4)))  # all 16 of two inputs
DOMAIN, POINTS, DRAWN = (-0.5, 1.5), 48, 20_000
TURNED = {"w1": (0.5, "w₁"), "w2": (0.5, "w₂"), "bias": (-0.7, "b")}  # AND at first


def plane():
    """A grid of points that steers clear of the boundaries themselves."""
    ticks = np.linspace(*DOMAIN, POINTS, endpoint=False) + 1 / POINTS
    return np.stack(np.meshgrid(ticks + 0.0013, ticks + 0.0007), axis=-1).reshape(-1, 2)


def some_inputs(seed):
    """Rows of inputs, and the weights and biases of two units."""
    draw = np.random.default_rng(seed).normal
    return {"x": draw(size=(4, 3)), "w": draw(size=(3, 2)), "b": draw(size=2)}


def gate(name, equation, says):
    """A gate's row; it is proven on its truth table."""
    helpers = ("weighted_sum", "step")
    return Introduced(
        name, equation, says, lambda seed: {"x": CORNERS}, helpers=helpers, kinks=True
    )


def corners_right(result, way):
    """How many of XOR's four rows the best network drawn gets right, a number a seed."""
    xor = FUNCTIONS.tolist().index(list(TARGETS["XOR"]))
    return [
        np.mean([result.arrays("search", c, seed)[way][xor] for c in result.implementations])
        for seed in result.seeds_of("search")
    ]


def turn():
    """One perceptron whose weights and bias are set by sliders, beside what four gates want."""
    parameters = [
        alt.param(
            name=n, value=start, bind=alt.binding_range(min=-1.5, max=1.5, step=0.1, name=text)
        )
        for n, (start, text) in TURNED.items()
    ]
    ticks = np.linspace(*DOMAIN, 41)
    cells = pd.DataFrame(itertools.product(ticks, ticks), columns=["x", "y"])
    corners = pd.DataFrame(
        [
            {"x": x, "y": y, "gate": gate, "wanted": wanted}
            for gate, targets in TARGETS.items()
            for (x, y), wanted in zip(CORNERS, targets)
        ]
    )
    colors = alt.Scale(domain=[0, 1], range=palette.CATEGORIES[:2])

    def panel(gate):
        answer = "w1 * datum.x + w2 * datum.y + bias > 0 ? 1 : 0"
        ground, points = (
            alt.Chart(data)
            .transform_calculate(answer=answer)
            .encode(
                x=alt.X("x:Q").scale(domain=DOMAIN, nice=False).title("x₁"),
                y=alt.Y("y:Q").scale(domain=DOMAIN, nice=False).title("x₂"),
            )
            for data in (cells, corners[corners["gate"] == gate])
        )
        right = points.transform_calculate(right="datum.answer === datum.wanted ? 1 : 0")
        right = right.transform_aggregate(right="sum(right)")
        right = right.transform_calculate(text="datum.right + ' / 4'")
        return alt.layer(
            ground.mark_square(size=28, opacity=0.35).encode(
                color=alt.Color("answer:N").scale(colors).title(both("answer", "出力"))
            ),
            points.mark_circle(size=120, opacity=1, stroke="white").encode(
                color=alt.Color("wanted:N").scale(colors)
            ),
            right.mark_text(fontSize=14, fontWeight="bold").encode(
                x=alt.value(100), y=alt.value(12), text="text:N"
            ),
        ).properties(width=200, height=200, title=gate)

    return alt.concat(*map(panel, TARGETS), columns=4).add_params(*parameters)


def draw(result):
    """The regions of the gates, weights to turn, and what one perceptron can do at all."""
    regions = {
        gate: answers.reshape(POINTS, POINTS).astype(int)
        for gate, answers in result.arrays("gates").items()
    }
    corners = {gate: (CORNERS, target) for gate, target in TARGETS.items()}
    axes = {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    done = {
        both(english, japanese): [
            np.sum(result.arrays("search", seed=seed)[english] == 4)
            for seed in result.seeds_of("search")
        ]
        for english, japanese in (
            ("one perceptron", "パーセプトロン1つ"),
            ("two layers", "2層のパーセプトロン"),
        )
    }
    return [
        Figure(
            ("What each gate answers", "各ゲートの出力"),
            figures.regions(regions, DOMAIN, DOMAIN, corners, panels=4, **axes),
            (
                "Points: what the gate should answer. One straight line bounds AND, NAND and OR; "
                "XOR takes two lines.",
                "点はゲートが出力すべき値を表す。AND、NAND、ORの境界は1本の直線である。XORには2本の直線が"
                "必要になる。",
            ),
        ),
        Figure(
            ("Turn the weights and the bias", "重みとバイアスを動かす"),
            turn(),
            (
                "One perceptron, and in each panel the points that a gate should answer and how "
                "many of the four it answers right. The weights turn the line, the bias moves it. "
                "With the weights at 0.5 and 0.5 it is AND at a bias between −1 and −0.5, OR "
                "between −0.5 and 0; with all signs of AND turned round it is NAND. No setting "
                "makes it XOR.",
                "1つのパーセプトロンを4つのゲートと比べる。点はゲートが出力すべき値、"
                "数字は4点のうち正しく出力できた点の数を表す。重みを変えると境界の直線の向きが、"
                "バイアスを変えると位置が変わる。重みがともに0.5のとき、"
                "バイアスが−1と−0.5の間ではAND、−0.5と0の間ではORになり、"
                "ANDの重みとバイアスの符号をすべて反転するとNANDになる。どう設定してもXORにはならない。",
            ),
        ),
        Figure(
            (
                "How many of the 16 functions of two inputs",
                "2入力の論理関数16個のうち実現できる個数",
            ),
            figures.bars(done, x_title=("functions, of 16", "実現できた関数の数（16個中）")),
            (
                "Two inputs have 16 logic functions. One perceptron does all but XOR and its "
                "negation.",
                "2入力の論理関数は16個ある。1つのパーセプトロンで実現できないのは、XORとその否定だけである。",
            ),
        ),
    ]


CONCEPT = Concept(
    title=(
        "Perceptron: logic gates from a weighted sum",
        "パーセプトロン：重み付き和による論理回路",
    ),
    chapter=chapters.PERCEPTRON.section(1),
    summary=(
        "A perceptron adds up its weighted inputs and a bias, and answers 1 where the sum exceeds "
        "0, else 0. AND, NAND and OR are one perceptron each, with different weights and bias. "
        "XOR, which no straight line separates, takes two layers.",
        "パーセプトロンは入力の重み付き和にバイアスを加え、その値が0を超えたら1を、"
        "そうでなければ0を出力する。AND、NAND、ORはどれも1つのパーセプトロンであり、"
        "重みとバイアスの値が違うだけである。1本の直線では分けられないXORには、"
        "層を2つ重ねる必要がある。",
    ),
    introduces=(
        Introduced(
            "weighted_sum",
            r"z = b + w_1 x_1 + w_2 x_2, \quad z = x w + b",
            (
                "Each weight says how much its input counts; the bias b says how easily the answer "
                "is 1.",
                "重みwは各入力の重要度を、バイアスbは出力が1になりやすいかどうかを決める。",
            ),
            some_inputs,
            inputs=1,
        ),
        Introduced(
            "step",
            r"h(z) = \begin{cases} 0 & (z \le 0) \\ 1 & (z > 0) \end{cases}",
            (
                "The answer jumps at the threshold, which is 0, as the bias is in z. The step h of "
                "the weighted sum is the perceptron.",
                "しきい値を境に出力が0から1に変わる。バイアスをzに含めるので、しきい値は0である。重み付き和に"
                "ステップ関数hを適用したものがパーセプトロンである。",
            ),
            lambda seed: {"z": np.random.default_rng(seed).normal(size=(5, 3))},
            kinks=True,
        ),
        gate(
            "AND",
            r"y = h(0.5 x_1 + 0.5 x_2 - 0.7)",
            (
                "Only both inputs together exceed 0.7.",
                "2つの入力がともに1のときだけ、和が0.7を超える。",
            ),
        ),
        gate(
            "NAND",
            r"y = h(-0.5 x_1 - 0.5 x_2 + 0.7)",
            (
                "Weights and bias of AND with the other sign, so all its answers are turned round.",
                "ANDの重みとバイアスの符号を反転すると、出力もすべて反転する。",
            ),
        ),
        gate(
            "OR",
            r"y = h(0.5 x_1 + 0.5 x_2 - 0.2)",
            (
                "One input is enough to exceed 0.2.",
                "どちらか一方の入力が1であれば、和が0.2を超える。",
            ),
        ),
        gate(
            "XOR",
            r"\mathrm{XOR}(x) = \mathrm{AND}(\mathrm{NAND}(x), \mathrm{OR}(x))",
            (
                "Two perceptrons in the first layer, one in the second.",
                "第1層に2つ、第2層に1つのパーセプトロンを置く。",
            ),
        ),
    ),
    terms=(
        ("perceptron", "パーセプトロン"),
        ("weight", "重み"),
        ("bias", "バイアス"),
        ("step function", "ステップ関数"),
        ("threshold", "しきい値"),
        ("logic gate", "論理ゲート"),
        ("truth table", "真理値表"),
        ("linearly separable", "線形分離可能"),
        ("multi-layer perceptron", "多層パーセプトロン"),
    ),
    demonstrations=(
        Demonstration("gates", lambda seed: {"x": plane()}),
        Demonstration(
            "search",
            lambda seed: {"x": CORNERS, "targets": FUNCTIONS, "number": DRAWN},
            seeds=5,
        ),
    ),
    claims=(
        Claim(
            claim=(
                "One perceptron cannot do XOR; two layers can.",
                "単層のパーセプトロンではXORを実現できないが、2層なら実現できる。",
            ),
            source="Minsky & Papert 1969, Perceptrons; Saito, Deep Learning from Scratch, 2.4, 2.5",
            experiment=(
                f"{DRAWN:,} perceptrons with random weights, and as many networks of two layers "
                "(two perceptrons and one over them). The best of each counts.",
                f"重みをランダムに決めたパーセプトロン{DRAWN:,}個と、2層のネットワーク（第1層に2つ、第2層に"
                f"1つ）{DRAWN:,}個を用意し、それぞれで最も良いものを比べる。",
            ),
            metric=(
                "rows of XOR's truth table that are right, of 4: two layers less one perceptron",
                "XORの真理値表4行のうち正しい行数。2層の値から単層の値を引く",
            ),
            measure=lambda result: (
                corners_right(result, "two layers"),
                corners_right(result, "one perceptron"),
            ),
            unit="rows",
            margin=0.5,
            theorem=True,
        ),
    ),
    figures=draw,
    minutes=0.2,
)

if __name__ == "__main__":
    run_script(__file__)
