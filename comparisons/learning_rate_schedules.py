"""Learning rate schedules: what decay and warm-up bring, and why accuracy sticks at 0.1."""

import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.datasets import mnist_subset, shrunk
from comparisons.harness.drawing import figures

SHOWN = np.arange(0.0, 100, 2)
FACTORS = (0.02, 0.05, 0.1, 0.2, 0.5)  # by which step and exponential decay fall in all
IMAGES, STEPS, BATCH, WINDOW = 4000, 500, 10, 25
WARM_STEPS, WARMING, WARM_BATCH, STEEP = 200, 40, 50, 3.0
OCTAVES = {1.0: (0.71, 1.0, 1.41, 2.0, 2.83), STEEP: (0.25, 0.35, 0.5, 0.71, 1.0, 1.41)}
RATES, LEARNED, STUCK_STEPS = (0.1, 0.2, 0.4, 0.8, 1.6), 0.6, 300
NAMES = {
    "constant": both("constant", "一定"),
    "step_decay": both("step decay", "段階的な減衰"),
    "exponential_decay": both("exponential decay", "指数減衰"),
    "cosine_decay": both("cosine decay", "コサイン減衰"),
    "warm_up": both("warm-up, then cosine", "ウォームアップとコサイン減衰"),
}
SHAPES, DECAYS = tuple(NAMES)[1:], tuple(NAMES)[1:4]
CAUSES = {
    "healthy": {"rate": 0.2, "scale": 1, "shuffled": False},
    "rate": {"rate": 4.0, "scale": 1, "shuffled": False},
    "scale": {"rate": 0.2, "scale": 255, "shuffled": False},
    "labels": {"rate": 0.2, "scale": 1, "shuffled": True},
}
RUNS = (  # what trains
    *("constant", *DECAYS),
    *(f"{name} × {factor}" for factor in OCTAVES for name in ("cosine_decay", "warm_up")),
)


def options(name, rate, steps, factor=0.05, warming=WARMING):
    """The arguments of a schedule that begins (or is warm) at a rate and lasts so many steps."""
    start = {"initial_learning_rate": rate}
    return {
        "constant": {"learning_rate": rate},
        "step_decay": {**start, "decay_steps": steps / 4, "decay_rate": factor ** (1 / 3)},
        "exponential_decay": {**start, "decay_steps": steps, "decay_rate": factor},
        "cosine_decay": {**start, "decay_steps": steps},
        "warm_up": {"warmup_target": rate, "warmup_steps": warming, "decay_steps": steps - warming},
    }[name]


def called(name, factor):
    """A curve's name; those that end at 0 have no factor."""
    return name if name in ("cosine_decay", "warm_up") else f"{name}, {factor}"


def all_curves(seed):
    """Each schedule from 1 on, by how far step and exponential decay fall."""
    return {
        "step": SHOWN,
        "schedules": {
            called(name, factor): (name, options(name, 1.0, 100, factor, 20))
            for factor in FACTORS
            for name in SHAPES
        },
    }


def network(draw):
    """Weights of 49-30-30-10 with He's deviation."""
    sizes, found = (49, 30, 30, 10), {}
    for layer, (inputs, units) in enumerate(zip(sizes, sizes[1:]), start=1):
        found[f"W{layer}"] = draw.normal(0, (2 / inputs) ** 0.5, (inputs, units))
        found[f"b{layer}"] = np.zeros(units)
    return {name: w.astype("float32") for name, w in found.items()}


def images(seed):
    """4,000 images, 1,000 new ones, and runs under each schedule."""
    part = mnist_subset(IMAGES, 1000, 10, seed, flat=True, one_hot=True)
    draw = np.random.default_rng(seed)

    def batches(steps, size):
        return [draw.choice(IMAGES, size, replace=False) for _ in range(steps)]

    few, many = batches(STEPS, BATCH), batches(WARM_STEPS, WARM_BATCH)
    runs = {
        name: (name, [options(name, rate, STEPS) for rate in RATES], few, 1.0)
        for name in ("constant", *DECAYS)
    }
    for factor, rates in OCTAVES.items():
        for name in ("cosine_decay", "warm_up"):
            several = [options(name, rate, WARM_STEPS) for rate in rates]
            runs[f"{name} × {factor}"] = name, several, many, factor
    given = {"x": shrunk(part.x_train), "t": part.y_train, "runs": runs, "kept": 3}
    new = {"x_new": shrunk(part.x_validation), "t_new": part.y_validation}
    return {**given, **new, **network(draw)}


def sticking(seed):
    """A healthy run and three that stick."""
    part, draw = mnist_subset(IMAGES, 10, 10, seed, flat=True, one_hot=True), np.random.default_rng
    rows = draw(seed).permutation(IMAGES)[: STUCK_STEPS * BATCH].reshape(-1, BATCH)
    run = {"batches": rows, "causes": CAUSES, **network(draw(seed))}
    return {"x": shrunk(part.x_train), "t": part.y_train, **run}


def chosen(arrays, name):
    """Loss of the odd new images at the learning rate that is best on the even ones."""
    even, odd, *_ = arrays[f"end, {name}"]
    return float(odd[np.nanargmin(even)])


def worst(arrays, names):
    """The highest of these schedules' losses."""
    return max(chosen(arrays, name) for name in names)


def learned(arrays, name, factor):
    """Octaves of learning rate at which the new images are read."""
    accuracy = arrays[f"end, {name} × {factor}"][2:].mean(axis=0)
    return float(np.sum(accuracy >= LEARNED) / 2)


def windows(losses):
    """Medians of the losses of some batches at a time, which smooths them."""
    return np.median(losses.reshape(-1, WINDOW), axis=1)


def by_step(result):
    """The losses under each schedule by step, at a learning rate to choose."""
    found = result.of_numpy("training", dict)[:5]
    return pd.concat(
        pd.DataFrame(
            {"x": WINDOW * np.arange(1, STEPS // WINDOW + 1), "y": windows(losses)}
        ).assign(series=NAMES[name], run=run, choice=rate)
        for name in ("constant", *DECAYS)
        for run, arrays in enumerate(found)
        for rate, losses in zip(RATES, arrays[name])
    )


def with_warm_up(result):
    """Accuracy by learning rate with and without warm-up, from both kinds of initial weights."""
    panels = dict(
        zip(OCTAVES, (both("He's weights", "Heの初期値"), both("3 times He's", "その3倍")))
    )
    names = dict(zip(("cosine_decay", "warm_up"), (both("without", "なし"), both("with", "あり"))))
    return pd.concat(
        pd.DataFrame({"x": rates, "y": arrays[f"end, {name} × {factor}"][2:].mean(axis=0)}).assign(
            series=title, run=run, panel=panels[factor]
        )
        for factor, rates in OCTAVES.items()
        for name, title in names.items()
        for run, arrays in enumerate(result.of_numpy("training", dict))
    )


def draw(result):
    """The curves, the losses by step, warm-up by rate, and what sticks."""
    curves, stuck = result.arrays("curves"), result.of_numpy("stuck", dict)
    titles = {
        "healthy": both("as it should be", "正常"),
        "rate": both("rate 4 instead of 0.2", "学習率が0.2でなく4"),
        "scale": both("pixels left at 0–255", "画素値が0～255のまま"),
        "labels": both("labels mixed up", "ラベルの取り違え"),
    }
    losses = {
        title: np.stack([windows(arrays[name]) for arrays in stuck])
        for name, title in titles.items()
    }
    places = WINDOW * np.arange(1, STUCK_STEPS // WINDOW + 1)
    losses["ln 10"] = np.full(len(places), np.log(10))
    step, loss = ("step", "ステップ"), ("loss of the batches", "ミニバッチの損失")
    rate = ("learning rate", "学習率")
    off = {name: np.mean([arrays[f"off, {name}"] for arrays in stuck]) for name in CAUSES}
    return [
        Figure(
            ("Four schedules", "4つのスケジュール"),
            figures.slider(
                figures.lines(
                    {f: {NAMES[n]: curves[called(n, f)] for n in SHAPES} for f in FACTORS},
                    SHOWN,
                    x_title=step,
                    y_title=rate,
                ),
                ("what is left at the end", "最後に残る割合"),
                start=0.1,
            ),
            (
                "η₀ = 1, 100 steps, warm-up for 20. Exponential decay falls fastest at the start, "
                "the cosine in the middle, and only the cosine ends at 0.",
                "η₀ = 1、100ステップ、ウォームアップ20ステップ。指数減衰は最初、コサイン減衰は"
                "中ほどが最も急である。最後に0になるのはコサイン減衰だけである。",
            ),
        ),
        Figure(
            ("The loss falls with the rate", "学習率を下げると損失も下がる"),
            figures.slider(
                figures.lines(by_step(result), x_title=step, y_title=loss, y_domain=(0.2, 2.6)),
                ("initial learning rate", "最初の学習率"),
                start=0.4,
            ),
            (
                "At a small rate decay only slows learning down. At a large one the noise of the "
                "batches keeps the loss up, until the rate falls. Thin: five seeds.",
                "学習率が小さいと、減衰は学習を遅くするだけである。大きいと、ノイズのために損失が下げ止まり、"
                "学習率を下げたところで再び下がる。細い線は5つのシード。",
            ),
        ),
        Figure(
            ("Warm-up by learning rate", "学習率とウォームアップの効果"),
            figures.lines(
                with_warm_up(result),
                x_title=rate,
                y_title=("accuracy on new images", "未知の画像の正解率"),
                unit="%",
                log="x",
                panels=2,
            ),
            (
                "From a steep start small first steps lead to where large ones are safe.",
                "急な場所から始めるときは、小さな更新によって、大きな学習率でも学習できる場所に移れる。",
            ),
        ),
        Figure(
            ("Why does accuracy stick at 0.1?", "正解率が0.1から上がらないのはなぜか"),
            figures.lines(losses, places, x_title=step, y_title=loss, y_domain=(0.4, 3)),
            (
                "With ten classes, 0.1 and a loss of ln 10 = 2.303 mean: every answer is the same, "
                "whatever the image. Look at the hidden units that no image switches on: "
                f"{off['rate']:.0%} of them after too large a rate and {off['scale']:.0%} with "
                f"unscaled pixels (a smaller rate, or a scale, mends it), but {off['labels']:.0%} "
                "where labels do not belong to their images.",
                "10クラスで正解率0.1、損失ln 10 = 2.303なら、予測はどの画像でも同じである。"
                "どの画像にも反応しない隠れユニットの割合を調べるとよい。学習率が大きすぎると"
                f"{off['rate']:.0%}、画素値を割り忘れると{off['scale']:.0%}になる（学習率を下げるか、"
                f"入力を割れば直る）。画像とラベルの対応が誤っていれば{off['labels']:.0%}である。",
            ),
        ),
    ]


def sides(larger, smaller):
    """A claim's measure: of each side a function of NumPy's arrays, and what else it is given."""
    return lambda result: tuple(result.of_numpy("training", *side) for side in (larger, smaller))


TRAINED = (
    f"{IMAGES:,} MNIST images of 7 × 7, 49-30-30-10 with ReLU, SGD, ",
    f"MNISTの画像{IMAGES:,}枚（7×7に縮小）、49-30-30-10のReLUのネットワーク、SGD、",
)
DECAYING = (
    f"{TRAINED[0]}batches of {BATCH}, {STEPS} steps; each schedule at five initial learning rates: "
    "500 new images choose one, 500 others judge it. Ten seeds before these did not decide.",
    f"{TRAINED[1]}バッチサイズ{BATCH}、{STEPS}ステップ。スケジュールごとに最初の学習率を5通り試し、"
    "未知の画像500枚で1つを選んで別の500枚で測る。先の10シードでは決着しなかった。",
)
WARMED = (
    f"{TRAINED[0]}batches of {WARM_BATCH}, {WARM_STEPS} steps along a cosine, of which {WARMING} "
    "warm up or not; learning rates √2 times apart. A rate works where at least "
    f"{LEARNED:.0%} of 1,000 new images are read rightly. Ten seeds before these did not decide.",
    f"{TRAINED[1]}バッチサイズ{WARM_BATCH}、コサイン減衰で{WARM_STEPS}ステップ（うち{WARMING}ステップが"
    "ウォームアップ）。学習率は√2倍ずつ変える。未知の画像1,000枚の正解率が"
    f"{LEARNED:.0%}以上なら、学習できたとみなす。先の10シードでは決着しなかった。",
)
OF_OCTAVES = (
    "range of learning rates that work, in octaves (doublings), with less without warm-up",
    "学習できた学習率の幅（2の何乗か）。ウォームアップありの値からなしの値を引く",
)
CLAIMS = (
    Claim(
        (
            "A learning rate that decays ends lower than any constant one.",
            "学習率を減衰させると、どの一定の学習率よりも損失が低くなる。",
        ),
        "Goodfellow et al., Deep Learning, 8.3.1; Saito, Deep Learning from Scratch, 6.1.5",
        DECAYING,
        (
            "loss, constant rate less the worst of the three decays",
            "損失。一定の学習率の値から、3つの減衰のうち最も悪い値を引く",
        ),
        sides((chosen, "constant"), (worst, DECAYS)),
        margin=0.02,
    ),
    Claim(
        (
            "Warm-up makes larger learning rates usable.",
            "ウォームアップを使うと、大きな学習率でも学習できる。",
        ),
        "Goyal et al. 2017, Accurate, large minibatch SGD",
        WARMED,
        OF_OCTAVES,
        sides((learned, "warm_up", 1.0), (learned, "cosine_decay", 1.0)),
        margin=0.25,
        instead=(
            "Only where the start is steeper than what follows. From He's initial weights a small "
            "network can take at once what it can take later.",
            "最初の場所がその先より急な場合だけである。Heの初期値から始める小さなネットワークは、"
            "あとで使える学習率なら最初から使える。",
        ),
    ),
    Claim(
        (
            "Where initial weights are too large, warm-up makes larger learning rates usable.",
            "重みの初期値が大きすぎるときは、ウォームアップで大きな学習率が使えるようになる。",
        ),
        "Gilmer et al. 2021, A loss curvature perspective on training instability",
        (
            f"{WARMED[0]} Initial weights of {STEEP:g} times He's deviation.",
            f"{WARMED[1]}初期値の標準偏差はHeの初期値の{STEEP:g}倍。",
        ),
        OF_OCTAVES,
        sides((learned, "warm_up", STEEP), (learned, "cosine_decay", STEEP)),
        margin=0.25,
    ),
)


def row(name, equation, english, japanese, **options):
    """A schedule's row, over its length and beyond, between the steps at which it jumps."""
    given = {"step": np.arange(0.5, 30), "initial_learning_rate": 0.1, "decay_rate": 0.5}
    given |= {"decay_steps": 20, **options}
    return Introduced(name, equation, (english, japanese), lambda seed: given)


CONCEPT = Concept(
    title=("Learning rate schedules", "学習率のスケジュール"),
    chapter=chapters.TECHNIQUES.section(2),
    summary=(
        "Large steps get near a minimum fast, small ones get close to it. A schedule makes the "
        "learning rate a function of the step: large first, small at the end. A warm-up begins "
        "small, where the start is too steep for large steps.",
        "大きな更新なら最小値の近くまで速く進めるが、そこからさらに近づくには小さな更新が必要である。"
        "スケジュールは学習率をステップの関数とし、最初は大きく、最後は小さくする。ウォームアップでは、"
        "出発点が急で大きな更新に耐えない場合に備え、小さな学習率から始める。",
    ),
    introduces=(
        row(
            "step_decay",
            r"\eta_t = \eta_0 \, r^{\lfloor t / n \rfloor}",
            "t: the step, η₀: the first rate. Every n steps it becomes r times as large at once.",
            "tはステップ、η₀は最初の学習率。nステップごとに、学習率を一度にr倍にする。",
            decay_steps=7,
        ),
        row(
            "exponential_decay",
            r"\eta_t = \eta_0 \, r^{t / n}",
            "The same fall, a little in every step.",
            "同じ割合で、毎ステップ少しずつ下げる。",
        ),
        row(
            "cosine_decay",
            r"\eta_t = \frac{\eta_0}{2} \left( 1 + \cos \frac{\pi t}{n} \right)",
            "Half a period of a cosine, from η₀ down to 0 in n steps.",
            "コサインの半周期。nステップでη₀から0まで下がる。",
        ),
        row(
            "warm_up",
            r"\eta_t = \begin{cases} \eta_0 \, t / m & (t < m) \\ \frac{\eta_0}{2} \left( 1 + "
            r"\cos \frac{\pi (t - m)}{n} \right) & (t \ge m) \end{cases}",
            "A straight line from 0 up to η₀ in m steps, then the cosine.",
            "mステップで0からη₀まで直線的に上げ、その後はコサイン減衰にする。",
            warmup_target=0.1,
            warmup_steps=5,
        ),
    ),
    terms=(
        (
            "learning rate schedule",
            "学習率のスケジュール",
            "optimizers.schedules.LearningRateSchedule",
        ),
        ("learning rate decay", "学習率の減衰"),
        ("cosine decay", "コサイン減衰", "optimizers.schedules.CosineDecay"),
        ("warm-up", "ウォームアップ"),
        ("dead unit", "死んだユニット（常に0を出力するユニット）"),
    ),
    demonstrations=(
        Demonstration("curves", all_curves),
        Demonstration(
            "training",
            images,
            seeds=20,
            first_seed=10,  # the ten before them did not decide
            measured=tuple(f"{start}{name}" for start in ("", "end, ") for name in RUNS),
        ),
        Demonstration(
            "stuck",
            sticking,
            seeds=3,
            measured=tuple(f"{start}{name}" for start in ("", "off, ") for name in CAUSES),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
