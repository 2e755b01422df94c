"""The perceptron: AND, NAND and OR with one, XOR with two layers."""

import itertools

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = {"AND": (0, 0, 0, 1), "NAND": (1, 1, 1, 0), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
FUNCTIONS = np.array(list(itertools.product((0.0, 1.0), repeat=4)))  # all 16 of two inputs
BIASES = np.round(np.arange(-1.15, 0.2, 0.1), 2)
DOMAIN, POINTS, DRAWN = (-0.5, 1.5), 48, 20_000


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


def draw(result):
    """The regions of the gates, a bias to turn, and what one perceptron can do at all."""
    regions = {
        gate: answers.reshape(POINTS, POINTS).astype(int)
        for gate, answers in result.arrays("gates").items()
    }
    corners = {gate: (CORNERS, target) for gate, target in TARGETS.items()}
    axes = {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    answers = result.arrays("moving_bias")["answers"].reshape(-1, POINTS, POINTS).astype(int)
    turned = {
        bias: dict.fromkeys(("AND", "OR", "XOR"), answer)
        for bias, answer in zip(BIASES.tolist(), answers)
    }
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
            ("Turn the bias", "バイアスを動かす"),
            figures.slider(
                figures.regions(turned, DOMAIN, DOMAIN, corners, **axes),
                ("bias", "バイアス"),
                start=-0.75,
            ),
            (
                "A perceptron with the weights 0.5 and 0.5. The bias moves the line without "
                "turning it: between −1 and −0.5 the perceptron is AND, between −0.5 and 0 it is "
                "OR. It is XOR nowhere.",
                "2つの重みをともに0.5に固定したパーセプトロン。バイアスを変えると、"
                "境界の直線は向きを変えずに平行に動く。バイアスが−1と−0.5の間ではAND、"
                "−0.5と0の間ではORになるが、XORになることはない。",
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
        "A perceptron adds up its weighted inputs and answers 1 where the sum with the bias "
        "exceeds 0. AND, NAND and OR are one perceptron each, with different numbers. XOR, which "
        "no straight line separates, takes two layers.",
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
                "重みwは各入力の重要度を、バイアスbは1の出力されやすさを決める。",
            ),
            some_inputs,
            inputs=1,
        ),
        Introduced(
            "step",
            r"h(z) = \begin{cases} 0 & (z \le 0) \\ 1 & (z > 0) \end{cases}",
            (
                "The answer jumps at the threshold: step of the weighted sum is the perceptron.",
                "しきい値を境に出力が0から1に変わる。重み付き和にステップ関数を適用したものがパーセプトロンで"
                "ある。",
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
        Demonstration("moving_bias", lambda seed: {"x": plane(), "biases": BIASES}),
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
            source="Minsky & Papert 1969, Perceptrons; Saito, Deep Learning from Scratch, 2.4-2.5",
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
        ),
    ),
    figures=draw,
    minutes=0.2,
)

if __name__ == "__main__":
    run_script(__file__)
