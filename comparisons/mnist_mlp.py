"""MNIST with a multi-layer perceptron."""

from comparisons.harness import chapters
from comparisons.harness.baselines import run_mnist_baselines
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Concept, Preset, Task
from comparisons.harness.datasets import mnist_subset


def data(settings, seed):
    """MNIST as flat vectors: a part in the default preset, all of it in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed, flat=True)
    return mnist_subset(10_000, 2_000, 2_000, seed, flat=True)


CONCEPT = Concept(
    title=(
        "MNIST with a multi-layer perceptron",
        "多層パーセプトロンによるMNISTの手書き数字認識",
    ),
    chapter=chapters.BACKPROPAGATION.section(4),
    summary=(
        "Two hidden layers of 256 units with ReLU, softmax and cross-entropy, trained by Adam: "
        "the textbooks' fully connected network at a size that one would use.",
        "ユニット数256の隠れ層2つにReLU、出力層にソフトマックス関数、損失に交差エントロピー誤差を用い、"
        "Adamで学習する。教科書の全結合ネットワークを実用の大きさにしたものである。",
    ),
    equations=(
        (r"h_1 = \max(0, x W_1 + b_1)", ("first hidden layer", "第1の隠れ層")),
        (r"h_2 = \max(0, h_1 W_2 + b_2)", ("second hidden layer", "第2の隠れ層")),
        (
            r"y_k = \frac{e^{a_k}}{\sum_i e^{a_i}}, \quad a = h_2 W_3 + b_3",
            ("softmax", "ソフトマックス関数"),
        ),
        (
            r"L = -\frac{1}{N} \sum_n \log y_{n, t_n}",
            ("cross-entropy of the labels t", "ラベルtとの交差エントロピー誤差"),
        ),
    ),
    terms=(
        ("fully connected layer", "全結合層"),
        ("hidden layer", "隠れ層"),
        ("softmax function", "ソフトマックス関数"),
        ("cross-entropy error", "交差エントロピー誤差"),
        ("mini-batch", "ミニバッチ"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(8, 128), "full": Preset(12, 128)},
        baselines=lambda settings: run_mnist_baselines(),
    ),
)

if __name__ == "__main__":
    run_script(__file__)
