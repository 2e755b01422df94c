"""Dropout: few data and many weights, at four rates; and the ensemble that it resembles."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Introduced, Preset, Task
from comparisons.harness.datasets import mnist_subset

RATES = {f"rate {rate}": rate for rate in (0.0, 0.2, 0.5, 0.8)}
WITHOUT, WITH = "rate 0.0", "rate 0.5"


def data(settings, seed):
    """300 training images: few enough to be learned by heart."""
    return mnist_subset(300, 1_000, 1_000, seed, flat=True)


def some_units(seed):
    """Inputs for the mask."""
    return {"x": np.random.default_rng(seed).normal(size=(6, 5)), "rate": 0.3}


def gap(run):
    """Training accuracy less validation accuracy at the end, both in inference mode."""
    return run["generalisation_gap"]


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def kept(result, name, index=...):
    """A number that `ensemble` gave of the network trained with dropout, by seed."""
    seeds = sorted({run["seed"] for run in result.runs(variant=WITH)})
    return [
        np.mean(
            [
                list(result.kept(WITH, c, seed).values())[-1][name][index]
                for c in result.implementations
            ]
        )
        for seed in seeds
    ]


SETTING = (
    "300 MNIST images, two hidden layers of 256, SGD with learning rate 0.02 and momentum 0.9",
    "MNISTの画像300枚、ユニット数256の隠れ層2つ、学習率0.02、モーメンタム0.9のSGD",
)
ENSEMBLE = (
    f"{SETTING[0]}, dropout of 0.5. After training, 32 thinned networks, each with a mask of its "
    "own, answer 1,000 test images, and their probabilities are averaged",
    f"{SETTING[1]}、Dropoutの割合0.5。学習後、異なるマスクで間引いた32個のネットワークがテスト画像"
    "1,000枚に答え、その確率を平均する",
)
CLAIMS = (
    Claim(
        claim=(
            "Dropout narrows the gap between training and new data.",
            "Dropoutは、訓練データと未知のデータとの認識精度の差（汎化ギャップ）を縮める。",
        ),
        source="Srivastava et al. 2014, Dropout; Saito, Deep Learning from Scratch, 6.4.3",
        experiment=(
            f"{SETTING[0]}, dropout 0 against 0.5.",
            f"{SETTING[1]}。Dropoutの割合は0と0.5。",
        ),
        metric=(
            "training accuracy less validation accuracy, without less with dropout",
            "訓練データと検証データの認識精度の差。Dropoutなしの値からありの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(gap, variant=WITHOUT),
            result.by_seed(gap, variant=WITH),
        ),
        unit="%",
    ),
    Claim(
        claim=(
            "Thinned networks are an ensemble: averaged, they answer better than one of them.",
            "間引かれたネットワークはアンサンブルをなす。平均すると、その1つより正しく答える。",
        ),
        source="Srivastava et al. 2014, section 1; Saito, Deep Learning from Scratch, 6.4.3",
        experiment=(f"{ENSEMBLE[0]}.", f"{ENSEMBLE[1]}。"),
        metric=(
            "test accuracy, 32 averaged masks less one mask",
            "テストデータの認識精度。32個の平均の値から1個の値を引く",
        ),
        measure=lambda result: (
            kept(result, "accuracy of averaged masks", -1),
            kept(result, "accuracy of averaged masks", 0),
        ),
        unit="%",
        margin=0.01,
    ),
    Claim(
        claim=(
            "One pass with all units stands in for that ensemble.",
            "すべてのユニットを使う1回の順伝播が、そのアンサンブルの代わりになる。",
        ),
        source="Hinton et al. 2012, Improving neural networks by preventing co-adaptation",
        experiment=(
            f"{ENSEMBLE[0]}; then all units answer in one pass.",
            f"{ENSEMBLE[1]}。次に、すべてのユニットを使って1回で答える。",
        ),
        metric=(
            "share of images answered as the average does, one pass less one mask",
            "平均と同じ答えになる画像の割合。全ユニットの値から1個のマスクの値を引く",
        ),
        measure=lambda result: (
            kept(result, "agreement of one pass"),
            kept(result, "agreement of one mask"),
        ),
        unit="%",
        margin=0.01,
    ),
    Claim(
        claim=(
            "Dropout makes the network more accurate on new data.",
            "Dropoutを使うと、未知のデータに対する認識精度が上がる。",
        ),
        source="Srivastava et al. 2014, Dropout, section 6",
        experiment=(
            f"{SETTING[0]}, dropout 0 against 0.5.",
            f"{SETTING[1]}。Dropoutの割合は0と0.5。",
        ),
        metric=(
            "test accuracy, with less without dropout",
            "テストデータの認識精度。Dropoutありの値からなしの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(test_accuracy, variant=WITH),
            result.by_seed(test_accuracy, variant=WITHOUT),
        ),
        unit="%",
        margin=0.0,
        instead=(
            "The gap narrows mostly because training accuracy falls.",
            "差が縮まるのは、主に訓練データの認識精度が下がるためである。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Dropout against overfitting", "Dropoutによる過学習の抑制"),
    chapter=chapters.TECHNIQUES.section(8),
    summary=(
        "A network with far more weights than data learns its training data by heart. Dropout "
        "switches off a random share of the units in each training step, so that none can rely on "
        "another, and scales up the rest. At prediction all units answer, which is nearly the "
        "average of all the thinned networks.",
        "データよりはるかに多くの重みをもつネットワークは、訓練データを丸暗記してしまう。Dropoutは学習の"
        "ステップごとにユニットの一部をランダムに消去し、特定のユニットへの依存を防ぐ。残ったユニットの"
        "出力はその分だけ拡大する。推論時にはすべてのユニットを使う。これは間引かれたネットワークすべての"
        "平均にほぼ等しい。",
    ),
    introduces=(
        Introduced(
            "dropout",
            r"m_i \sim \mathrm{Bernoulli}(1 - p), \quad y_i = \frac{m_i}{1 - p} x_i, \quad "
            r"\frac{\partial L}{\partial x_i} = \frac{m_i}{1 - p} \frac{\partial L}{\partial y_i}",
            (
                "A fresh mask m in each training step; p is the rate. What stays is divided by "
                "1 − p, so that the mean of y is x. The gradient passes through the same mask.",
                "学習のステップごとに新しいマスクmを引く。pは消去する割合。残った値は1 − pで"
                "割るので、yの平均はxに等しい。勾配も同じマスクを通る。",
            ),
            some_units,
        ),
    ),
    equations=(
        (r"y_i = x_i", ("At prediction nothing is dropped.", "推論時には何も消去しない。")),
        (
            r"\frac{1}{T} \sum_{t=1}^{T} f(x; m^{(t)}) \approx f(x)",
            (
                "The mean answer of networks with T masks is nearly that of one pass without.",
                "T個のマスクによるネットワークの答えの平均は、マスクなしの1回の順伝播にほぼ等しい。",
            ),
        ),
    ),
    terms=(
        ("overfitting", "過学習"),
        ("dropout", "Dropout（ドロップアウト）"),
        ("generalisation", "汎化"),
        ("regularization", "正則化"),
        ("ensemble learning", "アンサンブル学習"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(40, 50), "full": Preset(200, 50)},
        variants={name: {"rate": rate} for name, rate in RATES.items()},
        variants_ja={name: f"割合{rate}" for name, rate in RATES.items()},
        keep="ensemble",
        seeds=5,
    ),
    claims=CLAIMS,
)

if __name__ == "__main__":
    run_script(__file__)
