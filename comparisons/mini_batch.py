"""Mini-batches: three sizes of one loop, the noise of a gradient, and epochs against seconds."""

import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.datasets import mnist_subset, shrunk
from comparisons.harness.drawing import figures

POINTS, LINE_SIZES, LINE_EPOCHS = 32, (1, 4, 32), 6
NOISE_SIZES, BAND = (1, 4, 16, 64), 0.05
FREQUENCY, SMALL, ALL = 3.0, 4, 32
ESCAPE_RATES = np.array([0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0])
IMAGES = 256
EPOCHS = {1: 3, 8: 10, 64: 30, IMAGES: 80}  # take about the same time
RATES = {1: (0.2, 0.4, 0.8), 8: (1, 2, 4), 64: (2, 4, 8), IMAGES: (2, 4, 8)}
SEEDS = {"first": (1, 1), "same seeds": (1, 1), "order": (1, 2), "weights": (2, 1)}
LOSSES = 40


def line(seed):
    """Points along a line, and where the paths of slope and intercept start."""
    draw = np.random.default_rng(seed)
    x = draw.uniform(-1, 1, POINTS)
    y = 1.2 * x + 0.4 + draw.normal(0, 0.4, POINTS)
    rates, start = dict.fromkeys(LINE_SIZES, 0.15), np.array([-1.2, -1.0])
    return {"x": x, "y": y, "start": start, "rates": rates, "epochs": LINE_EPOCHS}


def network(seed):
    """Weights of 49-30-10."""
    draw = np.random.default_rng(seed).normal
    first = {"W1": draw(0, 0.2, (49, 30)), "b1": np.zeros(30)}
    return {**first, "W2": draw(0, 0.2, (30, 10)), "b2": np.zeros(10)}


def many_images(seed):
    """1,024 images."""
    part = mnist_subset(1024, 10, 10, seed, flat=True, one_hot=True)
    x, t = shrunk(part.x_train).astype("float64"), part.y_train.astype("float64")
    return {"x": x, "t": t, "sizes": NOISE_SIZES, "number": 64, **network(seed)}


def some_images(seed):
    """256 images to learn from, and 400 new ones: even ones choose the rate, odd ones judge."""
    part = mnist_subset(IMAGES, 400, 10, seed, flat=True, one_hot=True)
    own = {"x": shrunk(part.x_train).astype("float64"), "t": part.y_train.astype("float64")}
    new = {
        "x_new": shrunk(part.x_validation).astype("float64"),
        "t_new": part.y_validation.astype("float64"),
    }
    return {**own, **new, "epochs": EPOCHS, "rates": RATES, "seed": seed, **network(seed)}


def for_fit(seed):
    """The images and the seeds of four runs."""
    given = some_images(seed)
    return {"x": given["x"], "t": given["t"], "seeds": SEEDS, "epochs": 8}


def wave(seed):
    """32 points on sin 3x, with noise, and frequencies to start from."""
    draw = np.random.default_rng(seed)
    x = draw.uniform(-3, 3, ALL)
    y, starts = np.sin(FREQUENCY * x) + draw.normal(0, 0.3, ALL), draw.uniform(0, 8, 60)
    sizes = {"sizes": (SMALL, ALL), "rates": ESCAPE_RATES, "steps": 200, "kept": 3}
    return {"x": x, "y": y, "starts": starts, **sizes}


def predictions(seed):
    """40 targets and predictions, a few of them far off."""
    draw = np.random.default_rng(seed).normal
    y = draw(size=(LOSSES, 1))
    off = draw(size=(LOSSES, 1)) ** 3
    return {"y_true": y, "y_pred": y + off, "sizes": range(1, LOSSES + 1)}


def off_half(arrays):
    """How far the exponent of the noise in the batch size is from −1/2."""
    return float(abs(np.polyfit(np.log(NOISE_SIZES), np.log(arrays["noise"]), 1)[0] + 0.5))


def speed(arrays, size):
    """log₁₀ of the images that a second of training sees."""
    return float(np.log10(IMAGES / arrays[f"seconds, batch size {size}"]))


def escaped(arrays, size):
    """Share of the odd starts that end near the true frequency, at the even ones' best rate."""
    near = np.abs(arrays[f"batch size {size}"] - FREQUENCY) < 1
    return float(near[near[:, ::2].mean(axis=1).argmax(), 1::2].mean())


def loss_at(arrays, size, epochs):
    """Loss after so many epochs at the rate that is best there: on the even, on the odd images."""
    at = np.arange(1, EPOCHS[size] + 1)
    even, odd = (
        [np.interp(epochs, at, losses) for losses in half]
        for half in arrays[f"loss, batch size {size}"]
    )
    return float(np.min(even)), float(odd[np.argmin(even)])


def after_seconds(arrays, sizes):
    """Loss on the odd images after equal time, of the size that does best on the even ones."""
    seconds = {size: arrays[f"seconds, batch size {size}"] for size in EPOCHS}
    total = min(seconds[size] * EPOCHS[size] for size in EPOCHS)
    return min(loss_at(arrays, size, total / seconds[size]) for size in sizes)[1]


def least_lead(arrays):
    """By how much each size is ahead of the next larger one after equal epochs, at the least."""
    return float(min(np.diff([loss_at(arrays, size, EPOCHS[1])[1] for size in EPOCHS])))


def three_sizes(result):
    """The paths over the loss of all points, a batch size at a time."""
    given, paths, name = line(0), result.arrays("three_sizes"), both("path", "経路")
    slope, intercept = np.meshgrid(np.linspace(-1.6, 2.4, 81), np.linspace(-1.4, 1.4, 57))
    errors = slope[..., None] * given["x"] + intercept[..., None] - given["y"]
    chart = figures.paths(
        {size: {name: paths[f"batch size {size}"]} for size in LINE_SIZES},
        (errors**2).mean(axis=-1),
        (-1.6, 2.4),
        (-1.4, 1.4),
        x_title=("slope", "傾き"),
        y_title=("intercept", "切片"),
    )
    return figures.slider(chart, ("batch size", "バッチサイズ"))


def by_epochs_and_time(result):
    """Loss on the odd new images by size, at the rate that ends lowest on the even ones."""
    tables, panels = [], (both("by epochs", "エポック数でみる"), both("by time", "時間でみる"))
    for size, epochs in EPOCHS.items():
        losses, times = (
            result.of_numpy("learning", dict.get, f"{what}, batch size {size}")
            for what in ("loss", "seconds")
        )
        places = np.arange(1, epochs + 1)
        for run, (even, odd) in enumerate(losses):
            for panel, x in zip(panels, (places, places * np.mean(times) * 1000)):
                table = {"x": x, "y": odd[even[:, -1].argmin()], "panel": panel, "run": run}
                tables.append(pd.DataFrame(table).assign(series=f"B = {size}"))
    return pd.concat(tables)


def draw(result):
    """Paths, epochs against time, runs against runs, and the short last batch."""
    runs, last = result.arrays("runs"), result.arrays("last_batch")
    return [
        Figure(
            ("One loop, three kinds of learning", "1つのループ、3つの学習法"),
            three_sizes(result),
            (
                f"A line through {POINTS} points, {LINE_EPOCHS} epochs, one learning rate. Size 1 "
                "is online learning: 192 steps, soon near the minimum, then to and fro around it. "
                "32 is batch learning: 6 steps straight down the slope, and still on the way.",
                f"{POINTS}個の点に直線を当てはめる。学習率は同じで、{LINE_EPOCHS}エポック。バッチサイズ1は"
                "オンライン学習で、192回の更新ですぐに最小値に近づき、そのまわりをさまよう。32はバッチ学習で、"
                "損失をまっすぐ下るが、更新は6回だけなので、まだ途中である。",
            ),
        ),
        Figure(
            ("Equal epochs, equal time", "同じエポック数、同じ時間"),
            figures.lines(
                by_epochs_and_time(result),
                x_title=("epochs, or milliseconds", "エポック数またはミリ秒"),
                y_title=("loss on new images", "未知の画像での損失"),
                log="xy",
                panels=2,
            ),
            (
                "B: batch size; thin: the single seeds. Per epoch the smallest batches learn most, "
                "as they update most often. In equal time single images are slow: a step on 64 "
                "takes little longer than a step on one.",
                "Bはバッチサイズ、細い線は個々のシード。1エポックあたりでは、更新回数の多い小さなバッチほど"
                "学習が進む。しかし時間でみると1枚ずつの学習は遅い。64枚での更新も、1枚での更新と比べて"
                "さほど時間がかからないからである。",
            ),
        ),
        Figure(
            ("Why do results differ from run to run?", "実行するたびに結果が違うのはなぜか"),
            figures.lines(
                {
                    both("the same seeds again", "同じシードでもう一度"): runs["same seeds"],
                    both("another order", "順序だけ変える"): runs["order"],
                    both("other initial weights", "初期値だけ変える"): runs["weights"],
                },
                x_title=("epoch", "エポック"),
                y_title=("difference of the loss", "損失の差"),
            ),
            (
                "`fit` draws initial weights and, in every epoch, an order. With the first run's "
                "seed (`keras.utils.set_random_seed` before the model is built) both come again, "
                "and the difference is exactly 0 (on a GPU sums may still round differently). A "
                "seed makes a run repeat, not right: the spread over seeds says how far to trust "
                "one result.",
                "`fit`では、重みの初期値とエポックごとのデータの順序が乱数で決まる。モデルを作る前に"
                "`keras.utils.set_random_seed`で同じシードを設定すれば、どちらも再現され、差はちょうど0になる"
                "（GPUでは和の丸めが変わることもある）。ただし、シードは結果を再現するだけで、正しさは保証しない。"
                "1回の結果をどこまで信じてよいかは、シードによるばらつきからわかる。",
            ),
        ),
        Figure(
            ("The short last batch", "端数となる最後のバッチ"),
            figures.lines(
                {
                    both("mean of means", "バッチの平均の平均"): last["mean of means"],
                    both("weighted by length", "大きさで重み付け"): last["weighted"],
                },
                x_title=("batch size", "バッチサイズ"),
                y_title=("mean loss", "損失の平均"),
            ),
            (
                f"The same {LOSSES} losses. At 39 the one left over counts as much as the others. "
                "Keras weights what it reports by length; a short batch's step is whole.",
                f"同じ{LOSSES}個の損失の平均。39では、余った1個がほかの39個と同じ重みをもってしまう。"
                "Kerasが表示する値は大きさで重み付けされるが、更新では端数のバッチも1回と数えられる。",
            ),
        ),
    ]


def sides(function, larger, smaller):
    """A claim's measure: of each side a function of NumPy's arrays, and what else it is given."""
    return lambda result: tuple(result.of_numpy(function, *side) for side in (larger, smaller))


LEARNING = (
    f"{IMAGES} MNIST images of 7 × 7, 49-30-10 with sigmoid, in NumPy; each batch size at three "
    "learning rates: 200 new images choose one, 200 others judge it. ",
    f"MNISTの画像{IMAGES}枚（7×7に縮小）、49-30-10のシグモイドのネットワーク（NumPy）。"
    "バッチサイズごとに3通りの学習率を試し、未知の画像200枚で1つを選んで別の200枚で測る。",
)
BOOK = "Goodfellow et al., Deep Learning, 8.1.3"
CLAIMS = (
    Claim(
        (
            "The noise of a gradient falls as 1/√B: to halve it takes four times the batch size B.",
            "勾配のノイズは1/√B（Bはバッチサイズ）に比例し、半分にするにはBを4倍にする必要がある。",
        ),
        BOOK,
        (
            "49-30-10, initial weights, 1,024 MNIST images; 64 batches each of 1, 4, 16 and 64.",
            "学習前の49-30-10のネットワーク、MNISTの画像1,024枚。1、4、16、64枚のバッチを64個ずつとる。",
        ),
        (
            f"{BAND} less the distance of B's exponent from −1/2",
            f"{BAND}から、Bの指数と−1/2との差を引いた値",
        ),
        sides("noise", (lambda arrays: BAND,), (off_half,)),
    ),
    Claim(
        ("Large batches use the machine better.", "バッチが大きいほど計算機を有効に使える。"),
        f"{BOOK}; Saito, Deep Learning from Scratch, 3.6.3",
        (
            f"{LEARNING[0]}Steps on 64 images and on one; three times as many a second matter.",
            f"{LEARNING[1]}64枚ずつと1枚ずつの更新を比べる。3倍以上を意味のある差とする。",
        ),
        (
            "log₁₀ of the images a second, 64 at a time less one at a time",
            "1秒あたりの画像数の常用対数。64枚ずつの値から1枚ずつの値を引く",
        ),
        sides("learning", (speed, 64), (speed, 1)),
        unit="orders of magnitude",
        margin=0.5,
    ),
    Claim(
        (
            "Over the first few epochs, the smaller the batch, the more an epoch teaches.",
            "学習の初めの数エポックでは、バッチが小さいほど1エポックで学習が進む。",
        ),
        "Wilson & Martinez 2003, The general inefficiency of batch training",
        (
            f"{LEARNING[0]}After {EPOCHS[1]} epochs, each size against the next larger one.",
            f"{LEARNING[1]}{EPOCHS[1]}エポック後に、隣り合うバッチサイズどうしを比べる。",
        ),
        (
            "loss of the larger less that of the smaller batch, the least of three differences",
            "損失の差（大きいバッチ − 小さいバッチ）。3つの差のうち最小の値",
        ),
        sides("learning", (least_lead,), (lambda arrays: 0.0,)),
        margin=0.02,
    ),
    Claim(
        (
            "In equal time mini-batches learn more than online and batch learning.",
            "同じ時間なら、ミニバッチ学習はオンライン学習やバッチ学習より進む。",
        ),
        BOOK,
        (
            f"{LEARNING[0]}Size 8 or 64 against 1 or all, whichever the 200 images prefer.",
            f"{LEARNING[1]}8か64と、1か全部を、それぞれ200枚で良かったほうで代表させて比べる。",
        ),
        (
            "loss after equal time, online or batch less mini-batch learning",
            "同じ時間の後の損失。オンラインまたはバッチ学習の値からミニバッチ学習の値を引く",
        ),
        sides("learning", (after_seconds, (1, IMAGES)), (after_seconds, (8, 64))),
        margin=0.02,
    ),
    Claim(
        (
            "Small batches leave local minima that the whole batch stays in.",
            "ミニバッチ学習は、バッチ学習では抜け出せない局所的な最小値から抜け出せる。",
        ),
        "LeCun, Bottou, Orr & Müller 1998, Efficient backprop, 4.1",
        (
            f"The w of sin wx is fitted to {ALL} noisy points on sin 3x by squared error, which "
            f"has many valleys. Batches of {SMALL} against all {ALL}, 200 steps, each at nine "
            "learning rates: 30 random starts choose one, 30 others are counted.",
            f"sin 3x上の{ALL}点（ノイズあり）にsin wxのwを二乗誤差で当てはめる（谷は複数ある）。"
            f"バッチサイズ{SMALL}と{ALL}（全部）で200ステップ、それぞれ9通りの学習率を試し、"
            "ランダムな始点30個で1つを選んで別の30個で数える。",
        ),
        (
            f"share of starts that end in the lowest valley, {SMALL} less {ALL}",
            f"最も低い谷で終わる始点の割合。バッチサイズ{SMALL}の値から{ALL}の値を引く",
        ),
        sides("escape", (escaped, SMALL), (escaped, ALL)),
        unit="%",
        margin=0.1,
    ),
)

CONCEPT = Concept(
    title=("Mini-batches", "ミニバッチ学習"),
    chapter=chapters.LEARNING.section(6),
    summary=(
        "Batch, mini-batch and online learning are one loop with three sizes. The gradient of a "
        "few examples is an estimate of that of all: noisy, cheap, and right on average. Many "
        "rough steps beat a few exact ones, until batches become so small that the machine idles.",
        "バッチ学習、ミニバッチ学習、オンライン学習は、バッチの大きさが違うだけの同じループである。"
        "少数のデータから求めた勾配は全データの勾配の推定値であり、ノイズはあるが少ない計算で求まり、平均すれば正しい。"
        "少数の正確な更新より、多数の大まかな更新のほうが学習は速い。ただし、バッチが小さすぎると"
        "計算機の能力を生かせない。",
    ),
    introduces=(
        Introduced(
            "mini_batches",
            r"\{1, \dots, n\} = S_1 \cup S_2 \cup \dots \cup S_m, \quad m = \lceil n / B \rceil",
            (
                "An epoch: all n examples in a new random order, cut into batches S of B examples.",
                "1エポック：n個のデータを毎回ランダムな順序に並べ、B個ずつのバッチSに分ける。",
            ),
            demonstration="three_sizes",
        ),
        Introduced(
            "mini_batch_descent",
            r"w \leftarrow w - \eta g, \quad g = \frac{1}{|S_j|} \sum_{i \in S_j} \nabla L_i(w)",
            (
                "A step a batch; Lᵢ: an example's loss. B = n is batch, B = 1 online learning.",
                "バッチごとに更新する（Lᵢは1個の損失）。B = nがバッチ学習、B = 1がオンライン学習。",
            ),
            demonstration="three_sizes",
        ),
    ),
    equations=(
        (
            r"E[g] = \nabla L, \quad E \| g - \nabla L \|^2 = "
            r"\frac{\sigma^2}{B} \cdot \frac{n - B}{n - 1}",
            (
                "right on average; σ: spread of single gradients; the last factor: 0 at B = n",
                "平均すれば正しい（σは1個ずつの勾配のばらつき）。最後の因子はB = nのとき0になる。",
            ),
        ),
    ),
    terms=(
        ("mini-batch", "ミニバッチ"),
        ("batch learning", "バッチ学習"),
        ("online learning", "オンライン学習"),
        ("random seed", "乱数のシード"),
    ),
    demonstrations=(
        Demonstration("three_sizes", line),
        Demonstration("noise", many_images, seeds=5, measured=("noise",)),
        Demonstration(
            "learning",
            some_images,
            seeds=6,
            first_seed=20,  # before them another clock was read; all images had no rate above 4
            measured=tuple(f"{w}, batch size {b}" for w in ("loss", "seconds") for b in EPOCHS),
            proven_with={"epochs": dict.fromkeys(EPOCHS, 1)},
            timed=True,
        ),
        Demonstration("escape", wave, seeds=10, measured=("batch size 4", "batch size 32")),
        Demonstration("runs", for_fit, measured=("order", "weights"), proven_with={"epochs": 2}),
        Demonstration("last_batch", predictions),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
