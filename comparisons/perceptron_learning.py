"""Perceptron learning: Rosenblatt's rule on examples that a line separates, and on XOR."""

import itertools

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
FUNCTIONS = np.array(list(itertools.product((0.0, 1.0), repeat=4))).T  # a column each, all 16
XOR, AND = FUNCTIONS.T.tolist().index([0, 1, 1, 0]), FUNCTIONS.T.tolist().index([0, 0, 0, 1])
HOPELESS = [XOR, 15 - XOR]  # XOR and its negation
POINTS, LINES, GAP, EPOCHS, RATES = 20, 50, 0.05, 40, (1.0, 0.1)
DOMAIN, GRID, SHOWN = (-0.5, 1.5), 60, 14


def lines_and_points(seed):
    """Points, and lines at random (w₁, w₂, b) that pass no point nearer than the gap."""
    generator = np.random.default_rng(seed)
    x = generator.uniform(-0.4, 1.4, (POINTS, 2))
    angle = generator.uniform(0, 2 * np.pi, 40 * LINES)
    lines = np.stack([np.cos(angle), np.sin(angle), generator.uniform(-0.5, 0.5, len(angle))])
    lines[2] -= 0.5 * (lines[0] + lines[1])  # they pass the middle of the points
    distances = np.abs(x @ lines[:2] + lines[2]).min(axis=0)
    return x, lines[:, distances > GAP][:, :LINES]


def examples(seed):
    """The points, and on which side of each line they lie."""
    x, lines = lines_and_points(seed)
    t = (x @ lines[:2] + lines[2] > 0).astype("float64")
    return {"x": x, "t": t, "epochs": EPOCHS, "rates": RATES}


def truth_tables(seed):
    """All 16 functions of two inputs, and a perceptron at random for each."""
    draw = np.random.default_rng(seed).normal
    start = {"w": draw(size=(2, 16)), "b": draw(size=16)}
    return {"x": CORNERS, "t": FUNCTIONS, **start, "epochs": EPOCHS}


def corrections(biases):
    """Which looks corrected which unit: (looks, units). A correction always moves the bias."""
    return np.diff(biases, axis=0) != 0


def by_epoch(biases):
    """How many corrections each unit had in each epoch: (epochs, units)."""
    looks = corrections(biases)
    return looks.reshape(EPOCHS, -1, looks.shape[1]).sum(axis=1)


def each_seed(function, measure):
    """A claim's measure: `measure(arrays, seed)` gives larger and smaller, a pair a seed."""

    def mean(result):
        pairs = [
            np.mean(
                [measure(result.arrays(function, c, seed), seed) for c in result.implementations],
                axis=0,
            )
            for seed in result.seeds_of(function)
        ]
        larger, smaller = np.transpose(pairs).tolist()
        return larger, smaller

    return mean


def learned(arrays, seed):
    """The share of the lines after whose last epoch nothing was left to correct."""
    return np.mean(by_epoch(arrays["biases, rate 1.0"])[-1] == 0), 0.0


def never_learned(arrays, seed):
    """The share of the hopeless functions, and of the others, that the last epoch corrected."""
    wrong = by_epoch(arrays["biases"])[-1] > 0
    return wrong[HOPELESS].mean(), np.delete(wrong, HOPELESS).mean()


def bounds(seed):
    """Novikoff's bound (R / γ)² for each line, with the bias as the weight of an input 1."""
    x, lines = lines_and_points(seed)
    gap = np.abs(x @ lines[:2] + lines[2]).min(axis=0) / np.linalg.norm(lines, axis=0)
    return ((x**2).sum(axis=1) + 1).max() / gap**2


def below_bound(arrays, seed):
    """log₁₀ of bound over corrections for the line that comes nearest to its bound."""
    needed = corrections(arrays["biases, rate 1.0"]).sum(axis=0)
    return np.log10(bounds(seed) / np.maximum(needed, 1)).min(), 0.0


def slower(arrays, seed):
    """Corrections at the small learning rate, as a multiple of those at the large one."""
    large, small = (corrections(arrays[f"biases, rate {rate}"]).sum() for rate in RATES)
    return small / large, 1.0


def gap_found(arrays, seed):
    """How near its nearest point the line found passes, over that of the line that was drawn."""
    x, lines = lines_and_points(seed)
    w, b = arrays["weights, rate 1.0"][-1], arrays["biases, rate 1.0"][-1]
    found = np.abs(x @ w + b).min(axis=0) / np.linalg.norm(w, axis=0)
    return np.mean(found / np.abs(x @ lines[:2] + lines[2]).min(axis=0)), 1.0


def turning(x, t, weights, biases):
    """For each correction: the regions before it and the example that it is made for."""
    ticks = np.linspace(*DOMAIN, GRID)
    plane = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    looks = np.flatnonzero(corrections(biases[:, None])[:, 0])
    for k in range(SHOWN):
        look = looks[k] if k < len(looks) else len(weights) - 1
        answers = (plane @ weights[look] + biases[look] > 0).astype(int)
        marked = np.arange(len(x)) == (look % len(x) if k < len(looks) else -1)
        yield answers, (x, t, marked)


def draw_turning(result):
    """The line, correction by correction: points that a line separates, and XOR."""
    x, t = (examples(0)[key] for key in ("x", "t"))
    arrays, tables = result.arrays("separable"), result.arrays("gates")
    weights, biases = arrays["weights, rate 1.0"], arrays["biases, rate 1.0"]
    needed, share = corrections(biases).sum(axis=0), t.mean(axis=0)
    # The longest that is shown whole, among those with points enough on both sides.
    unit = int(np.where((needed < SHOWN) & (abs(share - 0.5) < 0.2), needed, 0).argmax())
    panels = {
        both("separable by a line", "直線で分離できるデータ"): turning(
            x, t[:, unit], weights[:, :, unit], biases[:, unit]
        ),
        "XOR": turning(
            CORNERS, FUNCTIONS[:, XOR], tables["weights"][:, :, XOR], tables["biases"][:, XOR]
        ),
    }
    regions, points = {}, {}
    for name, moves in panels.items():
        for k, (answers, own) in enumerate(moves):
            regions.setdefault(k, {})[name] = answers
            points.setdefault(k, {})[name] = own
    axes = {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    return figures.slider(
        figures.regions(regions, DOMAIN, DOMAIN, points, **axes),
        ("corrections", "更新回数"),
        start=3,
    )


def draw(result):
    """The turning line, and mistakes by epoch."""
    separable = [
        by_epoch(result.arrays("separable", seed=seed)["biases, rate 1.0"]).mean(axis=1) / POINTS
        for seed in result.seeds_of("separable")
    ]
    tables = [
        by_epoch(result.arrays("gates", seed=seed)["biases"]) / len(CORNERS)
        for seed in result.seeds_of("gates")
    ]
    mistakes = {
        both("separable by a line", "直線で分離できるデータ"): separable,
        "AND": [table[:, AND] for table in tables],
        "XOR": [table[:, XOR] for table in tables],
    }
    return [
        Figure(
            ("The line, correction by correction", "更新のたびに動く境界線"),
            draw_turning(result),
            (
                "Each picture is the moment before a correction; the ring marks the example that "
                "is answered wrongly and corrects the line next. On the left the line comes to "
                "rest once no point is on the wrong side. On XOR it turns for ever.",
                "各図は更新の直前の様子である。丸で囲んだ点は誤って答えた例であり、次にこの例が境界線を動かす。"
                "左では、誤る点がなくなると境界線は止まる。XORでは、いつまでも動き続ける。",
            ),
        ),
        Figure(
            ("Mistakes by epoch", "エポックごとの誤りの割合"),
            figures.lines(
                mistakes,
                x_title=("epoch", "エポック"),
                y_title=("examples that were corrected", "更新を起こした例の割合"),
                unit="%",
            ),
            (
                "The separable points start from zeros, AND and XOR from random weights. On XOR "
                "each correction spoils another answer, until in every epoch all four examples "
                "are corrected.",
                "直線で分離できるデータはゼロの重みから、ANDとXORはランダムな重みから始める。XORでは、"
                "1つの例に合わせて更新すると別の例を誤るようになり、やがて毎エポック、4つの例すべてで"
                "更新が起こる。",
            ),
        ),
    ]


SETTING = (
    f"{POINTS} points in the plane and {LINES} lines at random that pass no point nearer than "
    f"{GAP}; a perceptron for each line learns from zeros on which side the points lie, "
    f"{EPOCHS} epochs",
    f"平面上の点{POINTS}個と、どの点からも{GAP}以上離れたランダムな直線{LINES}本。直線ごとに1つの"
    f"パーセプトロンが、点がどちら側にあるかをゼロの重みから{EPOCHS}エポック学習する",
)
CLAIMS = (
    Claim(
        claim=(
            "The perceptron learning rule converges on linearly separable data.",
            "線形分離可能なデータでは、パーセプトロンの学習則は収束する。",
        ),
        source="Rosenblatt 1962; Novikoff 1962, On convergence proofs on perceptrons",
        experiment=(f"{SETTING[0]}.", f"{SETTING[1]}。"),
        metric=(
            "share of the lines learned without a mistake in the last epoch",
            "最後のエポックで1つも誤らなかった直線の割合",
        ),
        measure=each_seed("separable", learned),
        unit="%",
        margin=0.99,
    ),
    Claim(
        claim=(
            "The perceptron learning rule never converges on XOR.",
            "XORでは、パーセプトロンの学習則は決して収束しない。",
        ),
        source="Minsky & Papert 1969, Perceptrons",
        experiment=(
            "All 16 functions of two inputs, a perceptron for each from random weights, "
            f"{EPOCHS} epochs.",
            f"2入力の論理関数16個を、それぞれランダムな重みのパーセプトロンで{EPOCHS}エポック学習する。",
        ),
        metric=(
            "share still corrected in the last epoch: XOR and its negation less the other 14",
            "最後のエポックでも更新があった割合。XORとその否定の値からほかの14個の値を引く",
        ),
        measure=each_seed("gates", never_learned),
        unit="%",
        margin=0.99,
    ),
    Claim(
        claim=(
            "However many the examples, there are at most (R/γ)² corrections.",
            "データがいくつあっても、更新回数は(R/γ)²を超えない。",
        ),
        source="Novikoff 1962; Block 1962, The perceptron",
        experiment=(
            f"{SETTING[0]}. R is the length of the longest input and γ the gap between the line "
            "that was drawn and its nearest point, both with the bias as the weight of an input 1.",
            f"{SETTING[1]}。Rは最も長い入力ベクトルの長さ、γは元の直線と最も近い点との間隔であり、"
            "どちらもバイアスを入力1の重みとして数える。",
        ),
        metric=(
            "log₁₀ of bound over corrections, for the line that comes nearest to its bound",
            "上界と更新回数の比の常用対数。上界に最も近づいた直線の値",
        ),
        measure=each_seed("separable", below_bound),
        unit="orders of magnitude",
    ),
    Claim(
        claim=(
            "A smaller learning rate makes the perceptron learn more slowly.",
            "学習率を小さくすると、パーセプトロンの学習は遅くなる。",
        ),
        source="many tutorials",
        experiment=(
            f"{SETTING[0]}; learning rate 0.1 against 1.",
            f"{SETTING[1]}。学習率0.1と1を比べる。",
        ),
        metric=(
            "corrections at 0.1 over those at 1, less 1",
            "学習率0.1の更新回数を1の更新回数で割り、1を引いた値",
        ),
        measure=each_seed("separable", slower),
        margin=0.1,
        instead=(
            "From zeros, as here, the learning rate multiplies w and b and nothing else: the sign "
            "of z, and so every answer, stays the same. It matters only beside initial weights "
            "that are not zero.",
            "この実験のように重みをゼロから始めると、学習率はwとbを定数倍するだけで、zの符号は変わらず、"
            "出力もすべて同じになる。学習率が効くのは、初期値がゼロでないときだけである。",
        ),
    ),
    Claim(
        claim=(
            "The perceptron finds the best separating line.",
            "パーセプトロンは最良の分離直線を見つける。",
        ),
        source="a common belief; see Cortes & Vapnik 1995, Support-vector networks",
        experiment=(
            f"{SETTING[0]}. The better line keeps farther from its nearest point; the best is at "
            "least as good as the line that was drawn.",
            f"{SETTING[1]}。最も近い点との間隔が広い直線ほど良いとする。最良の直線の間隔は、元の直線の"
            "間隔以上である。",
        ),
        metric=(
            "gap of the line found over that of the line drawn, less 1",
            "見つけた直線の間隔を元の直線の間隔で割り、1を引いた値",
        ),
        measure=each_seed("separable", gap_found),
        margin=-0.1,
        instead=(
            "It stops at the first line that makes no mistake, often close to a point. The line "
            "with the widest gap is what a support vector machine finds.",
            "誤りがなくなった時点で止まるので、境界線はしばしば点のすぐそばを通る。間隔が最大の直線を求めるの"
            "は、サポートベクターマシンである。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Perceptron learning: Rosenblatt's rule", "パーセプトロンの学習則"),
    chapter=chapters.PERCEPTRON.section(2),
    summary=(
        "Nobody has to choose the weights: a perceptron finds them from examples. Where it answers "
        "rightly nothing happens; where it answers wrongly the input is added to the weights or "
        "taken off. If any line separates the examples, it finds one after finitely many "
        "corrections. If none does, as for XOR, it goes on for ever.",
        "重みを人が決める必要はない。パーセプトロンは例から重みを学習する。正しく答えたときは何も変えず、"
        "誤って答えたときだけ、入力を重みに加えるか重みから引く。例を分ける直線があれば、有限回の更新で"
        "その1つが見つかる。XORのようにそのような直線がなければ、更新はいつまでも続く。",
    ),
    introduces=(
        Introduced(
            "perceptron_rule",
            r"y = h(x w + b), \quad w \leftarrow w + \eta \, (t - y) \, x, \quad "
            r"b \leftarrow b + \eta \, (t - y)",
            (
                "t − y is 1 where the answer should have been 1, −1 where it should have been 0, "
                "and 0 where it is right. It is a step of gradient descent on |z| over the wrong "
                "answers.",
                "t − yは、1と答えるべきだったときは1、0と答えるべきだったときは−1、"
                "正しければ0になる。これは、誤った例についての|z|を損失とする勾配降下法の1ステップである。",
            ),
            demonstration="separable",
        ),
        Introduced(
            "perceptron_learning",
            r"(x_1, t_1), (x_2, t_2), \ldots, (x_n, t_n), (x_1, t_1), \ldots",
            (
                "One example at a time, over and over. Once an epoch passes without a correction, "
                "nothing will change any more.",
                "例を1つずつ順に、繰り返し見ていく。更新のないエポックが1回あれば、その後は何も変わらない。",
            ),
            demonstration="separable",
        ),
    ),
    equations=(
        (
            r"L = \sum_{n:\, y_n \ne t_n} |z_n| = \sum_n (y_n - t_n) \, z_n, \quad "
            r"\frac{\partial L}{\partial w} = \sum_n (y_n - t_n) \, x_n",
            ("The loss that the rule descends.", "学習則が下っていく損失。"),
        ),
        (
            r"\text{corrections} \le \left( \frac{R}{\gamma} \right)^2",
            (
                "R: length of the longest input; γ: gap between a separating line and its nearest "
                "point, both with the bias as the weight of an input 1. The bound holds for every "
                "such line, and is least for the one with the widest gap.",
                "Rは最も長い入力の長さ、γは分離直線と最も近い点との間隔（どちらもバイアスを入力1の"
                "重みとして数える）。どの分離直線についても成り立ち、間隔が最も広い直線の上界が最も小さい。",
            ),
        ),
    ),
    terms=(
        ("perceptron learning rule", "パーセプトロンの学習則"),
        ("training example", "訓練データの例"),
        ("learning rate", "学習率（学習係数）"),
        ("linearly separable", "線形分離可能"),
        ("convergence", "収束"),
        ("epoch", "エポック"),
        ("margin", "マージン（境界との間隔）"),
    ),
    demonstrations=(
        Demonstration("separable", examples, seeds=5),
        Demonstration("gates", truth_tables, seeds=5),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
