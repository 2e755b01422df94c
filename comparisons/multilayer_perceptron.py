"""The multi-layer perceptron: two spirals, by depth with and without ReLU, and by width."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Figure,
    Introduced,
    Preset,
    Settings,
    Task,
)
from comparisons.harness.datasets import Dataset
from comparisons.harness.drawing import figures

WIDTHS = {f"{units} hidden units": units for units in (2, 8, 32, 128)}
EIGHT, WIDEST = "8 hidden units", "128 hidden units"
FIRST_SEED = 10
NONE, LINEAR, DEEP = "no hidden layer", "3 linear layers of 32", "3 ReLU layers of 32"
DOMAIN = (-1.1, 1.1)
DEPTHS = {
    NONE: {"units": (), "activation": None},
    LINEAR: {"units": (32, 32, 32), "activation": None},
    DEEP: {"units": (32, 32, 32), "activation": "relu"},
}


def spirals(number, generator):
    """Points on two spirals of one and a half turns, one inside the other."""
    y = np.arange(number) % 2
    radius = np.sqrt(generator.uniform(0.03, 1, number))
    angle = np.pi * (3 * radius + y)
    x = radius * np.stack([np.cos(angle), np.sin(angle)]) + generator.normal(0, 0.03, (2, number))
    return x.T.astype("float32"), y[:, None].astype("float32")


def data(settings, seed):
    """Two spirals drawn with the seed."""
    number, generator = 4_000 if settings.preset == "full" else 400, np.random.default_rng(seed)
    parts = [spirals(size, generator) for size in (number, 200, 2_000)]
    return Dataset(
        *(array for part in parts for array in part),
        (
            f"Two spirals: {number:,} training, 200 validation and 2,000 test points, drawn with "
            f"seed {seed}",
            f"2つの渦巻き：訓練データ{number:,}点、検証データ200点、テストデータ2,000点。シードは{seed}。",
        ),
    )


def some_layer(seed):
    """Rows of inputs, and the weights and biases of three units."""
    draw = np.random.default_rng(seed).normal
    return {"x": draw(size=(5, 2)), "w": draw(size=(2, 3)), "b": draw(size=3)}


def some_network(seed):
    """The weights of a network of 2 inputs, 5 and 4 hidden units, and 2 outputs."""
    draw = np.random.default_rng(seed).normal
    sizes = {"1": (2, 5), "2": (5, 4), "3": (4, 2)}
    weights = {
        f"{kind}{number}": draw(size=shape)
        for number, size in sizes.items()
        for kind, shape in (("w", size), ("b", size[1:]))
    }
    return {"x": draw(size=(5, 2)), **weights}


def accuracy(result, part, variant):
    """Accuracy of a variant on a part of the points, by seed."""
    return result.by_seed(lambda run: run["scores"][part]["accuracy"], variant=variant)


def versus(larger, smaller):
    """A claim's measure: the test accuracy of two variants."""
    return lambda result: (accuracy(result, "test", larger), accuracy(result, "test", smaller))


def no_gain(result):
    """Two points, and what the linear layers gain over none, by seed."""
    deep, flat = (accuracy(result, "test", variant) for variant in (LINEAR, NONE))
    return 0.02, [a - b for a, b in zip(deep, flat)]


def best_narrower(result):
    """Test accuracy, by seed: of the narrower width best on validation, and of the widest."""
    validation, test = (
        np.array([accuracy(result, part, name) for name in WIDTHS if name != WIDEST])
        for part in ("validation", "test")
    )
    chosen = validation.argmax(axis=0), np.arange(test.shape[1])
    return test[chosen].tolist(), accuracy(result, "test", WIDEST)


def square(values):
    """Values over the plane as its picture."""
    side = round(len(values) ** 0.5)
    return np.asarray(values, dtype="float64").reshape(side, side)


def share(sums):
    """The probability that belongs to a weighted sum."""
    return square(1 / (1 + np.exp(-sums)))


def last(result, variant):
    """What `plane` kept of the variant after training, first seed."""
    return list(result.kept(variant).values())[-1]


def unit_by_unit(result):
    """What each of the eight units adds, and the answer of the first ones, by their number."""
    kept = last(result, EIGHT)
    order = np.argsort(-np.abs(kept["contributions"]).mean(axis=0))
    added = kept["contributions"][:, order]
    unit, network = (
        both("what this unit adds", "このユニットの寄与"),
        both("so far", "ここまでの和"),
    )
    return {
        number: {
            unit: share(added[:, number - 1]),
            network: share(kept["bias"] + added[:, :number].sum(axis=1)),
        }
        for number in range(1, added.shape[1] + 1)
    }


def draw(result):
    """The boundary by width, unit by unit, by depth; and accuracy against width."""
    test = data(Settings(), FIRST_SEED)
    points = test.x_test[:200], test.y_test[:200, 0]
    axes = {"x_title": ("x₁", "x₁"), "y_title": ("x₂", "x₂")}
    by_width = {
        units: {both("network", "ネットワーク"): square(last(result, name)["probability"])}
        for name, units in WIDTHS.items()
    }
    network = both("so far", "ここまでの和")
    by_depth = {
        both(name, CONCEPT.task.variants_ja[name]): square(last(result, name)["probability"])
        for name in DEPTHS
    }
    scores = {
        both(english, japanese): np.transpose([accuracy(result, part, name) for name in WIDTHS])
        for part, english, japanese in (
            ("train", "training points", "訓練データ"),
            ("test", "test points", "テストデータ"),
        )
    }
    return [
        Figure(
            ("The boundary by width", "隠れ層の幅と決定境界"),
            figures.slider(
                figures.regions(by_width, DOMAIN, DOMAIN, points, **axes),
                ("hidden units", "隠れ層のユニット数"),
                start=8,
            ),
            (
                "One hidden layer after training, with test points. Each ReLU unit adds a line "
                "along which the boundary can bend.",
                "隠れ層1つのネットワークの学習後の決定境界と、テストデータの点。ReLUのユニットが1つ増えるごとに、"
                "境界が折れ曲がることのできる直線が1本増える。",
            ),
        ),
        Figure(
            ("Eight hidden units, one after another", "8個の隠れユニットを1つずつ足す"),
            figures.slider(
                figures.regions(unit_by_unit(result), DOMAIN, DOMAIN, {network: points}, **axes),
                ("unit", "ユニット"),
                start=3,
            ),
            (
                "A unit is silent on one side of its line and rises on the other; its weight in "
                "the output turns that into a vote for a class (red: 1, purple: 0). The bias and "
                "the votes so far, the strongest first, are added up; a sigmoid makes a "
                "probability of the sum. With all eight it is the network.",
                "各ユニットは、自分の直線の片側では0を出力し、反対側では直線から離れるほど大きな値を出力する。"
                "それに出力層の重みを掛けたものが一方のクラスへの票になる（赤は1、紫は0）。出力層のバイアスに、"
                "強い票から順に足していき、その和をシグモイド関数で確率に変える。8個すべてを足すと、"
                "ネットワークの出力になる。",
            ),
        ),
        Figure(
            ("Depth with and without a non-linearity", "層の深さと非線形性"),
            figures.regions(by_depth, DOMAIN, DOMAIN, points, **axes),
            (
                "Three layers without an activation draw one straight line, as no hidden layer "
                "does. With ReLU between them the boundary follows the spirals.",
                "活性化関数のない3層の境界は、隠れ層がない場合と同じく1本の直線である。間にReLUを入れると、"
                "境界は渦巻きに沿って曲がる。",
            ),
        ),
        Figure(
            ("Accuracy against width", "隠れ層の幅と正解率"),
            figures.lines(
                scores,
                list(WIDTHS.values()),
                x_title=("hidden units", "隠れ層のユニット数"),
                y_title=("accuracy", "正解率"),
                unit="%",
                log="x",
            ),
        ),
    ]


SETTING = (
    "Two spirals of one and a half turns, 400 points, Adam with learning rate 0.03, 30 epochs",
    "1回転半の2つの渦巻き400点、学習率0.03のAdam、30エポック",
)
CLAIMS = (
    Claim(
        claim=(
            "Without a non-linearity more layers add nothing.",
            "非線形な活性化関数がなければ、層を重ねても意味がない。",
        ),
        source="Saito, Deep Learning from Scratch, 3.2.6; Goodfellow et al., Deep Learning, 6.1",
        experiment=(
            f"{SETTING[0]}; three hidden layers of 32 without activation against none.",
            f"{SETTING[1]}。活性化関数のない32ユニットの隠れ層3つと、隠れ層なしを比べる。",
        ),
        metric=(
            "two points less what the layers gain in test accuracy",
            "2ポイントから、層を重ねたことによるテストデータの正解率の向上を引いた値",
        ),
        measure=no_gain,
        unit="%",
    ),
    Claim(
        claim=(
            "With ReLU between them the same layers separate what no line does.",
            "同じ層の間にReLUを入れると、直線では分けられないものを分離できる。",
        ),
        source="Saito, Deep Learning from Scratch, 2.5, 3.2",
        experiment=(
            f"{SETTING[0]}; three hidden layers of 32, with ReLU against without.",
            f"{SETTING[1]}。32ユニットの隠れ層3つで、ReLUの有無を比べる。",
        ),
        metric=(
            "test accuracy, with ReLU less without",
            "テストデータの正解率。ReLUありの値からなしの値を引く",
        ),
        measure=versus(DEEP, LINEAR),
        unit="%",
        margin=0.1,
    ),
    Claim(
        claim=(
            "One hidden layer can draw any boundary if it is wide enough.",
            "隠れ層が1つでも、十分に広ければどんな境界も表現できる。",
        ),
        source=(
            "Cybenko 1989; Hornik et al. 1989; Leshno et al. 1993 (of ReLU too)",
            "Cybenko 1989; Hornik et al. 1989; Leshno et al. 1993（ReLUも含む）",
        ),
        experiment=(
            f"{SETTING[0]}; one hidden layer of 128 with ReLU. At least 95 % of the test points "
            "count as bent enough. One strongly bent boundary is tried, not every one.",
            f"{SETTING[1]}。ReLUの隠れ層1つ、128ユニット。テストデータの正解率が95%以上なら、境界を"
            "表現できたとみなす。試すのは大きく曲がった境界の一例であり、すべての境界ではない。",
        ),
        metric=("test accuracy less 95 %", "テストデータの正解率から95%を引いた値"),
        measure=lambda result: (accuracy(result, "test", WIDEST), 0.95),
        unit="%",
    ),
    Claim(
        claim=(
            "Too many hidden units overfit: new points are answered worse.",
            "隠れ層のユニットが多すぎると過学習し、未知のデータの正解率が下がる。",
        ),
        source=(
            "a common rule of thumb for the size of hidden layers",
            "隠れ層の大きさについてのよくある経験則",
        ),
        experiment=(
            f"{SETTING[0]}; one hidden layer of 128 (513 weights for 400 points) against the best "
            "of 2, 8 and 32 units (129 weights at most), chosen seed by seed on validation points.",
            f"{SETTING[1]}。128ユニットの隠れ層1つ（点400個に対し重みは513個）と、2、8、32ユニット"
            "（重みは最大129個）のうち検証データの正解率が最も高いものを比べる。幅はシードごとに選ぶ。",
        ),
        metric=(
            "test accuracy, best narrower layer less 128 units",
            "テストデータの正解率。検証データで選んだ狭い層の値から128ユニットの値を引く",
        ),
        measure=best_narrower,
        unit="%",
        margin=0.01,
        instead=(
            "Here the wide layer is the better one on new points too, though it has more weights "
            "than there are points: more weights alone do not make a network overfit. In 30 epochs "
            "it also learns the training points better than the narrower ones. After 100 or 200 "
            "epochs, on other seeds, 32 units know them by heart too, and the wide layer reads "
            "99.8 % of new points, more than they do. These data have little noise; fewer or "
            "noisier ones were not tried.",
            "ここでは、重みの数がデータの数より多い広い隠れ層のほうが、未知のデータでも正解率が高い。"
            "重みが多いだけで過学習するとは限らない。30エポックでは、狭い層より訓練データの学習も進む。"
            "別のシードで100エポックや200エポック学習すると、32ユニットも訓練データを丸暗記するが、"
            "広い層の未知のデータの正解率は99.8%で、それを上回る。"
            "ただし、このデータはノイズが小さい。データがより少ない場合やノイズが大きい場合は試していない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Multi-layer perceptron: hidden layers", "多層パーセプトロン：隠れ層の働き"),
    chapter=chapters.PERCEPTRON.section(3),
    summary=(
        "Between input and output stand hidden layers: units that each draw a line of their own, "
        "and whose answers the next layer reads. With a non-linearity in between, lines add up to "
        "bent boundaries, and a wide enough layer can follow any of them. Without one, all layers "
        "together are a single line.",
        "入力と出力の間に隠れ層を置く。隠れ層のユニットはそれぞれ1本の直線を引き、次の層はその出力を"
        "入力として受け取る。層の間に非線形な活性化関数があると、直線が組み合わさって曲がった境界になり、"
        "十分に広い層ならどんな境界にも近づける。活性化関数がなければ、何層重ねても1本の直線と変わらない。",
    ),
    introduces=(
        Introduced(
            "hidden_layer",
            r"h = \mathrm{ReLU}(x W + b)",
            (
                "A column of W and a number of b for each unit; all rows and units in one product. "
                "ReLU(z) = max(0, z) stands in place of the step.",
                "Wの列とbの要素が、それぞれ1つのユニットに対応する。すべてのデータとユニットを1回の行列の積で"
                "計算する。ステップ関数の代わりにReLU(z) = max(0, z)を使う。",
            ),
            some_layer,
        ),
        Introduced(
            "forward_pass",
            r"h_1 = \mathrm{ReLU}(x W_1 + b_1), \quad h_2 = \mathrm{ReLU}(h_1 W_2 + b_2), \quad "
            r"y = h_2 W_3 + b_3",
            (
                "The numbers run forward, layer by layer. How many columns a W has is how many "
                "rows the next one needs.",
                "信号は層から層へ順方向に伝わる。あるWの列の数が、次のWの行の数になる。",
            ),
            some_network,
        ),
    ),
    equations=(
        (
            r"(x W_1 + b_1) W_2 + b_2 = x (W_1 W_2) + (b_1 W_2 + b_2)",
            (
                "Two layers without a non-linearity are one layer.",
                "非線形な活性化関数がなければ、2つの層は1つの層にまとまる。",
            ),
        ),
        (
            r"f(x) = b + \sum_i v_i \, \mathrm{ReLU}(x \cdot w_i + b_i)",
            (
                "One hidden layer, v the output's weights: each unit adds one bend along its line.",
                "隠れ層が1つの場合（vは出力層の重み）。各ユニットが、自分の直線に沿って折れ目を1つ加える。",
            ),
        ),
    ),
    terms=(
        ("multi-layer perceptron", "多層パーセプトロン"),
        ("hidden layer", "隠れ層"),
        ("unit (neuron)", "ユニット（ニューロン）"),
        ("forward propagation", "順伝播"),
        ("non-linear function", "非線形関数"),
        ("decision boundary", "決定境界"),
        ("universal approximation theorem", "普遍近似定理"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(30, 20), "full": Preset(100, 20)},
        variants=DEPTHS
        | {name: {"units": (units,), "activation": "relu"} for name, units in WIDTHS.items()},
        variants_ja={
            NONE: "隠れ層なし",
            LINEAR: "活性化関数のない3層（各32）",
            DEEP: "ReLUの3層（各32）",
        }
        | {name: f"隠れ層{units}ユニット" for name, units in WIDTHS.items()},
        predict="probability",
        keep="plane",
        seeds=5,
        first_seed=FIRST_SEED,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
