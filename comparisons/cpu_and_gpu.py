"""CPU and GPU: what a training step costs, from tiny networks and batches to large ones."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Preset, Task, versus
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures
from comparisons.harness.drawing.palette import LABELS

INPUTS, CLASSES, BATCH, WIDTH, REPEATS = 49, 10, 32, 64, 20
BY_WIDTH = [(width, BATCH) for width in (8, 32, 128, 512, 2048)]
BY_BATCH = [(WIDTH, batch) for batch in (1, 4, 16, 64, 256, 1024)]
SMALL, LARGE = ((8, BATCH), (32, BATCH)), ((512, BATCH), (2048, BATCH))
CALLS, SHORT, STEPS, EPOCHS = (1, 32), 8, 256, 3
NARROW, WIDE = "width 8", "width 256"


def multiplications(width, batch):
    """About how many a training step takes: backward takes twice as many as forward."""
    return 3 * batch * width * (INPUTS + 2 * width + CLASSES)


def data(settings, seed):
    """Digits of 7×7."""
    return shrunk_mnist(*((50_000, 5_000, 10_000) if settings.preset == "full" else
                          (2_000, 500, 2_000)), seed)  # fmt: skip


def for_steps(seed):
    """Random images and classes: a step takes as long whatever is on them."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(1024, INPUTS)).astype("float32")
    sizes = [*BY_WIDTH, *BY_BATCH]
    return {"x": x, "y": draw.integers(0, CLASSES, 1024), "sizes": sizes, "repeats": REPEATS}


def for_calls(seed, steps=STEPS):
    """The same, more of them, in small batches."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(steps * SHORT, INPUTS)).astype("float32")
    given = {"width": SMALL[1][0], "batch": SHORT, "steps": CALLS, "repeats": EPOCHS}
    return {"x": x, "y": draw.integers(0, CLASSES, len(x)), **given}


def key(size, device="cpu"):
    """What the seconds of a size are called."""
    return f"{device}, width {size[0]}, batch {size[1]}"


def powers(pair):
    """A claim's measure: how often the seconds double from one size to another, less what is due.

    What is due is how often the multiplications double.
    """
    first, last = pair
    due = np.log2(multiplications(*last) / multiplications(*first))
    return lambda arrays: float(np.log2(arrays[key(last)] / arrays[key(first)]) - due)


def by_calls(result):
    """A claim's sides: log₂ of a step's seconds with one step a call, and with several, by seed."""
    sides = []
    for number in CALLS:
        name, runs = f"seconds, {number} a call", []
        for seed in result.seeds_of("calls"):
            arrays = [result.arrays("calls", column, seed) for column in result.implementations]
            runs.append([np.log2(a[name]) for a in arrays if name in a])
        sides.append([float(np.mean(run)) for run in runs if run])
    return sides if sides[0] else [[0.0], [0.0]]  # no column that has such calls


def seconds_of(result, sizes):
    """(seeds, sizes) by column and device."""
    found = {}
    for column in result.implementations:
        runs = [
            result.arrays("step_seconds", column, seed) for seed in result.seeds_of("step_seconds")
        ]
        for device in ("cpu", "gpu"):
            if key(sizes[0], device) in runs[0]:
                found[column, device] = np.array([[a[key(s, device)] for s in sizes] for a in runs])
    return found


def by_column(found):
    """The same as series: by column, and by device too where there are several."""
    several = len({device for _, device in found}) > 1
    return {
        f"{LABELS[column]}, {device.upper()}" if several else column: values
        for (column, device), values in found.items()
    }


def what_is_seen(found):
    """What a step costs at least, where it costs twice that, and where a GPU is faster."""
    counts = [multiplications(*size) for size in BY_WIDTH]
    costs, faster = [], []
    for (column, device), values in found.items():
        seconds, cpu = values.mean(axis=0), found[column, "cpu"].mean(axis=0)
        if device == "gpu":
            widths = [width for (width, _), wins in zip(BY_WIDTH, seconds < cpu) if wins]
            faster.append(f"{LABELS[column]} {min(widths, default='–')}")
            continue
        least = seconds.argmin()
        count = np.interp(2 * seconds[least], seconds[least:], counts[least:]) / 1e6
        costs.append((f"{LABELS[column]} {1000 * seconds[least]:.2g} ms", round(count)))
    gpu = (
        f"A GPU is faster from this width on: {', '.join(faster)}.",
        f"GPUのほうが速くなる幅：{'、'.join(faster)}。",
    )
    if not faster:
        gpu = (
            "This run saw no GPU; where there is one, it has lines of its own.",
            "この実行にGPUはなかった。GPUがあれば、その線も描かれる。",
        )
    english = "; ".join(f"{cost}, {count} million" for cost, count in costs)
    japanese = "、".join(f"{cost}（{100 * count:,}万回）" for cost, count in costs)
    return (
        f"On the left arithmetic hardly counts. A step's least time, and the multiplications at "
        f"which it has doubled: {english}. {gpu[0]}",
        "左側では計算量はほとんど効かない。1ステップの最短時間と、所要時間がその2倍になる乗算の回数："
        f"{japanese}。{gpu[1]}",
    )


def draw(result):
    """Seconds a step, and how much is computed a second."""
    by_width, by_batch = (seconds_of(result, sizes) for sizes in (BY_WIDTH, BY_BATCH))
    counts = np.array([multiplications(*size) for size in BY_WIDTH])
    examples = np.array([batch for _, batch in BY_BATCH])
    return [
        Figure(
            ("What a step costs", "1ステップの時間"),
            figures.lines(
                {name: 1000 * values for name, values in by_column(by_width).items()},
                counts,
                x_title=("multiplications a step", "1ステップの乗算の回数"),
                y_title=("milliseconds a step", "1ステップの時間（ミリ秒）"),
                log="xy",
            ),
            tuple(
                f"{text} {seen}"
                for text, seen in zip(
                    (
                        "Three hidden layers of 8, 32, 128, 512 and 2048 units, batches of 32.",
                        "幅8、32、128、512、2048の隠れ層が3つ、バッチサイズ32。",
                    ),
                    what_is_seen(by_width),
                )
            ),
        ),
        Figure(
            ("How much of the machine is used", "計算機の力をどれだけ使えているか"),
            figures.lines(
                {name: counts / values / 1e9 for name, values in by_column(by_width).items()},
                counts,
                x_title=("multiplications a step", "1ステップの乗算の回数"),
                y_title=("billions of multiplications a second", "毎秒の乗算の回数（10億回）"),
                log="xy",
            ),
            (
                "The same steps. Small networks leave nearly all of it idle: their time goes into "
                "calls, not into arithmetic. NumPy computes products on one core.",
                "同じステップで測った。小さいネットワークでは、時間のほとんどが計算ではなく関数の呼び出しに"
                "使われ、計算機はほぼ遊んでいる。NumPyの行列の積は1コアで計算する。",
            ),
        ),
        Figure(
            ("What an example costs", "1件あたりの時間"),
            figures.lines(
                {name: 1e6 * values / examples for name, values in by_column(by_batch).items()},
                examples,
                x_title=("batch size", "バッチサイズ"),
                y_title=("microseconds an example", "1件あたりの時間（マイクロ秒）"),
                log="xy",
            ),
            (
                f"Three hidden layers of {WIDTH}. A step's fixed cost is shared by its examples: "
                "the larger the batch, the less each of them costs, until arithmetic counts.",
                f"幅{WIDTH}の隠れ層が3つ。1ステップのオーバーヘッドは、バッチの全データで分け合う。そのため"
                "バッチが大きいほど1件あたりの時間は短くなり、やがて計算量で決まるようになる。",
            ),
        ),
    ]


SETTING = (
    f"Three hidden layers, SGD, batches of {BATCH}, `train_on_batch`: the least of {REPEATS} "
    "steps, on the CPU, all sizes in turns in one process, in each column. ",
    f"隠れ層3つ、SGD、バッチサイズ{BATCH}の`train_on_batch`。CPUで、1つのプロセスの中ですべての大きさを"
    f"交互に実行し、{REPEATS}回のうち最短の時間を、各実装で測る。",
)
METRIC = (
    "log₂ of how many times as long, less log₂ of how many times the multiplications",
    "所要時間の比の2を底とする対数から、乗算の回数の比の対数を引いた値",
)
CLAIMS = (
    Claim(
        (
            "A network with fewer multiplications is faster by as much.",
            "乗算の回数が少ないネットワークは、その分だけ速い。",
        ),
        ("commonly inferred from counts of operations", "演算回数からよく導かれる推論"),
        (
            f"{SETTING[0]}8 units a layer, and 32, which takes 6.6 times the multiplications: at "
            "least 3.3 times as long counts as that.",
            f"{SETTING[1]}幅8と、乗算の回数がその6.6倍になる幅32を比べる。3.3倍以上の時間がかかれば、その"
            "とおりとみなす。",
        ),
        METRIC,
        versus("step_seconds", powers(SMALL), lambda arrays: 0.0),
        margin=-1.0,
        instead=(
            "Not where it is small: both take nearly the same time. A step has a fixed cost, that "
            "of calling a few dozen functions.",
            "小さいネットワークではそうならず、どちらもほぼ同じ時間がかかる。関数を数十回呼び出すオーバーヘッド"
            "があるからである。",
        ),
    ),
    Claim(
        (
            "Where layers are large, time grows about as the multiplications do.",
            "層が大きければ、時間は乗算の回数にほぼ比例する。",
        ),
        "Goodfellow et al. 2016, Deep Learning, 6.5.6",
        (
            f"{SETTING[0]}512 units and 2048: 15 times the multiplications, and as long within a "
            "factor of 2.",
            f"{SETTING[1]}幅512と、乗算の回数がその15倍になる幅2048を比べる。時間の比と15倍との違いが2倍以内なら"
            "ほぼ比例とみなす。",
        ),
        (
            "one less the distance of both log₂: of the times, of the multiplications",
            "1から、所要時間の比と乗算の回数の比の、2を底とする対数の差の絶対値を引いた値",
        ),
        versus("step_seconds", lambda arrays: 1.0, lambda arrays: abs(powers(LARGE)(arrays))),
    ),
    Claim(
        (
            "Several steps a call make a small network train faster.",
            "1回の呼び出しで数ステップまとめて学習すると、小さいネットワークは速くなる。",
        ),
        (
            "Keras's documentation of steps_per_execution",
            "Kerasのドキュメントのsteps_per_executionの項",
        ),
        (
            f"`fit`, 32 units a layer, {STEPS} steps of {SHORT} examples an epoch, the least of "
            f"{EPOCHS} epochs: steps_per_execution of {CALLS[1]} and of 1, in turns in one "
            "process, on TensorFlow and JAX (PyTorch lacks such calls). 1.4 times as fast matters.",
            f"幅32、1エポックが{SHORT}件ずつ{STEPS}ステップの`fit`を、steps_per_execution={CALLS[1]}と1とで、1つの"
            f"プロセスの中で交互に実行する。{EPOCHS}エポックのうち最短の時間を、TensorFlowとJAXで測る（PyTorchに"
            "はない）。1.4倍速ければ意味があるとみなす。",
        ),
        (
            "log₂ of the seconds a step, one step a call less several",
            "1ステップの秒数の2を底とする対数。1ステップずつの値からまとめた値を引く",
        ),
        by_calls,
        margin=0.5,
    ),
)

CONCEPT = Concept(
    title=("CPU and GPU: where size begins to count", "CPUとGPU：大きさが効き始めるところ"),
    chapter=chapters.DEEP_NETWORKS.section(7),
    summary=(
        "A training step has a fixed cost (calling functions, starting programs on the device) "
        "and a cost that grows with the multiplications. Small networks spend nearly all their "
        "time on the first, so faster arithmetic does nothing for them. A GPU is said to compute "
        "far more a second, and to cost more to start: run on a machine that has one, this page "
        "shows from which size on it pays.",
        "学習の1ステップの時間は、毎回必ずかかるオーバーヘッド（関数の呼び出しや、"
        "計算するプログラムの起動）と、乗算の回数に比例する時間からなる。"
        "小さいネットワークではほぼ前者だけなので、演算器を速くしても変わらない。"
        "GPUは毎秒の計算量がはるかに大きい代わりに、起動に時間がかかると言われる。"
        "GPUのある計算機で実行すれば、どの大きさから割に合うかがこのページに示される。",
    ),
    equations=(
        (
            r"t \approx t_0 + \frac{3 B \sum_l n_l \, n_{l+1}}{r}",
            (
                "Seconds a step: a fixed cost t₀, and the multiplications of a batch of B through "
                "layers of n units at r a second. Forward takes one third of them, backward two.",
                "1ステップの秒数。オーバーヘッドt₀に、ユニット数nの各層をB件のデータが"
                "通るときの乗算の回数を、1秒あたりの回数rで割った値を足す。"
                "乗算の3分の1が順伝播、3分の2が逆伝播である。",
            ),
        ),
    ),
    terms=(
        ("graphics processing unit (GPU)", "GPU（画像処理用のプロセッサ）"),
        ("throughput", "スループット（毎秒の処理量）"),
        ("overhead", "オーバーヘッド"),
    ),
    demonstrations=(
        Demonstration(
            "step_seconds",
            for_steps,
            seeds=5,
            measured=tuple(
                key(size, device)
                for size in (*BY_WIDTH, *BY_BATCH, (4, 2))
                for device in ("cpu", "gpu")
            ),
            proven_with={"sizes": [(4, 2)], "repeats": 1},
            timed=True,
        ),
        Demonstration(
            "calls",
            for_calls,
            seeds=5,
            measured=tuple(f"seconds, {number} a call" for number in CALLS),
            proven_with={**for_calls(0, 4), "width": 4, "repeats": 1},
            timed=True,
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(8, BATCH), "full": Preset(5, BATCH)},
        variants={NARROW: {"width": 8}, WIDE: {"width": 256}},
        variants_ja={NARROW: "幅8", WIDE: "幅256"},
        seeds=3,
        proven_steps=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
