"""MNIST with a multi-layer perceptron: `fit` unrolled, and depth and width against accuracy."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.baselines import run_mnist_baselines
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    Preset,
    Task,
)
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures

NARROW, WIDE, TWO, FOUR = "1 × 32", "1 × 256", "2 × 256", "4 × 256"  # layers × units
SHAPES = {NARROW: (1, 32), WIDE: (1, 256), TWO: (2, 256), FOUR: (4, 256)}
# Best on the validation images of seeds 100 to 104, of 0.0002 (deepest) or 0.001 to 0.02, none of
# them at an edge; for all of MNIST 0.001 does.
RATES = {NARROW: 0.01, WIDE: 0.01, TWO: 0.003, FOUR: 0.0005}


def data(settings, seed):
    """MNIST as flat vectors: a part in the default preset, all of it in the full one."""
    if settings.preset == "full":
        return mnist_subset(seed=seed, flat=True)
    return mnist_subset(5_000, 1_000, 4_000, seed, flat=True)


def some_digits(seed):
    """450 digits in batches of 64, the last of which is short, and weights of 784-30-20-10."""
    digits = mnist_subset(450, 10, 10, seed, flat=True)
    draw = np.random.default_rng(seed).normal
    sizes = (784, 30, 20, 10)
    weights = {}
    for layer, (inputs, units) in enumerate(zip(sizes, sizes[1:]), start=1):
        weights[f"W{layer}"] = draw(0, (2 / inputs) ** 0.5, (inputs, units))
        weights[f"b{layer}"] = draw(0, 0.1, units)
    return {
        "x": digits.x_train.astype("float64"),
        "t": digits.y_train,
        "epochs": 3,
        "batch_size": 64,
        "learning_rate": 0.1,
        **weights,
    }


def accuracies(result, larger, smaller):
    """Test accuracy by seed, of two of the shapes."""

    def accuracy(run):
        return run["scores"]["test"]["accuracy"]

    return tuple(result.by_seed(accuracy, variant=variant) for variant in (larger, smaller))


def draw(result):
    """The running mean of the epoch beside what is measured after it."""
    histories = [run["history"] for run in result.runs(variant=TWO)]
    curves = {
        both("training, running mean of the epoch", "訓練（エポック中の平均）"): "accuracy",
        both("validation, after the epoch", "検証（エポック終了時）"): "val_accuracy",
    }
    return [
        Figure(
            (
                "Why validation can lie above training",
                "検証データの正解率が訓練データを上回ることがある理由",
            ),
            figures.lines(
                {title: np.stack([h[key] for h in histories]) for title, key in curves.items()},
                x_title=("epoch", "エポック"),
                y_title=("accuracy", "正解率"),
                unit="%",
            ),
            (
                "`fit` reports the mean over an epoch's batches, whose first saw worse weights "
                "than the last. Validation is measured after the epoch, and so starts higher.",
                "`fit`が表示する訓練時の値はエポック中の全ミニバッチの平均であり、初めの方は"
                "学習の進んでいない重みで計算される。検証はエポックの終わりに測るため、最初は高く出る。",
            ),
        ),
    ]


CONCEPT = Concept(
    title=(
        "MNIST with a multi-layer perceptron",
        "多層パーセプトロンによるMNISTの手書き数字認識",
    ),
    chapter=chapters.BACKPROPAGATION.section(4),
    summary=(
        "Hidden layers with ReLU, softmax and cross-entropy: the textbooks' fully connected "
        "network. What Keras does in one line, `fit`, is a loop over epochs and batches with four "
        "steps in it: forward, loss, backward, update. Unrolled, it gives Keras's losses and "
        "weights, the short last batch and the mean of the epoch included.",
        "ReLUの隠れ層にソフトマックス関数と交差エントロピー誤差を組み合わせた、教科書の全結合ネットワーク"
        "である。Kerasが`fit`の1行で行うのは、エポックとミニバッチについての繰り返しであり、その中身は"
        "順伝播、損失、逆伝播、更新の4段階しかない。これを展開して書くと、端数となる最後のミニバッチも"
        "エポックの平均も含めて、Kerasと同じ損失と重みが得られる。",
    ),
    introduces=(
        Introduced(
            "fit",
            r"W_l \leftarrow W_l - \eta \frac{\partial L}{\partial W_l}, \quad "
            r"b_l \leftarrow b_l - \eta \frac{\partial L}{\partial b_l}",
            (
                "For each batch of each epoch: forward, loss, backward from the last layer to the "
                "first, update by gradient descent.",
                "各エポックの各ミニバッチについて、順伝播、損失、最後の層から最初の層への逆伝播、"
                "勾配降下法による更新を行う。",
            ),
            demonstration="training",
        ),
    ),
    equations=(
        (r"h_l = \max(0, h_{l-1} W_l + b_l)", ("a hidden layer", "隠れ層")),
        (
            r"L = -\frac{1}{N} \sum_n \log y_{n, t_n}, \quad \frac{\partial L}{\partial a} = "
            r"\frac{y - \mathrm{onehot}(t)}{N}",
            (
                "softmax with cross-entropy of the labels t; a: the sums that enter softmax",
                "ソフトマックスと、ラベルtとの交差エントロピー誤差（aはソフトマックスに入る重み付き和）",
            ),
        ),
    ),
    terms=(
        ("fully connected layer", "全結合層", "layers.Dense"),
        ("hidden layer", "隠れ層"),
        ("epoch", "エポック"),
        ("mini-batch", "ミニバッチ"),
        ("cross-entropy error", "交差エントロピー誤差", "losses.CategoricalCrossentropy"),
        ("label, one-hot representation", "ラベル、one-hot表現"),
    ),
    demonstrations=(Demonstration("training", some_digits),),
    task=Task(
        data=data,
        presets={
            "default": Preset(6, 128),
            "full": Preset(12, 128, build={shape: {"learning_rate": 0.001} for shape in SHAPES}),
        },
        variants={
            shape: {"depth": depth, "width": width, "learning_rate": RATES[shape]}
            for shape, (depth, width) in SHAPES.items()
        },
        seeds=5,
        baselines=lambda settings, progress: run_mnist_baselines(progress=progress),
    ),
    claims=(
        Claim(
            claim=(
                "A wider hidden layer reads digits better.",
                "隠れ層を広くすると正解率が上がる。",
            ),
            source=("a common rule of thumb", "一般に言われる経験則"),
            experiment=(
                "MNIST, 5,000 images, one hidden layer of 256 units against one of 32, 6 epochs of "
                "Adam, each at the learning rate, of 0.0002 to 0.02, that was best on other seeds' "
                "validation images",
                "MNISTの画像5,000枚、隠れ層1つで256ユニットと32ユニットを比べる。Adam、6エポック。"
                "学習率は、0.0002から0.02までのうち、それぞれ別のシードの検証データで最も良かった値",
            ),
            metric=(
                "test accuracy, 256 less 32 units",
                "テストデータの正解率（256 − 32ユニット）",
            ),
            unit="%",
            margin=0.005,
            measure=lambda result: accuracies(result, WIDE, NARROW),
        ),
        Claim(
            claim=("A deeper network reads digits better.", "層を深くすると正解率が上がる。"),
            source="Saito, Deep Learning from Scratch, 8.1",
            experiment=(
                "the same with 256 units a layer, four hidden layers against one",
                "各層256ユニットで、隠れ層4つと1つを比べる",
            ),
            metric=(
                "test accuracy, four less one hidden layer",
                "テストデータの正解率（4層 − 1層）",
            ),
            unit="%",
            margin=0.005,
            measure=lambda result: accuracies(result, FOUR, WIDE),
            instead=(
                "For so few digits one hidden layer is enough: four of them bring less than half a "
                "point. What helps is to know which pixels are neighbours.",
                "この枚数の数字では隠れ層は1つで足り、4つにしても0.5ポイントも上がらない。"
                "効果があるのは、隣り合う画素の関係を使うことである。",
            ),
        ),
    ),
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
