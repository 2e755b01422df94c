"""Transfer learning: features of five digits for the other five, and of MNIST for other digits."""

import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    trained_with,
    versus,
)
from comparisons.harness.datasets import halved_mnist, of_classes, scanned_digits
from comparisons.harness.drawing import figures

RATES, SOURCE_STEPS, STEPS, STAGES, FEW = (0.01, 0.03, 0.1), 600, 240, 4, (1, 3, 10)
# For each number of examples a class the rate of a network from scratch: the best on the validation
# images of the seeds from 100 on, out of 0.05, 0.1 and 0.2, and of 0.02 or 0.4 beyond where it is
# the last of these.
NOTHING = {
    "five_digits": {1: 0.2, 3: 0.05, 10: 0.2, 30: 0.2, 100: 0.2, 300: 0.1},
    "other_scanner": {1: 0.1, 3: 0.1, 10: 0.1, 100: 0.1},
}
TASKS = {
    "five_digits": both("0 to 4, then 5 to 9", "0〜4から5〜9へ"),
    "other_scanner": both("MNIST, then another scanner", "MNISTから別のスキャナの数字へ"),
}
KINDS = {
    "learned": both("learned features", "学習した特徴量"),
    "random": both("features of random weights", "ランダムな重みの特徴量"),
    "pixels": both("pixels", "画素"),
}


def frozen_layer(seed):
    """Five examples, a frozen layer of four inputs and six features, and a last layer."""
    draw = np.random.default_rng(seed).normal
    shapes = {"x": (5, 4), "frozen": (4, 6), "shift": (6,), "kernel": (6, 3), "bias": (3,)}
    return {name: draw(size=shape) for name, shape in shapes.items()}


def small_task(seed):
    """The same, with classes and batches."""
    draw = np.random.default_rng(seed)
    given = frozen_layer(seed) | {"x": draw.normal(size=(20, 4)), "y": draw.integers(0, 3, 20)}
    return given | {"rate": 0.25, "batches": draw.integers(0, 20, (10, 5))}


def scaled(x):
    """Pixels of about mean 0 and deviation 1."""
    return ((x - 0.13) / 0.3).astype("float32")


def given(task, old, new):
    """What a network learns from first, and what then."""
    parts = {"train": (new.x_train, new.y_train), **new.new}
    return {
        "x": scaled(old.x_train),
        "y": old.y_train,
        "target": {name: (scaled(x), y) for name, (x, y) in parts.items()},
        "numbers": tuple(NOTHING[task]),
        "scratch_rates": tuple(NOTHING[task].values()),
        "rates": RATES,
        "source_steps": SOURCE_STEPS,
        "steps": STEPS,
        "stages": STAGES,
    }


def five_digits(seed):
    """The digits 0 to 4 of MNIST to learn from, 5 to 9 to be learned."""
    part = halved_mnist(8_000, 1_000, 3_000, seed)
    return given("five_digits", of_classes(part, range(5)), of_classes(part, range(5, 10)))


def other_scanner(seed):
    """All of MNIST's digits to learn from, scikit-learn's to be learned."""
    part, other = halved_mnist(4_000, 10, 10, seed), scanned_digits(1_100, 200, seed)
    return given("other_scanner", part, other)


def head(task, kind, numbers):
    """Mean test accuracy of heads on a kind of features, at rate and stage best on validation."""

    def measure(arrays):
        found = []
        for number in numbers:
            place = list(NOTHING[task]).index(number), list(KINDS).index(kind)
            judged, own = (arrays[f"heads: {part}"][:, *place] for part in ("validation", "test"))
            found.append(own.flat[judged.argmax()])
        return float(np.mean(found))

    return measure


def nothing(task, numbers):
    """Mean test accuracy of networks from scratch, at the stage best on validation."""

    def measure(arrays):
        found = []
        for number in numbers:
            place = list(NOTHING[task]).index(number)
            judged, own = (arrays[f"nothing: {part}"][:, place] for part in ("validation", "test"))
            found.append(own[judged.argmax()])
        return float(np.mean(found))

    return measure


def by_number(result, task):
    """Accuracy over the number of examples, as `lines` takes it."""

    def own(side):
        found = [result.measured(task, side([number])) for number in NOTHING[task]]
        return np.transpose(found)

    sides = {name: own(lambda n, k=kind: head(task, k, n)) for kind, name in KINDS.items()}
    sides[both("network from scratch", "ゼロから学習したネットワーク")] = own(
        lambda n: nothing(task, n)
    )
    return figures.in_panels({TASKS[task]: sides}, list(NOTHING[task]))


def plane(features):
    """Features on their two principal components."""
    centred = features - features.mean(axis=0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def draw(result):
    """Accuracy over the number of examples; features of unseen digits in a plane; filters."""
    arrays = result.arrays("five_digits")
    digits = five_digits(result.seeds_of("five_digits")[0])["target"]["test"][1] + 5
    kinds = {kind: KINDS[kind] for kind in ("random", "learned")}
    points = pd.DataFrame(
        {"x": x, "y": y, "series": str(digit), "panel": name}
        for kind, name in kinds.items()
        for digit, (x, y) in sorted(
            zip(digits, plane(arrays[f"{kind}: features"])), key=lambda point: point[0]
        )
    )
    filters = {
        name: np.moveaxis(arrays[f"{kind}: filters"][..., 0, :], -1, 0)
        for kind, name in kinds.items()
    }
    return [
        Figure(
            ("Accuracy over the number of examples", "データ数と正解率"),
            figures.lines(
                pd.concat([by_number(result, task) for task in TASKS], ignore_index=True),
                x_title=("examples a class", "クラスごとの訓練データ数"),
                y_title=("test accuracy", "テストデータの正解率"),
                log="x",
                unit="%",
            ),
            (
                "With few examples learned features lead. Look at the rivals too: a linear model "
                "on the pixels is not far behind, and with hundreds of examples a network of its "
                "own overtakes the features of others. Thin: the single seeds.",
                "データが少ないときは、学習した特徴量が最も良い。ほかの方法にも注目しよう。"
                "画素に線形モデルを当てはめるだけでも大差はなく、クラスごとに数百枚あれば、"
                "ゼロから学習したネットワークが追い越す。細い線は1回ごとの結果。",
            ),
        ),
        Figure(
            ("Digits that the network has never seen", "見たことのない数字の特徴量"),
            figures.scatter(
                points,
                x_title=("first principal component", "第1主成分"),
                y_title=("second principal component", "第2主成分"),
            ),
            (
                "Features of test images of 5 to 9 before and after the network learned 0 to 4. "
                "It has seen none of these digits, yet most of them come apart.",
                "0〜4を学習する前と後の、5〜9のテスト画像の特徴量。5〜9について何も教えていないのに、"
                "多くの数字が互いに分かれてくる。",
            ),
        ),
        Figure(
            ("The filters of the first layer", "1層目のフィルター"),
            figures.images(filters, columns=6, size=52),
            (
                "Before and after learning 0 to 4. The random pattern remains; learning shifts it.",
                "0〜4を学習する前と後。初期値の模様は残り、学習によって少しずつ変わる。",
            ),
        ),
    ]


SETTING = (
    "A network of two convolutions (12 and 24 filters, then 2×2 pooling) learns digits of 14×14 in "
    f"{SOURCE_STEPS} steps. Frozen, it gives 216 features, on which a last layer learns in {STEPS} "
    f"steps of 25 examples; rate (of {len(RATES)}) and stage (of {STAGES}) are chosen on "
    "validation images. The same network from scratch learns as long, at the best rate of other "
    "seeds (0.02 to 0.4) for that number of examples and the best stage on the same images. ",
    "2つの畳み込み層（フィルター12個と24個、続いて2×2のプーリング）のネットワークが、14×14の数字を"
    f"{SOURCE_STEPS}ステップ学習する。これを固定して216個の特徴量を取り出し、最後の層だけを25枚ずつ"
    f"{STEPS}ステップ学習する。学習率（{len(RATES)}通り）と途中経過（{STAGES}回）は検証データで選ぶ。"
    "同じ構造のネットワークをゼロから同じステップ数だけ学習したものと比べる。こちらの学習率は、データ数ごとに"
    "0.02〜0.4のうち別のシードで最も良かったもので、途中経過は同じ検証データで選ぶ。",
)
COUNTED = (
    f"The mean over {', '.join(map(str, FEW))} examples a class; two points matter. ",
    f"訓練データがクラスごとに{'、'.join(map(str, FEW))}枚の場合の平均をとる。"
    "2ポイントの差に意味がある。",
)
GAIN = (
    "test accuracy, learned features less the network from scratch",
    "テストデータの正解率。学習した特徴量での値からゼロから学習した値を引く",
)
CLAIMS = (
    Claim(
        (
            "With few examples, features learned on other classes beat a network trained from "
            "scratch.",
            "データが少ないときは、ほかのクラスで学習した特徴量を使うほうが、ゼロから学習するより良い。",
        ),
        "Yosinski et al. 2014; Goodfellow, Bengio & Courville, Deep Learning, section 15.2",
        (
            f"{SETTING[0]}From MNIST's 0 to 4 to its 5 to 9. {COUNTED[0]}",
            f"{SETTING[1]}MNISTの0〜4で学習し、5〜9に使う。{COUNTED[1]}",
        ),
        GAIN,
        versus("five_digits", head("five_digits", "learned", FEW), nothing("five_digits", FEW)),
        unit="%",
        margin=0.02,
    ),
    Claim(
        (
            "With few examples, features learned on another collection of the same classes beat a "
            "network trained from scratch.",
            "データが少ないときは、同じクラスの別のデータで学習した特徴量を使うほうが、ゼロから学習する"
            "より良い。",
        ),
        "Yosinski et al. 2014; Goodfellow, Bengio & Courville, Deep Learning, section 15.2",
        (
            f"{SETTING[0]}From MNIST to scikit-learn's digits. {COUNTED[0]}",
            f"{SETTING[1]}MNISTで学習し、scikit-learnの手書き数字に使う。{COUNTED[1]}",
        ),
        GAIN,
        versus(
            "other_scanner", head("other_scanner", "learned", FEW), nothing("other_scanner", FEW)
        ),
        unit="%",
        margin=0.02,
    ),
    Claim(
        (
            "It is what the network has learned that helps: features of random weights do not do "
            "as well.",
            "効果があるのは学習した内容であり、ランダムな重みの特徴量ではそこまで良くならない。",
        ),
        (
            "against Saxe et al. 2011, On random weights and unsupervised feature learning",
            "Saxe et al. 2011, On random weights and unsupervised feature learningへの反論",
        ),
        (
            f"{SETTING[0]}From 0 to 4 to 5 to 9; the rival is the same network, frozen with its "
            f"initial weights. {COUNTED[0]}",
            f"{SETTING[1]}0〜4で学習し、5〜9に使う。比べるのは、初期値のまま固定した同じネットワーク。"
            f"{COUNTED[1]}",
        ),
        (
            "test accuracy, learned features less random ones",
            "テストデータの正解率。学習した特徴量での値からランダムな特徴量での値を引く",
        ),
        versus(
            "five_digits",
            head("five_digits", "learned", FEW),
            head("five_digits", "random", FEW),
        ),
        unit="%",
        margin=0.02,
    ),
    Claim(
        (
            "Transfer never hurts: with many examples, too, frozen features are at least as good "
            "as a network from scratch.",
            "転移学習で損をすることはない。データが多くても、固定した特徴量はゼロから学習した場合に劣らない。",
        ),
        ("a common rule of thumb", "よくある経験則"),
        (
            f"{SETTING[0]}From 0 to 4 to 5 to 9, 300 examples a class. At least as good means less "
            "than half a point behind.",
            f"{SETTING[1]}0〜4で学習し、5〜9に使う。訓練データはクラスごとに300枚。差が0.5ポイント未満なら"
            "劣らないとみなす。",
        ),
        GAIN,
        versus("five_digits", head("five_digits", "learned", [300]), nothing("five_digits", [300])),
        unit="%",
        margin=-0.005,
        instead=(
            "With enough examples a network finds better features for its own task. Whether it "
            "helps to train the frozen layers on is the question of fine-tuning.",
            "データが十分にあれば、ネットワークは自分のタスクにもっと合った特徴量を見つける。固定を解いて"
            "全体をさらに学習するとよいかどうかは、ファインチューニングで調べる。",
        ),
    ),
)
MEASURED = tuple(
    f"{side}: {part}" for side in ("heads", "nothing") for part in ("validation", "test")
)
PROVEN = {"numbers": (1, 3), "scratch_rates": (0.1, 0.1), "rates": (0.1,), "source_steps": 2}
PROVEN |= {"steps": 2, "stages": 1}

CONCEPT = Concept(
    title=("Transfer learning", "転移学習"),
    chapter=chapters.TRANSFER.section(1),
    summary=(
        "What a network has learned for one task serves another. All layers but the last are kept "
        "and frozen: they turn an image into features. Only a new last layer learns, from the few "
        "examples that there are.",
        "あるタスクで学習したネットワークは、別のタスクにも役立つ。最後の層を除いて重みを固定し、"
        "画像を特徴量に変える部分として使う。わずかなデータから学習するのは、新しい最後の層だけである。",
    ),
    introduces=(
        Introduced(
            "frozen_features",
            r"h = \max(0, x F + d), \quad y = h W + c, \quad "
            r"\frac{\partial L}{\partial W} = h^\top \frac{\partial L}{\partial y}, \quad "
            r"\frac{\partial L}{\partial c} = \sum_n \frac{\partial L}{\partial y_n}",
            (
                "h are the features, y the logits. F and d stay: the gradient is carried back as "
                "far as W and c and no further, which is cheaper than training the whole.",
                "hは特徴量、yはロジット。Fとdは動かさないので、勾配はWとcまで伝えれば足りる。"
                "逆伝播はここで終わり、全体の学習より計算が少ない。",
            ),
            frozen_layer,
        ),
        Introduced(
            "train_head",
            r"p = \mathrm{softmax}(h W + c), \quad "
            r"W \leftarrow W - \frac{\eta}{N} h^\top (p - t), \quad "
            r"c \leftarrow c - \frac{\eta}{N} \sum_n (p_n - t_n)",
            (
                "The features h do not change, so that they are computed once, before training. "
                "What is left is a linear model; t are one-hot labels, η is the learning rate, N "
                "the batch's size. Keras with a frozen body arrives at the same W and c.",
                "特徴量hは変わらないので、学習の前に一度だけ計算すればよい。残るのは線形モデルの学習である"
                "（tはone-hot表現のラベル、ηは学習率、Nはバッチサイズ）。"
                "Kerasで前の層を固定して学習しても、同じWとcになる。",
            ),
            demonstration="new_head",
        ),
    ),
    terms=(
        ("transfer learning", "転移学習"),
        ("source task, target task", "元のタスク、目的のタスク"),
        ("feature extractor, body", "特徴抽出器"),
        ("frozen layer", "固定した層（凍結層）"),
        ("head, last layer", "ヘッド（最後の層）", "layers.Dense"),
    ),
    demonstrations=(
        Demonstration("new_head", small_task, subject=trained_with("SGD")),
        Demonstration(
            "five_digits",
            five_digits,
            seeds=6,
            subject=trained_with("SGD"),
            measured=MEASURED,
            proven_with=PROVEN,
        ),
        Demonstration(
            "other_scanner",
            other_scanner,
            seeds=5,
            subject=trained_with("SGD"),
            measured=MEASURED,
            proven_with=PROVEN,
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
