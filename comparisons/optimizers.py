"""Optimizers: seven update rules down a ravine, and on MNIST at every learning rate."""

import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    Preset,
    Task,
    versus,
)
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import ACCURACY

STEPS = 30
RATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.95, 1.5)
TASK_RATES = {"SGD": 0.5, "Momentum": 0.2, "AdaGrad": 0.1, "RMSProp": 0.003, "Adam": 0.01}
# Powers of ten: around what suits the rule, and closer together where it is at its best.
SWEEP_RATES = {
    name: tuple(10.0**power for power in powers)
    for name, powers in {
        "SGD": (-1, -0.75, -0.5, -0.25, 0),
        "Momentum": (-2.5, -2, -1.75, -1.5, -1.25, -1, -0.75, -0.5, -0.25),
        "Adam": (-4, -3.5, -3, -2.5, -2.25, -2, -1.75, -1.5, -1),
    }.items()
}
TARGET, WINDOW, WITHIN = 0.4, 20, 0.05


def some_steps(**options):
    """Arguments for a rule: a weight, five random gradients, and the rule's state and options."""

    def arguments(seed):
        generator = np.random.default_rng(seed)
        w, gradients = generator.normal(size=(3, 4)), generator.normal(size=(5, 3, 4))
        state = {key: np.full((3, 4), v) for key, v in options.items() if key in STATE}
        return {"w": w, "gradients": gradients, **options, **state}

    return arguments


STATE = ("velocity", "accumulator", "m", "v")
INTRODUCES = (
    Introduced(
        "sgd",
        r"w \leftarrow w - \eta \, g",
        (
            "SGD: the weight w moves downhill, against its gradient g. η is the learning rate.",
            "SGD：重みwを、勾配gと逆の向きに動かす。ηは学習率。",
        ),
        some_steps(learning_rate=0.1),
    ),
    Introduced(
        "momentum",
        r"v \leftarrow \mu v - \eta \, g, \quad w \leftarrow w + v",
        (
            "Momentum: like a ball, w keeps a share μ of its velocity v. Steps in one direction "
            "add up, steps to and fro cancel.",
            "Momentum：ボールが転がるように、wは速度vのμ倍を次のステップに持ち越す。同じ向きの更新は"
            "積み重なり、往復する更新は打ち消し合う。",
        ),
        some_steps(velocity=0.0, learning_rate=0.1, momentum=0.9),
    ),
    Introduced(
        "nesterov",
        r"v \leftarrow \mu v - \eta \, g, \quad w \leftarrow w + \mu v - \eta \, g",
        (
            "Nesterov: momentum that has already taken its next step along the velocity when it "
            "asks for the gradient, and so brakes earlier.",
            "Nesterov：速度に沿って一歩先へ進んだ位置で勾配を求めるMomentum。行き過ぎに早く気づく。",
        ),
        some_steps(velocity=0.0, learning_rate=0.1, momentum=0.9),
    ),
    Introduced(
        "adagrad",
        r"h \leftarrow h + g^2, \quad w \leftarrow w - \eta \, \frac{g}{\sqrt{h + \epsilon}}",
        (
            "AdaGrad: each weight has its own step, smaller the larger h is, the sum of its "
            "squared gradients. Keras begins with h = 0.1. ε keeps from dividing by 0.",
            "AdaGrad：重みごとに更新の幅を変える。勾配の2乗の和hが大きい重みほど幅は小さくなる。Kerasでの"
            "hの初期値は0.1。εは0で割らないための小さな値である。",
        ),
        some_steps(accumulator=0.125, initial_accumulator_value=0.125, learning_rate=0.1),
    ),
    Introduced(
        "rmsprop",
        r"h \leftarrow \rho h + (1 - \rho) g^2, \quad "
        r"w \leftarrow w - \eta \, \frac{g}{\sqrt{h + \epsilon}}",
        (
            "RMSProp: AdaGrad with a moving average, which keeps the share ρ of itself and forgets "
            "the rest, so that its steps do not die.",
            "RMSProp：和の代わりに指数移動平均（ρは残す割合）を使い、古い勾配を忘れていくAdaGrad。更新の"
            "幅が0に近づき続けることはない。",
        ),
        some_steps(velocity=0.0, learning_rate=0.1, rho=0.9),
    ),
    Introduced(
        "adam",
        r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + "
        r"(1 - \beta_2) g^2, \quad w \leftarrow w - \eta \frac{\sqrt{1 - \beta_2^t}}"
        r"{1 - \beta_1^t} \frac{m}{\sqrt{v} + \epsilon}",
        (
            "Adam: an average m of the gradients, as in momentum, over the root of one of their "
            "squares, v, as in RMSProp (β: what the averages keep). Both start at 0; the factor "
            "corrects that in the first steps t.",
            "Adam：勾配の平均m（Momentumに当たる）を、勾配の2乗の平均v（RMSPropに当たる）の平方根で割る。"
            "βは平均に残す割合。m、vとも0から始まって初めは小さすぎるので、ステップ数tによる係数で補正する。",
        ),
        some_steps(m=0.0, v=0.0, t=0, learning_rate=0.1),
    ),
    Introduced(
        "adamw",
        r"w \leftarrow w - \eta \lambda w, \quad w \leftarrow \mathrm{Adam}(w, g)",
        (
            "AdamW: weight decay by the share ηλ, apart from the gradient and its averages.",
            "AdamW：重みをηλの割合で減衰させる。減衰は勾配にもその平均にも混ざらない。",
        ),
        some_steps(m=0.0, v=0.0, t=0, learning_rate=0.1, weight_decay=0.2),
        helpers=("adam",),
    ),
)


def data(settings, seed):
    """A small part of MNIST, so that an epoch is few steps and the loss is seen often."""
    size = 20_000 if settings.preset == "full" else 1_000
    return mnist_subset(size, 1_000, 2_000, seed, flat=True)


def sweep_arguments(seed):
    """1,000 training images, and enough others to tell accuracies apart."""
    images = mnist_subset(1_000, 10, 2_000, seed, flat=True)
    parts = ("x_train", "y_train", "x_test", "y_test")
    return {part: getattr(images, part) for part in parts} | {"rates": SWEEP_RATES, "steps": 100}


def fewest_steps(name):
    """Steps to the target loss at the rate that needs the fewest of them."""

    def measure(arrays):
        losses = np.nan_to_num(arrays[f"{name}: losses"], nan=np.inf)
        window = np.lib.stride_tricks.sliding_window_view(losses, WINDOW, axis=1).mean(axis=-1)
        reached = np.concatenate([window <= TARGET, np.ones((len(window), 1), bool)], axis=1)
        return reached.argmax(axis=1).min() + WINDOW

    return measure


def tolerated(name):
    """Decades of learning rate whose test accuracy is within five points of the best one."""

    def measure(arrays):
        rates = np.log10(SWEEP_RATES[name])
        fine = np.linspace(rates[0], rates[-1], 1000)
        accuracy = np.interp(fine, rates, arrays[f"{name}: test accuracy"])
        return np.mean(accuracy >= accuracy.max() - WITHIN) * (rates[-1] - rates[0])

    return measure


def test_accuracy(run):
    """Accuracy on the test images."""
    return run["scores"]["test"]["accuracy"]


def draw(result):
    """The paths at a rate to choose, and what each rate does on MNIST."""
    columns = result.implementations
    paths = pd.concat(
        pd.DataFrame(path, columns=["x", "y"]).assign(
            implementation=column, panel=name, choice=rate
        )
        for column in columns[:2]
        for name, paths in result.arrays("paths", column).items()
        for rate, path in zip(RATES, paths)
    )
    x, y = np.meshgrid(np.linspace(-8, 8, 80), np.linspace(-3, 3, 80))
    rates = pd.concat(
        pd.DataFrame({"x": SWEEP_RATES[name], "y": found[f"{name}: test accuracy"]}).assign(
            series=name, implementation=column, run=seed
        )
        for column in columns
        for seed in result.seeds_of("sweep")
        for found in [result.arrays("sweep", column, seed)]
        for name in SWEEP_RATES
    )
    return [
        Figure(
            ("Paths down a ravine", "谷を下る経路"),
            figures.slider(
                figures.paths(paths, x**2 / 20 + y**2, (-8, 8), (-3, 3)),
                ("learning rate", "学習率"),
                start=0.3,
            ),
            (
                f"{STEPS} steps from (−7, 2) on f(x, y) = x²/20 + y², whose minimum is at (0, 0). "
                "Along y the ravine is 20 times as steep as along x: SGD goes to and fro across it "
                "before it gets anywhere along it, and leaves it beyond a rate of 1.",
                f"f(x, y) = x²/20 + y²の上を点(−7, 2)から{STEPS}回更新する。最小値は(0, 0)にある。"
                "勾配はy方向がx方向より20倍急なので、SGDは谷を横切って往復し、谷に沿ってはなかなか進まない。"
                "学習率が1を超えると発散する。",
            ),
        ),
        Figure(
            ("Test accuracy by learning rate", "学習率とテストデータの正解率"),
            figures.lines(
                rates,
                x_title=("learning rate", "学習率"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
                log="x",
            ),
            (
                "1,000 MNIST images, 100 steps. Thin: the single seeds. Each rule has its own "
                "place on the axis.",
                "MNISTの画像1,000枚、100ステップ。細い線は個々のシード。適した学習率の位置は手法ごとに異なる。",
            ),
        ),
    ]


SWEEP = (
    "1,000 MNIST images, a hidden layer of 100, batches of 50, 100 steps, the same weights and "
    "batches for all; each rule at five to nine learning rates around its best. ",
    "MNISTの画像1,000枚、ユニット数100の隠れ層1つ、バッチサイズ50、100ステップ。初期値とバッチはすべて同じ。"
    "各手法で、最適な値のまわりの学習率を5～9通り試す。",
)
CLAIMS = (
    Claim(
        claim=(
            "Momentum reaches a given loss in fewer steps than plain SGD.",
            "Momentumは、SGDより少ない更新回数で同じ損失に到達する。",
        ),
        source="Polyak 1964; Saito, Deep Learning from Scratch, 6.1",
        experiment=(
            SWEEP[0] + f"Steps until the mean loss of {WINDOW} steps is at most {TARGET}, for each "
            "rule at the rate that is quickest.",
            SWEEP[1]
            + f"{WINDOW}ステップの平均損失が{TARGET}以下になるまでの更新回数を、各手法で最も速い"
            "学習率のもとで比べる。",
        ),
        metric=("steps that plain SGD needs more", "SGDが余計に要する更新回数"),
        measure=versus("sweep", fewest_steps("SGD"), fewest_steps("Momentum")),
        unit="steps",
        margin=2.0,
    ),
    Claim(
        claim=(
            "Adam needs less tuning of its learning rate than SGD with momentum.",
            "Adamは、Momentum付きSGDほど学習率の調整を必要としない。",
        ),
        source="Kingma & Ba 2014, Adam; Goodfellow et al., Deep Learning, 8.5.3",
        experiment=(
            SWEEP[0]
            + "How wide the range of rates is whose test accuracy is within five points of "
            "the rule's best (between the rates, accuracy is interpolated).",
            SWEEP[1]
            + "テストデータの正解率が、その手法の最高値から5ポイント以内に収まる学習率の範囲の"
            "広さ（刻みの間は補間する）。",
        ),
        metric=(
            "decades of learning rate that serve, Adam less momentum",
            "使える学習率の範囲（桁数）。Adamの値からMomentumの値を引く",
        ),
        measure=versus("sweep", tolerated("Adam"), tolerated("Momentum")),
        margin=0.1,
        instead=(
            "On this task both serve over a range of about the same width. What Adam has is a "
            "range that stands at about the same place, around 0.001, for most models.",
            "この課題では、使える学習率の範囲の広さはほぼ同じである。Adamの利点は、多くのモデルで範囲が"
            "0.001付近のほぼ同じ位置にあることである。",
        ),
    ),
    Claim(
        claim=(
            "SGD with momentum generalises as well as Adam, or better.",
            "Momentum付きSGDの汎化性能は、Adamと同等以上である。",
        ),
        source="Wilson et al. 2017, The marginal value of adaptive gradient methods",
        experiment=(
            "1,000 MNIST images learned by heart in 16 epochs, each rule at the rate that did best "
            "on validation images. As well means: worse by less than one point.",
            "MNISTの画像1,000枚を16エポックで学習しきる。学習率は、それぞれ検証データで最も良かった値。"
            "劣っていてもその差が1ポイント未満なら同等とみなす。",
        ),
        metric=(
            "test accuracy, momentum less Adam",
            "テストデータの正解率。Momentumの値からAdamの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(test_accuracy, variant="Momentum"),
            result.by_seed(test_accuracy, variant="Adam"),
        ),
        unit="%",
        margin=-0.01,
        instead=(
            "Adam is ahead, even where both have learned the training images by heart.",
            "どちらも訓練データを覚えきった時点で、Adamのほうが上回る。",
        ),
    ),
)

CONCEPT = Concept(
    title=(
        "Optimizers: SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW",
        "パラメータの更新手法：SGD、Momentum、Nesterov、AdaGrad、RMSProp、Adam、AdamW",
    ),
    chapter=chapters.TECHNIQUES.section(1),
    summary=(
        "An optimizer decides how the gradient moves the weights. The gradient says which way is "
        "downhill from where one stands, not where the minimum lies. Momentum averages the "
        "gradient over steps; AdaGrad and RMSProp scale each weight's step by the size of its past "
        "gradients; Adam does both.",
        "最適化手法は、勾配をもとに重みの更新を決める。勾配が教えてくれるのは、いまいる場所での下り方向で"
        "あって、最小値のある方向ではない。Momentumは、これまでの勾配を平均して使う。AdaGradとRMSPropは、"
        "過去の勾配の大きさに応じて重みごとに更新の幅を変える。Adamはその両方を行う。",
    ),
    introduces=INTRODUCES,
    terms=(
        ("optimizer", "最適化手法（オプティマイザ）", "optimizers.Optimizer"),
        ("stochastic gradient descent (SGD)", "確率的勾配降下法（SGD）", "optimizers.SGD"),
        ("momentum", "モーメンタム（慣性）"),
        ("learning rate", "学習率（学習係数）"),
        ("exponential moving average", "指数移動平均"),
        ("weight decay", "荷重減衰（Weight decay）"),
    ),
    demonstrations=(
        Demonstration(
            "paths",
            lambda seed: {"start": np.array([-7.0, 2.0]), "steps": STEPS, "rates": RATES},
            subject=lambda name: ("Optimizer", {"name": name}),
            proven_with={"steps": 10},
        ),
        Demonstration(
            "sweep",
            sweep_arguments,
            seeds=5,
            first_seed=20,  # target, window, tolerance and rates were settled on smaller ones
            subject=lambda name: ("Optimizer", {"name": name.partition(":")[0]}),
            measured=tuple(
                f"{name}: {what}" for name in SWEEP_RATES for what in ("losses", "test accuracy")
            ),
            proven_with={"steps": 10},
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(16, 50), "full": Preset(12, 128)},
        scores=(ACCURACY,),
        variants={
            name: {"optimizer": name, "learning_rate": rate} for name, rate in TASK_RATES.items()
        },
        seeds=5,
        first_seed=20,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
