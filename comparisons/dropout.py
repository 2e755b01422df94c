"""Dropout: few data, many weights, with and without, over seeds."""

from comparisons.harness import chapters
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Preset, Task
from comparisons.harness.datasets import mnist_subset


def data(settings, seed):
    """300 training images: few enough to be learned by heart."""
    return mnist_subset(300, 2_000, 2_000, seed, flat=True)


def gap(run):
    """Training accuracy less validation accuracy at the end, both in inference mode."""
    return run["generalisation_gap"]


def without_against_with(result):
    """The generalisation gap without dropout, and with it, by seed."""
    return (
        result.by_seed(gap, variant="without dropout"),
        result.by_seed(gap, variant="with dropout"),
    )


CONCEPT = Concept(
    title=("Dropout against overfitting", "Dropoutによる過学習の抑制"),
    chapter=chapters.TECHNIQUES.section(8),
    summary=(
        "A network with far more weights than data learns its training data by heart. Dropout "
        "switches off a random share of the units in each training step, so that none can rely on "
        "another; the rest are scaled up, and at prediction time all units answer.",
        "データに比べて重みがはるかに多いネットワークは、訓練データを丸暗記してしまう。Dropoutは学習の"
        "ステップごとにユニットの一部をランダムに消し、残りを拡大する。推論時にはすべてのユニットを使う。",
    ),
    equations=(
        (
            r"m_i \sim \mathrm{Bernoulli}(1 - p)",
            ("a fresh mask in each training step", "学習のステップごとに新しいマスク"),
        ),
        (r"y_i = \frac{m_i}{1 - p} x_i", ("training", "学習時")),
        (
            r"\frac{\partial L}{\partial x_i} = \frac{m_i}{1 - p} \frac{\partial L}{\partial y_i}",
            ("backward: the same mask", "逆伝播：同じマスク"),
        ),
        (r"y_i = x_i", ("prediction", "推論時")),
        (
            r"\mathrm{gap} = \mathrm{accuracy}_{train} - \mathrm{accuracy}_{validation}",
            ("generalisation gap", "汎化ギャップ"),
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
        presets={"default": Preset(60, 50), "full": Preset(300, 50)},
        variants={"without dropout": {"rate": 0.0}, "with dropout": {"rate": 0.5}},
        seeds=5,
    ),
    claims=(
        Claim(
            claim=(
                "Dropout narrows the generalisation gap.",
                "Dropoutは訓練データと検証データの認識精度の差（汎化ギャップ）を縮める。",
            ),
            source="Srivastava et al. 2014, Dropout; Saito, Deep Learning from Scratch, 6.4.3",
            experiment=(
                "300 MNIST images, two hidden layers of 256, SGD with learning rate 0.01 and "
                "momentum 0.9, dropout 0 against 0.5",
                "MNISTの画像300枚、ユニット数256の隠れ層2つ、学習率0.01、慣性の係数0.9のSGD。Dropoutの割合0と0.5",
            ),
            metric=(
                "training accuracy less validation accuracy, without less with dropout",
                "訓練データと検証データの認識精度の差。Dropoutなしの値からありの値を引く",
            ),
            measure=without_against_with,
        ),
    ),
)

if __name__ == "__main__":
    run_script(__file__)
