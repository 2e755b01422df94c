"""Batch normalization: speed, large rates, poor initial weights, before or after the activation."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import ACCURACY

# With 0.03 even the plain network learned more slowly (seed 100: 46 % after three epochs, 66 % with
# 0.1).
RATES = (0.1, 0.3, 1.0, 3.0)
PLAIN, BEFORE, AFTER = "plain", "normalized", "normalized after ReLU"
POOR = "poor weights"
JAPANESE = {
    PLAIN: "正規化なし",
    BEFORE: "正規化あり",
    AFTER: "ReLUの後で正規化",
    POOR: "不適切な初期値",
}
PLACES = {PLAIN: "", BEFORE: "before", AFTER: "after"}


def variants():
    """Every place at every rate; and poor initial weights with and without normalization."""
    found = {
        f"{name}, rate {rate:g}": {"place": place, "learning_rate": rate, "deviation": None}
        for name, place in PLACES.items()
        for rate in RATES
    }
    for name in (PLAIN, BEFORE):
        poor = {"place": PLACES[name], "learning_rate": 0.3, "deviation": 0.01}
        found[f"{name}, {POOR}"] = poor
    return found


def in_japanese(variant):
    """The variant's name in Japanese."""
    name, _, rest = variant.partition(", ")
    return f"{JAPANESE[name]}、{JAPANESE[POOR] if rest == POOR else '学習率' + rest.split()[-1]}"


def data(settings, seed):
    """A small part of MNIST as flat vectors: an epoch is ten steps."""
    size = 10_000 if settings.preset == "full" else 1_000
    return mnist_subset(size, 1_000, 2_000, seed, flat=True)


def early(run):
    """Validation accuracy after three epochs."""
    return run["history"]["val_accuracy"][:3][-1]


def final(run, part="test"):
    """Accuracy at the end."""
    return run["scores"][part]["accuracy"]


def validated(run):
    """Validation accuracy at the end."""
    return final(run, "validation")


def at_best_rate(result, name, value, chosen_by):
    """`value` by seed at the rate where the mean of `chosen_by` is best."""
    variants = [f"{name}, rate {rate:g}" for rate in RATES]
    best = max(variants, key=lambda v: np.mean(result.by_seed(chosen_by, variant=v)))
    return result.by_seed(value, variant=best)


def compare(result, value, variant):
    """`value` by seed of a variant with normalization, and of the same without."""
    return tuple(result.by_seed(value, variant=f"{name}, {variant}") for name in (BEFORE, PLAIN))


def draw(result):
    """Learning at each rate, and what the hidden layers answer."""
    epochs = {}
    for variant in variants():
        name, _, rest = variant.partition(", ")
        panel = both(rest, in_japanese(variant).partition("、")[2])
        runs = result.runs(variant=variant)
        curve = np.stack([run["history"]["val_accuracy"] for run in runs]).astype(float)
        epochs.setdefault(panel, {})[both(name, JAPANESE[name])] = curve
    answers = {}
    for name in (PLAIN, BEFORE):
        kept = result.kept(f"{name}, {POOR}")
        for layer, values in kept[max(kept)].items():
            title = both(f"{name}, layer {layer}", f"{JAPANESE[name]}、第{layer}層")
            answers[title] = values
    return [
        Figure(
            ("Validation accuracy by epoch", "検証データの正解率の推移"),
            figures.selection(
                figures.lines(
                    epochs,
                    x_title=("epoch", "エポック"),
                    y_title=("validation accuracy", "検証データの正解率"),
                    unit="%",
                ),
                ("experiment", "実験"),
            ),
            (
                "Thin: single runs of all columns; thick: their mean. At rate 3 the plain network "
                "learns nothing.",
                "細い線はすべての実装の1回ごとの学習、太い線はその平均。学習率3では、"
                "正規化なしのネットワークの学習はまったく進まない。",
            ),
        ),
        Figure(
            (
                "Outputs of the hidden layers that began with poor weights",
                "不適切な初期値から学習したときの隠れ層の出力",
            ),
            figures.histograms(answers, x_title=("output after ReLU", "ReLUの出力"), panels=4),
            (
                "Initial weights of standard deviation 0.01. Without normalization the outputs "
                "fade from layer to layer, and so do the gradients.",
                "重みの初期値の標準偏差は0.01。正規化しないと、出力も勾配も層を経るごとに"
                "小さくなる。",
            ),
        ),
    ]


def some_batch(seed):
    """A batch, and statistics that it moves."""
    generator = np.random.default_rng(seed)
    draw = generator.normal
    return {
        "x": draw(1, 2, (6, 3)),
        "gamma": draw(1, 0.3, 3),
        "beta": draw(size=3),
        "moving_mean": draw(size=3),
        "moving_variance": generator.uniform(0.5, 2, 3),
        "momentum": 0.9,
        "epsilon": 0.001,
    }


SETTING = (
    "MNIST, 1,000 images, four hidden layers of 100 with ReLU, SGD",
    "MNISTの画像1,000枚、ReLUの隠れ層4つ（各100ユニット）、SGD",
)
CONCEPT = Concept(
    title=("Batch normalization", "バッチ正規化（Batch Normalization）"),
    chapter=chapters.TECHNIQUES.section(4),
    summary=(
        "Over the batch, each unit's weighted sums are shifted to mean 0 and scaled to variance 1; "
        "then the unit may scale and shift them as it learns to (γ, β). Layers so keep getting "
        "inputs of the same size, whatever the layers before them do: learning is faster, and "
        "depends less on the learning rate and the initial weights. In prediction there is no "
        "batch: means over the training steps stand in.",
        "各ユニットの重み付き和を、ミニバッチごとに平均0、分散1になるように正規化し、その後、"
        "学習によって決まるγとβで拡大・平行移動する。これにより、前の層がどう変わっても、"
        "各層は同じ程度の大きさの入力を受け取り続ける。そのため学習が速く進み、"
        "学習率や重みの初期値にも左右されにくくなる。推論時にはミニバッチがないため、"
        "学習中に求めた移動平均を代わりに用いる。",
    ),
    introduces=(
        Introduced(
            "batch_normalization",
            r"y = \gamma \, \hat{x} + \beta, \quad \hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + "
            r"\epsilon}}, \quad \frac{\partial L}{\partial x} = \frac{g - \overline{g} - \hat{x} "
            r"\, \overline{g \hat{x}}}{\sqrt{\sigma^2 + \epsilon}}, \quad g = \gamma "
            r"\frac{\partial L}{\partial y}",
            (
                "Training: μ and σ² are mean and variance of the batch, the bar is a mean over it; "
                "ε keeps from dividing by 0. Every row moves μ and σ², so the gradient of each "
                "holds two means over all.",
                "学習時：μとσ²はミニバッチの平均と分散、上線はミニバッチについての平均、"
                "εは0で割らないための小さな値を表す。"
                "どの行もμとσ²に影響するため、各行の勾配には全行についての平均が2つ現れる。",
            ),
            some_batch,
        ),
        Introduced(
            "normalize_by_moving",
            r"y = \gamma \frac{x - \mu_{mov}}{\sqrt{\sigma_{mov}^2 + \epsilon}} + \beta, \quad "
            r"\mu_{mov} \leftarrow m \, \mu_{mov} + (1 - m) \, \mu",
            (
                "Prediction: a row's answer does not depend on the rows beside it. m: momentum; "
                "the moving variance is kept as the moving mean is.",
                "推論時：ある行の出力は、同じバッチの他の行によらない。mはモーメンタム。"
                "分散の移動平均も、平均と同じように更新する。",
            ),
            some_batch,
            training=False,
        ),
    ),
    equations=(
        (
            r"\frac{\partial L}{\partial \gamma} = \sum_n \frac{\partial L}{\partial y_n} "
            r"\hat{x}_n, \quad \frac{\partial L}{\partial \beta} = \sum_n "
            r"\frac{\partial L}{\partial y_n}, \quad "
            r"\frac{\partial L}{\partial x} = \frac{\gamma}{\sqrt{\sigma_{mov}^2 + \epsilon}} "
            r"\frac{\partial L}{\partial y}",
            (
                "γ and β serve all rows of the batch, so their gradients are sums. In prediction "
                "the statistics are constants, and the gradient of x is short.",
                "γとβはミニバッチの全行に共通なので、勾配は行についての和になる。推論時の統計量は定数なので、"
                "xの勾配は簡単な式になる。",
            ),
        ),
    ),
    terms=(
        ("batch normalization", "バッチ正規化（Batch Normalization）", "layers.BatchNormalization"),
        ("mean, variance", "平均、分散"),
        ("moving average", "移動平均"),
        ("scale and shift", "スケールとシフト"),
        ("initial weights", "重みの初期値"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(10, 100), "full": Preset(15, 100)},
        scores=(ACCURACY,),
        variants=variants(),
        variants_ja={variant: in_japanese(variant) for variant in variants()},
        keep="hidden",
        seeds=5,
        proven_steps=10,
    ),
    claims=(
        Claim(
            claim=("Batch normalization learns faster.", "バッチ正規化を使うと学習が速く進む。"),
            source="Ioffe & Szegedy 2015; Saito, Deep Learning from Scratch, 6.3.1",
            experiment=(
                f"{SETTING[0]}; each side at the best for it of the rates 0.1, 0.3, 1 and 3",
                f"{SETTING[1]}。学習率0.1、0.3、1、3のうち、"
                "正規化の有無それぞれに最も適したものを使う",
            ),
            metric=(
                "validation accuracy after three epochs, with less without",
                "3エポック後の検証データの正解率（あり − なし）",
            ),
            unit="%",
            margin=0.02,
            measure=lambda result: (
                at_best_rate(result, BEFORE, early, chosen_by=early),
                at_best_rate(result, PLAIN, early, chosen_by=early),
            ),
        ),
        Claim(
            claim=(
                "Batch normalization tolerates larger learning rates.",
                "バッチ正規化を使うと、学習率を大きくしても学習できる。",
            ),
            source="Ioffe & Szegedy 2015",
            experiment=(f"{SETTING[0]}; learning rate 3", f"{SETTING[1]}、学習率3"),
            metric=("test accuracy, with less without", "テストデータの正解率（あり − なし）"),
            unit="%",
            margin=0.1,
            measure=lambda result: compare(result, final, "rate 3"),
        ),
        Claim(
            claim=(
                "Batch normalization tolerates poor initial weights.",
                "バッチ正規化を使うと、重みの初期値が悪くても学習できる。",
            ),
            source="Ioffe & Szegedy 2015; Saito, Deep Learning from Scratch, 6.3.2",
            experiment=(
                f"{SETTING[0]} with learning rate 0.3; initial weights of standard deviation 0.01. "
                "(Without normalization no rate from 0.03 to 10 learned from them on other seeds.)",
                f"{SETTING[1]}、学習率0.3、重みの初期値の標準偏差0.01。（別のシードで学習率を0.03から"
                "10まで変えても、正規化なしでは学習できなかった。）",
            ),
            metric=("test accuracy, with less without", "テストデータの正解率（あり − なし）"),
            unit="%",
            margin=0.1,
            measure=lambda result: compare(result, final, POOR),
        ),
        Claim(
            claim=(
                "Batch normalization belongs before the activation.",
                "バッチ正規化は活性化関数の前に入れるのが正しい。",
            ),
            source=(
                "Ioffe & Szegedy 2015; commonly repeated",
                "Ioffe & Szegedy 2015、およびその後の多くの文献",
            ),
            experiment=(
                f"{SETTING[0]}; before against after ReLU, each at the rate that is best on "
                "validation images",
                f"{SETTING[1]}。ReLUの前と後を、それぞれ検証データで最も良かった学習率で比べる",
            ),
            metric=("test accuracy, before less after", "テストデータの正解率（前 − 後）"),
            unit="%",
            margin=0.01,
            measure=lambda result: (
                at_best_rate(result, BEFORE, final, chosen_by=validated),
                at_best_rate(result, AFTER, final, chosen_by=validated),
            ),
            instead=(
                "Before or after makes no difference of a point; what matters is that it is there.",
                "前でも後でも1ポイント以上の差はない。重要なのは正規化すること自体である。",
            ),
        ),
    ),
    figures=draw,
    minutes=3.2,
)

if __name__ == "__main__":
    run_script(__file__)
