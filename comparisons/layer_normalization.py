"""Layer normalization: every row by itself; small batches and large ones, against batch norm."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures

FACTORS = (1.0, 2.0, 4.0, 8.0, 16.0)
KINDS = {
    "batch": both("batch normalization", "バッチ正規化"),
    "layer": both("layer normalization", "レイヤー正規化"),
}
SMALL, MIDDLE, LARGE = SIZES = (2, 8, 64)
RATES, STEPS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0), 100
PARTS = ("validation", "test", "agreement")


def a_batch(seed):
    """A batch with the scale and shift of each unit."""
    draw = np.random.default_rng(seed).normal
    gamma, beta = draw(1, 0.3, 5), draw(size=5)
    return {"x": draw(1, 2, (4, 5)), "gamma": gamma, "beta": beta, "epsilon": 0.001}


def rows(seed):
    """Eight rows of twelve units."""
    return {"x": np.random.default_rng(seed).normal(size=(8, 12)), "factors": FACTORS}


def images(seed):
    """MNIST of 7×7 pixels."""
    part = shrunk_mnist(1_000, 500, 1_000, seed)
    sizes = {"kinds": list(KINDS), "sizes": SIZES, "rates": RATES, "steps": STEPS}
    return {"x": part.x_train, "y": part.y_train, "new": part.new, **sizes}


def at_best_rate(kind, size, what="test"):
    """A number of the network at the rate that is best on the validation data."""
    name = f"{kind}, {size}"
    return lambda arrays: arrays[f"{name}: {what}"][arrays[f"{name}: validation"].argmax()]


def by_size(result, what):
    """A number at the best rate, by kind, over the sizes of the batches: (seeds, sizes)."""
    return {
        name: np.transpose([result.measured("sweep", at_best_rate(kind, s, what)) for s in SIZES])
        for kind, name in KINDS.items()
    }


def draw(result):
    """The rows beside a large one, and what small batches do."""
    found = result.arrays("beside_a_large_row")
    ways = {"plain": both("as it is", "正規化なし"), **KINDS}
    batches = {
        factor: {name: np.clip(found[way][[place]], -3, 3) for way, name in ways.items()}
        for place, factor in enumerate(FACTORS)
    }
    sizes = {"x": SIZES, "x_title": ("batch size", "バッチサイズ"), "log": "x", "unit": "%"}
    return [
        Figure(
            ("One row grows: who notices?", "1行だけ大きくすると、どこが変わるか"),
            figures.slider(
                figures.images(batches, columns=1, size=190, panels=3),
                ("first row multiplied by", "先頭の行を何倍するか"),
            ),
            (
                "A batch of eight rows (downwards) of twelve units (across); blue above 0, orange "
                "below. Batch normalization goes down each column: the larger the first row, the "
                "more all others fade. Layer normalization goes along each row: no other row "
                "notices, and the first one stays what it was.",
                "8行（縦）、12ユニット（横）のバッチ。青は正、橙は負。バッチ正規化は列ごとに正規化する"
                "ので、先頭の行が大きくなるほど、ほかのすべての行が薄れる。レイヤー正規化は行ごとなので、"
                "ほかの行は変わらず、先頭の行も変わらない。",
            ),
        ),
        Figure(
            ("Test accuracy by batch size", "バッチサイズとテストデータの正解率"),
            figures.lines(
                by_size(result, "test"),
                y_title=("test accuracy", "テストデータの正解率"),
                **sizes,
            ),
            (
                f"{STEPS} steps in each size, so small batches have seen fewer images: compare the "
                "two lines, not the sizes. Layer normalization is ahead with two rows, no longer "
                "with eight. Thin: the single seeds.",
                f"どのサイズでも{STEPS}ステップなので、バッチが小さいほど見た画像は少ない。サイズどうしでは"
                "なく、2本の線を比べる。レイヤー正規化が上回るのは2行のときだけで、8行では上回らない。"
                "細い線は1回ごとの学習。",
            ),
        ),
        Figure(
            ("Training mode answers as inference does", "学習時と推論時の予測の一致"),
            figures.lines(
                by_size(result, "agreement"), y_title=("same answer", "一致する割合"), **sizes
            ),
            (
                "Share of test images that the trained network classifies in training mode, in "
                "batches of that size, as at inference. With two rows, all that batch "
                "normalization leaves of a unit is which row was the larger.",
                "学習後のネットワークが、学習時の計算（そのサイズのバッチ）と推論時の計算とで、同じクラスに"
                "分類するテスト画像の割合。2行のバッチでは、バッチ正規化の後に各ユニットに残るのは、どちらの"
                "行が大きかったかだけである。",
            ),
        ),
    ]


SETTING = (
    "1,000 MNIST images of 7×7 pixels, three hidden layers of 32 with the normalization before "
    f"ReLU, {STEPS} steps of SGD, moving averages with momentum 0.9: of eight momenta from 0.5 to "
    "0.99, each at its best rate on other seeds, none was better by more than 1.5 points in any "
    "batch size. Each side at that of six learning rates which is best on validation data. ",
    "7×7画素に縮めたMNISTの画像1,000枚、32ユニットの隠れ層3つ（ReLUの前で正規化）、"
    f"SGDで{STEPS}ステップ、移動平均のモーメンタム0.9（別のシードで0.5から0.99までの8通りを、それぞれ最良の"
    "学習率で試したが、どのバッチサイズでも1.5ポイントを超えて上回る値はなかった）。"
    "6通りの学習率のうち、検証データで最も良いものをそれぞれに使う。",
)


def on_sizes(claim, source, experiment, metric, larger, smaller, margin, instead=None):
    """A claim on a number of the trained networks, `(kind, size, what)`."""
    experiment = tuple(setting + more for setting, more in zip(SETTING, experiment))
    measure = versus("sweep", at_best_rate(*larger), at_best_rate(*smaller))
    return Claim(claim, source, experiment, metric, measure, "%", margin, instead)


CLAIMS = (
    on_sizes(
        (
            "Layer normalization is better for very small batches than batch normalization.",
            "ごく小さいバッチでは、バッチ正規化よりレイヤー正規化のほうが良い。",
        ),
        "Ba, Kiros & Hinton 2016, section 6.6",
        (f"Batches of {SMALL}.", f"バッチサイズ{SMALL}。"),
        (
            "test accuracy, layer less batch normalization",
            "テストデータの正解率。レイヤー正規化の値からバッチ正規化の値を引く",
        ),
        ("layer", SMALL),
        ("batch", SMALL),
        0.01,
    ),
    on_sizes(
        (
            "For large batches batch normalization is the better one.",
            "大きいバッチでは、バッチ正規化のほうが良い。",
        ),
        (
            "Wu & He 2018, Group normalization, section 4.1 (of images)",
            "Wu & He 2018, Group normalization, 4.1節（画像について）",
        ),
        (f"Batches of {LARGE}.", f"バッチサイズ{LARGE}。"),
        (
            "test accuracy, batch less layer normalization",
            "テストデータの正解率。バッチ正規化の値からレイヤー正規化の値を引く",
        ),
        ("batch", LARGE),
        ("layer", LARGE),
        0.01,
    ),
    on_sizes(
        (
            "With batch normalization the answer for an image depends on the rest of its batch.",
            "バッチ正規化では、ある画像の予測が同じバッチの他の画像に左右される。",
        ),
        "Ba, Kiros & Hinton 2016, section 1",
        (
            f"Then 64 test images in training mode, in batches of {MIDDLE}, and at inference. "
            "(With layer normalization both are the same computation.)",
            f"学習後、テスト画像64枚を、学習時の計算（バッチサイズ{MIDDLE}）と推論時の計算で分類する。"
            "（レイヤー正規化では両者は同じ計算である。）",
        ),
        (
            "share of images with the same answer, layer less batch normalization",
            "予測が一致する割合。レイヤー正規化の値からバッチ正規化の値を引く",
        ),
        ("layer", MIDDLE, "agreement"),
        ("batch", MIDDLE, "agreement"),
        0.05,
    ),
)

CONCEPT = Concept(
    title=("Layer normalization", "レイヤー正規化（Layer Normalization）"),
    chapter=chapters.TECHNIQUES.section(5),
    summary=(
        "Batch normalization takes mean and variance of a unit over the batch. Layer "
        "normalization takes those of a row over its units. So it needs no batch and no moving "
        "averages, and computes the same in training and at inference. Transformers use it.",
        "バッチ正規化は、ユニットごとに、バッチについての平均と分散を使う。レイヤー正規化は、行（データ）ごとに、"
        "その全ユニットについての平均と分散を使う。そのためバッチも移動平均も要らず、学習時と推論時の計算が"
        "同じになる。Transformerでも使われている。",
    ),
    introduces=(
        Introduced(
            "layer_normalization",
            r"y = \gamma \, \hat{x} + \beta, \quad \hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + "
            r"\epsilon}}, \quad \frac{\partial L}{\partial x} = \frac{g - \overline{g} - \hat{x} "
            r"\, \overline{g \hat{x}}}{\sqrt{\sigma^2 + \epsilon}}, \quad g = \gamma "
            r"\frac{\partial L}{\partial y}",
            (
                "The equations of batch normalization, but μ, σ² and the bar are over the units of "
                "a row. γ and β still belong to the units.",
                "式はバッチ正規化と同じだが、μ、σ²、上線の平均は、1行の全ユニットについてとる。γとβは、"
                "やはりユニットごとにある。",
            ),
            a_batch,
        ),
    ),
    equations=(
        (
            r"\frac{\partial L}{\partial \gamma} = \sum_n \frac{\partial L}{\partial y_n} "
            r"\hat{x}_n, \quad \frac{\partial L}{\partial \beta} = \sum_n "
            r"\frac{\partial L}{\partial y_n}",
            (
                "All rows share γ and β, so their gradients are sums over the rows.",
                "γとβは全行に共通なので、勾配は行についての和になる。",
            ),
        ),
    ),
    terms=(
        (
            "layer normalization",
            "レイヤー正規化（Layer Normalization）",
            "layers.LayerNormalization",
        ),
        (
            "group normalization",
            "グループ正規化（Group Normalization）",
            "layers.GroupNormalization",
        ),
        ("batch size", "バッチサイズ"),
        ("mean, variance", "平均、分散"),
    ),
    demonstrations=(
        Demonstration("beside_a_large_row", rows),
        Demonstration(
            "sweep",
            images,
            seeds=5,
            first_seed=10,  # on those before them the kernels did not change with the seed
            measured=tuple(f"{k}, {s}: {part}" for k in KINDS for s in SIZES for part in PARTS),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
