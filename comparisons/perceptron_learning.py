"""Perceptron learning: Rosenblatt's rule on examples that a line separates, and on XOR."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.drawing import figures

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
FUNCTIONS = np.array(list(np.ndindex(2, 2, 2, 2)), dtype=bool).T  # a column each, all 16
XOR, AND = FUNCTIONS.T.tolist().index([0, 1, 1, 0]), FUNCTIONS.T.tolist().index([0, 0, 0, 1])
HOPELESS = [XOR, 15 - XOR]  # XOR and its negation
NUMBERS, MIDDLE, LINES, GAP = (10, 40, 160), 40, 12, 0.05
EPOCHS, LIMIT, RATES, FIRST_SEED = 40, 400, (1.0, 0.1), 10
DOMAIN, GRID, SHOWN = (-0.5, 1.5), 60, 14


def lines_and_points(seed):
    """Lines at random (w₁, w₂, b), and points that lie no nearer than the gap to any of them."""
    generator = np.random.default_rng(seed)
    angle = generator.uniform(0, 2 * np.pi, LINES)
    lines = np.stack([np.cos(angle), np.sin(angle), generator.uniform(-0.5, 0.5, LINES)])
    lines[2] -= 0.5 * (lines[0] + lines[1])  # they pass the middle of the points
    x = generator.uniform(-0.4, 1.4, (40 * NUMBERS[-1], 2))
    far = np.abs(x @ lines[:2] + lines[2]).min(axis=1) > GAP
    return lines, x[far][: NUMBERS[-1]]


def examples(seed):
    """The points, and on which side of each line they lie."""
    lines, x = lines_and_points(seed)
    return {"x": x, "t": x @ lines[:2] + lines[2] > 0, "numbers": NUMBERS, "epochs": LIMIT}


def few_examples(seed):
    """A few of the points, and a perceptron at random for each line."""
    draw, known = np.random.default_rng(seed).normal, examples(seed)
    start = {"w": draw(size=(2, LINES)), "b": draw(size=LINES)}
    return {"x": known["x"][:20], "t": known["t"][:20], **start, "rates": RATES, "epochs": LIMIT}


def truth_tables(seed):
    """All 16 functions of two inputs, and a perceptron at random for each."""
    draw = np.random.default_rng(seed).normal
    start = {"w": draw(size=(2, 16)), "b": draw(size=16)}
    return {"x": CORNERS, "t": FUNCTIONS, **start, "epochs": EPOCHS}


def corrections(biases):
    """Which looks corrected which unit: (looks, units). A correction always moves the bias."""
    return np.diff(biases, axis=0) != 0


def by_epoch(biases, number):
    """How many corrections each unit had in each epoch of so many examples: (epochs, units)."""
    return corrections(biases).reshape(-1, number, biases.shape[1]).sum(axis=1)


def each_seed(function, measure):
    """A claim's measure: `measure(arrays, seed)` gives larger and smaller, a pair a seed."""

    def mean(result):
        pairs = [
            [measure(result.arrays(function, c, seed), seed) for c in result.implementations]
            for seed in result.seeds_of(function)
        ]
        return tuple(np.mean(pairs, axis=1).T.tolist())

    return mean


def learned(arrays, seed):
    """The share of the lines after whose last epoch nothing was left to correct."""
    last = [by_epoch(arrays[f"biases, {number}"], number)[-1] for number in NUMBERS]
    return np.mean(np.equal(last, 0)), 0.0


def never_learned(arrays, seed):
    """The share of the hopeless functions, and of the others, that the last epoch corrected."""
    wrong = by_epoch(arrays["biases"], len(CORNERS))[-1] > 0
    return wrong[HOPELESS].mean(), np.delete(wrong, HOPELESS).mean()


def needed(arrays, number):
    """The corrections for each line, with so many examples."""
    return corrections(arrays[f"biases, {number}"]).sum(axis=0)


def bounds(seed, number):
    """Novikoff's bound (R / γ)² for each line, with the bias as the weight of an input 1."""
    lines, x = lines_and_points(seed)
    gap = np.abs(x[:number] @ lines[:2] + lines[2]).min(axis=0) / np.linalg.norm(lines, axis=0)
    return ((x[:number] ** 2).sum(axis=1) + 1).max() / gap**2


def below_bound(arrays, seed):
    """log₁₀ of bound over corrections, where they come nearest to their bound."""
    ratios = [bounds(seed, number) / np.maximum(needed(arrays, number), 1) for number in NUMBERS]
    return np.log10(ratios).min(), 0.0


def gap_found(arrays, seed):
    """How near its nearest point the line found passes, over that of the line that was drawn."""
    lines, x = lines_and_points(seed)
    w, b = (arrays[f"{name}, {MIDDLE}"][-1] for name in ("weights", "biases"))
    found = np.abs(x[:MIDDLE] @ w + b).min(axis=0) / np.linalg.norm(w, axis=0)
    return np.mean(found / np.abs(x[:MIDDLE] @ lines[:2] + lines[2]).min(axis=0)), 1.0


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
    x, t = (examples(FIRST_SEED)[key][:MIDDLE] for key in "xt")
    arrays, tables = result.arrays("separable"), result.arrays("gates")
    weights, biases = arrays[f"weights, {MIDDLE}"], arrays[f"biases, {MIDDLE}"]
    number, share = needed(arrays, MIDDLE), t.mean(axis=0)
    # The longest that is shown whole, among those with points enough on both sides.
    unit = int(np.where((number < SHOWN) & (abs(share - 0.5) < 0.2), number, 0).argmax())
    panels = {
        both("separable by a line", "直線で分離できるデータ"): turning(
            x, t[:, unit], weights[:, :, unit], biases[:, unit]
        ),
        "XOR": turning(
            CORNERS, FUNCTIONS[:, XOR], tables["weights"][:, :, XOR], tables["biases"][:, XOR]
        ),
    }
    moves = {name: list(own) for name, own in panels.items()}
    regions, points = (
        {k: {name: own[k][part] for name, own in moves.items()} for k in range(SHOWN)}
        for part in (0, 1)
    )
    titles = {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    chart = figures.regions(regions, DOMAIN, DOMAIN, points, **titles)
    return figures.slider(chart, ("corrections", "更新回数"), start=3)


def draw(result):
    """The turning line, mistakes by epoch, corrections by number of examples."""
    separable = result.of_numpy(
        "separable", lambda a: by_epoch(a[f"biases, {MIDDLE}"], MIDDLE).mean(axis=1) / MIDDLE
    )
    tables = result.of_numpy("gates", lambda a: by_epoch(a["biases"], len(CORNERS)) / len(CORNERS))
    mistakes = {  # once a perceptron has learned, there are none
        both("separable by a line", "直線で分離できるデータ"): [
            np.append(shares, np.zeros(EPOCHS))[:EPOCHS] for shares in separable
        ],
        "AND": [table[:, AND] for table in tables],
        "XOR": [table[:, XOR] for table in tables],
    }
    counts = result.of_numpy("separable", lambda a: [needed(a, n).mean() for n in NUMBERS])
    by_number = {
        both("corrections", "更新回数"): counts,
        both("bound (R/γ)²", "上界 (R/γ)²"): [
            [bounds(seed, n).mean() for n in NUMBERS] for seed in result.seeds_of("separable")
        ],
    }
    return [
        Figure(
            ("The line, correction by correction", "更新のたびに動く境界線"),
            draw_turning(result),
            (
                "Each picture is the moment before a correction; the ring marks the example that "
                "is answered wrongly and corrects the line next. On the left the line comes to "
                "rest once no point is on the wrong side. On XOR it turns for ever.",
                "各図は更新の直前の様子である。丸で囲んだ点は誤って分類したデータであり、次にこれが境界線を動かす。"
                "左では、誤る点がなくなると境界線は止まる。XORでは、いつまでも動き続ける。",
            ),
        ),
        Figure(
            ("Mistakes by epoch", "エポックごとの誤りの割合"),
            figures.lines(
                mistakes,
                x_title=("epoch", "エポック"),
                y_title=("examples that were corrected", "更新を起こしたデータの割合"),
                unit="%",
            ),
            (
                "The separable points start from zeros, AND and XOR from random weights. On XOR "
                "each correction spoils another answer, until in every epoch all four examples "
                "are corrected.",
                "直線で分離できるデータはゼロの重みから、ANDとXORはランダムな重みから始める。XORでは、"
                "1つのデータに合わせて更新すると別のデータを誤るようになり、やがて毎エポック、4つのデータ"
                "すべてで更新が起こる。",
            ),
        ),
        Figure(
            ("More examples", "データの数と更新回数"),
            figures.lines(
                by_number,
                NUMBERS,
                x_title=("examples", "データの数"),
                y_title=("corrections", "更新回数"),
                log="xy",
            ),
            (
                "The points keep their gap from the lines, however many they are: the bound is "
                "limited, and the corrections grow far more slowly than the examples.",
                "点がいくら増えても直線との間隔は保たれるので、上界には限りがある。"
                "更新回数の増え方は、点の数よりはるかに緩やかである。",
            ),
        ),
    ]


SETTING = (
    f"{LINES} lines at random and 10, 40 or 160 points no nearer than {GAP} to any of them; a "
    "perceptron for each line learns from zeros on which side the points lie, until an epoch "
    "passes without a correction",
    f"ランダムな直線{LINES}本と、どの直線からも{GAP}以上離れた点（10個、40個、160個）。直線ごとに"
    "1つのパーセプトロンが、点がどちら側にあるかをゼロの重みから学習し、更新のないエポックで終える",
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
            f"share of the lines learned without a mistake at last, within {LIMIT} epochs",
            f"{LIMIT}エポック以内に誤りなく学習できた直線の割合",
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
            f"All 16 functions of two inputs, a perceptron at random for each, {EPOCHS} epochs.",
            f"2入力の論理関数16個を、それぞれランダムな重みのパーセプトロンで{EPOCHS}エポック学習する。",
        ),
        metric=(
            "share still corrected in the last epoch: XOR and its negation less the other 14",
            "最後のエポックでも更新があった割合。XORとその否定の値からほかの14個の値を引く",
        ),
        measure=each_seed("gates", never_learned),
        unit="%",
        margin=0.99,
        theorem=True,
    ),
    Claim(
        claim=(
            "However many the examples, there are at most (R/γ)² corrections.",
            "データがいくつあっても、更新回数は(R/γ)²を超えない。",
        ),
        source="Novikoff 1962; Block 1962, The perceptron",
        experiment=(
            f"{SETTING[0]}. R and γ, of the line that was drawn, as in the equations.",
            f"{SETTING[1]}。Rとγは数式の通りで、γは元の直線の間隔とする。",
        ),
        metric=(
            "log₁₀ of bound over corrections, for the line and number that come nearest to it",
            "上界と更新回数の比の常用対数。上界に最も近づいた直線と点の数での値",
        ),
        measure=each_seed("separable", below_bound),
        unit="orders of magnitude",
        theorem=True,
    ),
    Claim(
        claim=(
            "A smaller learning rate makes the perceptron learn more slowly.",
            "学習率を小さくすると、パーセプトロンの学習は遅くなる。",
        ),
        source=("many tutorials", "多くの入門記事"),
        experiment=(
            "The same with 20 points, but each perceptron starts with w and b from N(0, 1); "
            "learning rate 0.1 against 1. (From zeros the rate would change no answer.)",
            "点20個で、同じ学習をN(0, 1)に従うランダムなwとbから始め、学習率0.1と1を比べる。"
            "（ゼロから始めると、学習率は出力に影響しない。）",
        ),
        metric=(
            "corrections at 0.1 over those at 1, less 1",
            "学習率0.1の更新回数を1の更新回数で割り、1を引いた値",
        ),
        measure=versus(
            "learning_rates", lambda a: a["rate 0.1"].sum() / a["rate 1.0"].sum(), lambda a: 1.0
        ),
        margin=0.1,
    ),
    Claim(
        claim=(
            "The perceptron finds the best separating line.",
            "パーセプトロンは最良の分離直線を見つける。",
        ),
        source=("a common belief; see Cortes & Vapnik 1995", "通説。Cortes & Vapnik 1995参照"),
        experiment=(
            f"{SETTING[0]}; here {MIDDLE} points. The better line keeps farther from its nearest "
            "point; the best is at least as good as the line that was drawn.",
            f"{SETTING[1]}。ここでは{MIDDLE}個の点を使う。最も近い点との間隔が広い直線ほど良いとする。"
            "最良の直線の間隔は、元の直線の間隔以上である。",
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
        "重みを人が決める必要はない。パーセプトロンはデータから重みを学習する。正しく分類したときは何も変えず、"
        "誤って分類したときだけ、入力を重みに加えるか重みから引く。データを分ける直線があれば、有限回の更新で"
        "その1つが見つかる。XORのようにそのような直線がなければ、更新はいつまでも続く。",
    ),
    introduces=(
        Introduced(
            "perceptron_rule",
            r"z = x w + b, \; y = h(z), \quad w \leftarrow w + \eta \, (t - y) \, x, \quad "
            r"b \leftarrow b + \eta \, (t - y)",
            (
                "h: the step. t − y is 1 where the answer should have been 1, −1 where it should "
                "have been 0, and 0 where it is right: gradient descent on |z| over the wrong "
                "answers. From w = 0, b = 0 the rate η is a factor of both, and changes no answer.",
                "hはステップ関数。t − yは、1を出力すべきなら1、0を出力すべきなら−1、"
                "正しければ0になる。これは、誤ったデータについての|z|を損失とする勾配降下法の1ステップである。"
                "wとbをゼロから始めると、学習率ηは両者に共通の係数になるだけで、どの出力も変えない。",
            ),
            demonstration="separable",
        ),
        Introduced(
            "perceptron_learning",
            r"(x_1, t_1), (x_2, t_2), \ldots, (x_n, t_n), (x_1, t_1), \ldots",
            (
                "One example at a time, over and over; all n are an epoch. After an epoch without "
                "a correction nothing will change any more.",
                "データを1つずつ順に繰り返し見る。一巡が1エポックで、更新のない一巡の後は何も変わらない。",
            ),
            demonstration="separable",
        ),
    ),
    equations=(
        (
            r"L = \sum_{n:\, y_n \ne t_n} |z_n| = \sum_n (y_n - t_n) \, z_n, \quad "
            r"\frac{\partial L}{\partial w} = \sum_n (y_n - t_n) \, x_n",
            ("The loss that the rule descends.", "学習則が小さくしていく損失。"),
        ),
        (
            r"k \le \left( \frac{R}{\gamma} \right)^2",
            (
                "k: corrections from zeros; R: length of the longest input; γ: gap between a "
                "separating line and its nearest point, both with the bias as the weight of an "
                "input 1. It holds for every such line, and is least for the widest gap.",
                "kはゼロの重みからの更新回数、Rは最も長い入力の長さ、γは分離直線と最も近い点との間隔（Rとγでは、"
                "バイアスを常に1の入力の重みとみなす）。どの分離直線でも成り立ち、間隔最大の直線で右辺が最小になる。",
            ),
        ),
    ),
    terms=(
        ("perceptron learning rule", "パーセプトロンの学習則"),
        ("training example", "訓練例（1つの訓練データ）"),
        ("learning rate", "学習率（学習係数）"),
        ("linearly separable", "線形分離可能"),
        ("convergence", "収束"),
        ("epoch", "エポック"),
        ("margin", "マージン（境界との間隔）"),
    ),
    demonstrations=(
        Demonstration("separable", examples, 10, FIRST_SEED, proven_with={"numbers": (10, 40)}),
        Demonstration("learning_rates", few_examples, seeds=10, first_seed=FIRST_SEED),
        Demonstration("gates", truth_tables, seeds=5),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
