"""Fine-tuning: frozen, thawed, at smaller rates, and after the new last layer has learned."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    trained_with,
    versus,
)
from comparisons.harness.datasets import halved_mnist, of_classes
from comparisons.harness.drawing import figures

SOURCE_STEPS, STEPS, STAGES, FEW, MANY = 600, 240, 4, 3, 100
NUMBERS = (FEW, MANY)
# Share of the last layer's rate at which old layers learn; share of the steps before they thaw; the
# last layer's rate for few and for many examples: the best of 0.003, 0.01, 0.03 and 0.1, and of
# 0.03, 0.1, 0.3 and 1, on validation images of the seeds 100 to 105.
WAYS = {
    "frozen": (0.0, 0.0, (0.03, 0.1)),
    "all": (1.0, 0.0, (0.03, 0.1)),
    "smaller": (0.1, 0.0, (0.03, 0.3)),
    "head first": (1.0, 0.25, (0.03, 0.1)),
}
NAMES = {
    "frozen": ("frozen", "固定"),
    "all": ("all at one rate", "すべて同じ学習率"),
    "smaller": ("old layers at a tenth", "学習済みの層は10分の1の学習率"),
    "head first": ("last layer first", "最後の層を先に"),
}
LAYERS = (("layer 1", "1層目"), ("layer 2", "2層目"))


def old_weight(seed):
    """A weight and six gradients; the layer thaws at the third step."""
    draw = np.random.default_rng(seed).normal
    given = {"w": draw(size=(3, 2)), "gradients": draw(size=(6, 3, 2)), "step": 0}
    return given | {"rate": 0.25, "share": 0.5, "thaw": 2}


def scaled(x):
    """Pixels of about mean 0 and deviation 1."""
    return ((x - 0.13) / 0.3).astype("float32")


def five_digits(seed):
    """The digits 0 to 4 of MNIST to learn from, 5 to 9 to be learned."""
    part = halved_mnist(8_000, 1_000, 6_000, seed)
    old, new = of_classes(part, range(5)), of_classes(part, range(5, 10))
    parts = {"train": (new.x_train, new.y_train), **new.new}
    return {
        "x": scaled(old.x_train),
        "y": old.y_train,
        "target": {name: (scaled(x), y) for name, (x, y) in parts.items()},
        "numbers": NUMBERS,
        "ways": WAYS,
        "source_steps": SOURCE_STEPS,
        "steps": STEPS,
        "stages": STAGES,
        "experiment": learned_in_stages,
    }


def learned_in_stages(
    transfer, learner, x, y, target, numbers, ways, source_steps, steps, stages, generator
):
    """A network learns x and y; then copies of it learn another task from few or many examples.

    Args:
        transfer: a half of transfer learning: its network, and how that learns.
        learner: function of the number of classes and of a way's share and first step that gives
            the network in which old layers learn so.
        target: parts `train`, `validation` and `test` of the other task, each (x, y).
        numbers: of examples a class.
        ways: by name the share of the rate at which old layers learn, the share of the steps after
            which they thaw, and for each number of examples the rate of the last layer.
        stages: after how many parts of the steps the accuracies are taken.

    Returns:
        Accuracies on `validation` and `test`, (ways, numbers, stages); what the networks give
        for some test images in the end, and how far each layer has moved.
    """
    (images, new), classes = target["train"], int(y.max()) + 1
    _, model = transfer.network(classes)
    model.set_weights(transfer.first_weights(model, generator))
    transfer.train(model, x, y, 0.1, generator.integers(0, len(x), (source_steps, 50)))
    *body, kernel, bias = model.get_weights()
    before = [*body, np.zeros(kernel.shape), np.zeros(bias.shape)]  # a new last layer
    order = [generator.permutation(np.flatnonzero(new == c)) for c in np.unique(new)]
    batches = [
        generator.choice(np.concatenate([own[:number] for own in order]), (steps, 25))
        for number in numbers
    ]
    found = {"validation": [], "test": [], "answers": [], "changes": []}
    for share, thaw, rates in ways.values():
        model = learner(classes, share, int(thaw * steps))
        for rate, own in zip(rates, batches):
            model.set_weights(before)
            model.optimizer.begin_anew()
            for stage in np.array_split(own, stages):
                transfer.train(model, images, new, rate, stage)
                for part in ("validation", "test"):
                    given, wanted = target[part]
                    found[part].append(transfer.right(transfer.outputs(model, given), wanted))
            found["answers"].append(transfer.outputs(model, target["test"][0][:20]))
            found["changes"].append(changes(model.get_weights(), body))
    each = len(ways), len(numbers)
    return {name: np.reshape(own, (*each, -1, *np.shape(own)[2:])) for name, own in found.items()}


def changes(weights, before):
    """How far each kernel of the old layers has moved, as a share of its size."""
    pairs = [(now, old) for now, old in zip(weights, before) if old.ndim > 1]
    return np.array([np.linalg.norm(now - old) / np.linalg.norm(old) for now, old in pairs])


def best(way, *numbers):
    """Mean test accuracy of a way to learn, at the stage best on validation images."""

    def measure(arrays):
        found = []
        for number in numbers:
            place = list(WAYS).index(way), NUMBERS.index(number)
            judged, own = (arrays[part][place] for part in ("validation", "test"))
            found.append(own[judged.argmax()])
        return float(np.mean(found))

    return measure


def of_way(arrays, what, way, number):
    """What a way to learn gave."""
    return arrays[what][list(WAYS).index(way), NUMBERS.index(number)]


def draw(result):
    """Accuracy while learning, and how far each layer moves."""
    steps = (np.arange(STAGES) + 1) * STEPS // STAGES
    panels = {
        both(f"{number} examples a class", f"クラスごとに{number}枚"): {
            both(*NAMES[way]): np.array(result.of_numpy("fine_tuning", of_way, "test", way, number))
            for way in WAYS
        }
        for number in NUMBERS
    }
    changes = {
        way: np.array(result.of_numpy("fine_tuning", of_way, "changes", way, MANY))
        for way in WAYS
        if way != "frozen"
    }
    moved = {
        both(*(f"{part}: {name}" for part, name in zip(layer, NAMES[way]))): own[:, place]
        for place, layer in enumerate(LAYERS)
        for way, own in changes.items()
    }
    return [
        Figure(
            ("Accuracy while learning", "学習中の正解率"),
            figures.lines(
                figures.in_panels(panels, steps),
                x_title=("step", "ステップ"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
            ),
            (
                "Thin: the single seeds.",
                "細い線は1回ごとの結果。",
            ),
        ),
        Figure(
            ("How far the old layers move", "学習済みの層の重みの変化"),
            figures.bars(
                moved,
                x_title=(
                    "change, share of the weights' size",
                    "変化量（重みの大きさに対する割合）",
                ),
                unit="%",
            ),
            (
                f"With {MANY} examples a class. The features are adjusted, not learned anew: even "
                "at the full rate the kernels change by a part of their size.",
                f"クラスごとに{MANY}枚の場合。特徴量は一から学習し直すのではなく、調整される。"
                "学習率をそのままにしても、カーネルの変化は元の大きさの一部にとどまる。",
            ),
        ),
    ]


SETTING = (
    "A network of two convolutions learns MNIST's 0 to 4 (14×14) and gets a new last layer for 5 "
    f"to 9: {STEPS} steps of 25 examples. Every way has the best of four rates for {FEW} and for "
    f"{MANY} examples a class, chosen on validation images of other seeds, and its best stage of "
    f"{STAGES} on its own. ",
    "2つの畳み込み層のネットワークがMNIST（14×14）の0〜4を学習する。最後の層を5〜9用の新しいものに"
    f"取り替え、25枚ずつ{STEPS}ステップ学習する。学習率は、クラスごとに{FEW}枚の場合と{MANY}枚の"
    "場合のそれぞれで、方法ごとに4通りから、別のシードの検証データで最も良いものを選んだ。"
    f"途中経過{STAGES}回のうち、検証データで最も良いものをとる。",
)
CLAIMS = (
    Claim(
        (
            "With many examples fine-tuning beats frozen features.",
            "データが多いときは、特徴量を固定するよりファインチューニングするほうが良い。",
        ),
        "Yosinski et al. 2014, How transferable are features in deep neural networks?",
        (
            f"{SETTING[0]}{MANY} examples a class, all layers at one rate. A point matters.",
            f"{SETTING[1]}訓練データはクラスごとに{MANY}枚。ファインチューニングではすべての層を同じ学習率で"
            "学習する。1ポイントの差に意味がある。",
        ),
        (
            "test accuracy, all layers less frozen",
            "テストデータの正解率。すべての層を学習した値から固定した値を引く",
        ),
        versus("fine_tuning", best("all", MANY), best("frozen", MANY)),
        unit="%",
        margin=0.01,
    ),
    Claim(
        (
            "With few examples the body is better left frozen.",
            "データが少ないときは、学習済みの層を固定したままのほうが良い。",
        ),
        (
            "the Keras guide to transfer learning; CS231n notes on transfer learning",
            "Kerasの転移学習のガイド、CS231nの転移学習のノート",
        ),
        (
            f"{SETTING[0]}{FEW} examples a class. A point matters.",
            f"{SETTING[1]}訓練データはクラスごとに{FEW}枚。1ポイントの差に意味がある。",
        ),
        (
            "test accuracy, frozen less all layers",
            "テストデータの正解率。固定した値からすべての層を学習した値を引く",
        ),
        versus("fine_tuning", best("frozen", FEW), best("all", FEW)),
        unit="%",
        margin=0.01,
        instead=(
            "Rate and stage chosen on validation images are caution enough here. Without such "
            "images the question is open again.",
            "ここでは、学習率と学習を止める時期を検証データで選べば、固定する必要はない。検証データが"
            "なければ、事情は変わりうる。",
        ),
    ),
    Claim(
        (
            "Old layers need a smaller rate than the new one.",
            "学習済みの層の学習率は、新しい層より小さくするべきである。",
        ),
        "Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification",
        (
            f"{SETTING[0]}A tenth of the rate against the same rate; the mean over {FEW} and "
            f"{MANY} examples a class. Half a point matters.",
            f"{SETTING[1]}10分の1の学習率と同じ学習率を比べる。訓練データがクラスごとに{FEW}枚の"
            f"場合と{MANY}枚の場合の平均をとる。0.5ポイントの差に意味がある。",
        ),
        (
            "test accuracy, a tenth of the rate less the same rate",
            "テストデータの正解率。10分の1の学習率での値から同じ学習率での値を引く",
        ),
        versus("fine_tuning", best("smaller", *NUMBERS), best("all", *NUMBERS)),
        unit="%",
        margin=0.005,
        instead=(
            "Where the rate is chosen for the whole, the old layers do well with it too. A small "
            "one is a caution for networks that took long to train.",
            "全体に合う学習率を選べば、学習済みの層もそれでよい。小さな学習率は、学習に長い時間を"
            "かけたネットワークを壊さないための用心である。",
        ),
    ),
    Claim(
        (
            "The new last layer should learn first, and the rest thaw then.",
            "まず新しい最後の層だけを学習し、そのあとでほかの層の固定を解くべきである。",
        ),
        (
            "the Keras guide to transfer learning; Kumar et al. 2022 on linear probing first",
            "Kerasの転移学習のガイド、先に線形層だけを学習することについてはKumar et al. 2022",
        ),
        (
            f"{SETTING[0]}Old layers thaw after a quarter of the steps, or learn from the first "
            f"step on; the mean over {FEW} and {MANY} examples a class. Half a point matters.",
            f"{SETTING[1]}学習済みの層の固定を4分の1のステップで解く場合と、"
            f"初めから学習する場合を比べる。訓練データがクラスごとに{FEW}枚の場合と{MANY}枚の場合"
            "の平均をとる。0.5ポイントの差に意味がある。",
        ),
        (
            "test accuracy, last layer first less all at once",
            "テストデータの正解率。最後の層を先に学習した値から同時に学習した値を引く",
        ),
        versus("fine_tuning", best("head first", *NUMBERS), best("all", *NUMBERS)),
        unit="%",
        margin=0.005,
        instead=(
            "A new layer that begins at zero passes small gradients down at first, and does the "
            "old ones little harm. One with large random weights may.",
            "0で始めた新しい層は、初めのうち小さな勾配しか学習済みの層に伝えないので、"
            "学習済みの層をほとんど壊さない。大きな乱数で始めれば事情は変わりうる。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Fine-tuning", "ファインチューニング"),
    chapter=chapters.TRANSFER.section(2),
    summary=(
        "Features that another task has taught are a good beginning, and need not be the end: the "
        "old layers are thawed and learn on with the new last layer. Two cautions are usual: the "
        "old layers learn at a smaller rate, and they thaw only when the new layer has learned.",
        "別のタスクで学習した特徴量は、良い出発点になる。ファインチューニングでは、"
        "学習済みの層の固定を解き、新しい最後の層とともにさらに学習する。"
        "ふつうは2つの点に注意する。学習済みの層の学習率を小さくすることと、"
        "新しい層がある程度学習してから固定を解くことである。",
    ),
    introduces=(
        Introduced(
            "fine_tuning_step",
            r"W \leftarrow W - \eta \, q \, [t \ge t_0] \, \frac{\partial L}{\partial W}",
            (
                "The step t of gradient descent in an old layer: a share q of the learning rate η, "
                "and nothing before it thaws at t₀. With q = 0 it stays frozen; with q = 1 and "
                "t₀ = 0 it learns as the new layer does.",
                "学習済みの層での、勾配降下法のtステップ目の更新。学習率ηに割合qを掛け、"
                "t₀ステップで固定を解くまでは更新しない。q = 0なら固定したまま、"
                "q = 1かつt₀ = 0なら新しい層と同じになる。",
            ),
            old_weight,
        ),
    ),
    terms=(
        ("fine-tuning", "ファインチューニング"),
        ("thawing, gradual unfreezing", "固定の解除（段階的な解凍）"),
        ("discriminative learning rates", "層ごとの学習率"),
    ),
    demonstrations=(
        Demonstration(
            "fine_tuning",
            five_digits,
            seeds=10,
            subject=trained_with("SGD"),
            measured=("validation", "test"),
            proven_with={
                "ways": {"smaller": (0.1, 0.0, (0.1,)), "head first": (1.0, 0.5, (0.1,))},
                "numbers": (3,),
                "source_steps": 2,
                "steps": 2,
                "stages": 1,
            },
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
