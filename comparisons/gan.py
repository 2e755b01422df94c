"""A generative adversarial network on eight heaps of points: modes found and lost, both losses."""

import numpy as np
from scipy.stats import spearmanr

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    Preset,
    Task,
    trained_with,
)
from comparisons.harness.datasets import Dataset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

ANGLES = np.arange(8) * np.pi / 4
CENTRES = 2 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=-1)
NARROW, WIDE = 0.05, 0.2  # deviation of a heap
NETWORKS, STEPS, EVERY, KEPT = 20, 3_000, 100, 3
AHEAD = 500
SATURATING, NON = "saturating", "non-saturating"
LED = ", discriminator ahead"
NAMES = {
    NON: both(NON, "非飽和型"),
    SATURATING: both(SATURATING, "飽和型"),
    NON + LED: both("non-saturating, discriminator ahead", "非飽和型、識別器が先行"),
    SATURATING + LED: both("saturating, discriminator ahead", "飽和型、識別器が先行"),
    "wide": both("non-saturating, wide heaps", "非飽和型、広い山"),
}


def heaps(n, deviation, generator):
    """n points about eight centres on a circle of radius 2."""
    points = CENTRES[generator.integers(0, 8, n)]
    return (points + deviation * generator.standard_normal((n, 2))).astype("float32")


def data(settings, seed):
    """Points of the narrow heaps; a part's answers are the points themselves."""
    generator = np.random.default_rng(seed)
    parts = [heaps(n, NARROW, generator) for n in (5_000, 1_000, 1_000)]
    return Dataset(
        *[part for part in parts for _ in "xy"],
        description=(
            "Eight heaps of points on a circle of radius 2, normal with standard deviation "
            f"{NARROW}: 5,000 to train on, 1,000 each to validate and test; drawn with seed {seed}",
            f"半径2の円周上に並ぶ8つの正規分布（標準偏差{NARROW}）の点。訓練用5,000点、"
            f"検証用とテスト用に1,000点ずつ（乱数シード{seed}）。",
        ),
    )


def found(points):
    """How many of the heaps one network's points find, and the share of points near one."""
    modes, near = reference_half("gan").found(points[:, None], CENTRES, 3 * NARROW)
    return float(modes[0]), float(near[0])


def logits_of_points(seed):
    """Logits of four real points and of four made ones."""
    real, fake = 2 * np.random.default_rng(seed).standard_normal((2, 4, 1))
    return {"real": real, "fake": fake}


def racing(seed):
    """Both losses, from the start and against a discriminator that is ahead; and wide heaps."""
    generator = np.random.default_rng(seed)
    narrow, wide = (heaps(5_000, own, generator) for own in (NARROW, WIDE))
    cases = {
        loss + (LED if led else ""): (narrow, NARROW, loss, led)
        for led in (0, 1)
        for loss in (NON, SATURATING)
    }
    cases["wide"] = (wide, WIDE, NON, 0)
    sizes = {"networks": NETWORKS, "steps": STEPS, "ahead": AHEAD, "every": EVERY, "kept": KEPT}
    return {"cases": cases, "centres": CENTRES, **sizes}


def of_pairs(result, quantity):
    """What `quantity` gives for each pair of networks, the seeds' one after another."""
    return np.concatenate(result.of_numpy("race", quantity))


def lost(result):
    """Heaps without points at the end: all eight, and those found."""
    return 8.0, list(of_pairs(result, lambda found: found[f"{NON}: modes"][-1]))


def slower(case=""):
    """Modes found by either loss, the mean over the looks."""

    def by(loss):
        key = f"{loss}{case}: modes"
        return lambda result: list(of_pairs(result, lambda found: found[key].mean(axis=0)))

    return lambda result: (by(NON)(result), by(SATURATING)(result))


def told_by_loss(result):
    """Rank correlation, within a pair's training, of a low loss with points near a heap."""

    def each(found):
        late, share = found[f"{NON}: late"], found[f"{NON}: near"]
        return [spearmanr(-a, b).statistic for a, b in zip(late.T, share.T)]

    return list(of_pairs(result, each)), 0.0


def pictures(result):
    """The points as they are learnt, both losses, and the modes found."""
    kept = result.kept()
    real = heaps(200, NARROW, np.random.default_rng(0))
    fields, points, panel = {}, {}, both("background: D(x)", "背景：D(x)")
    for epoch, found in kept.items():
        fields[epoch] = {panel: found["field"].astype(float)}
        xy = np.concatenate([real, found["points"]])
        kinds = np.repeat([1, 0], [len(real), len(found["points"])])
        points[epoch] = {panel: (xy, kinds)}
    learnt = figures.regions(
        fields,
        (-3, 3),
        (-3, 3),
        points,
        x_title=("x₁", "x₁"),
        y_title=("x₂", "x₂"),
    )
    curves = result.arrays("at_logits")
    shown = {
        both("loss", "損失"): {NAMES[loss]: curves[loss] for loss in (NON, SATURATING)},
        both("its gradient", "損失の勾配"): {
            NAMES[loss]: curves[f"{loss}: gradient"] for loss in (NON, SATURATING)
        },
    }
    race = result.arrays("race")
    return [
        Figure(
            ("The points as they are learnt", "学習が進むにつれて生成される点"),
            figures.slider(learnt, ("epoch", "エポック"), max(kept)),
            (
                "Class 1 is real, class 0 made by the generator. The background is what the "
                "discriminator answers; made points move next to where it takes them for real.",
                "クラス1は本物の点、クラス0は生成器が作った点で、背景は識別器の出力である。"
                "生成される点は、識別器が本物とみなす場所へ動いていく。",
            ),
        ),
        Figure(
            ("Both losses of the generator", "生成器の2つの損失"),
            figures.lines(
                figures.in_panels(shown, x=LOGITS),
                x_title=("logit a of a made point", "生成された点のロジット a"),
                y_title=("value", "値"),
            ),
            (
                "On the left of zero the discriminator sees through the point. There the "
                "saturating loss is flat, just where the generator has most to learn.",
                "0より左では、識別器がその点を偽物と見抜いている。飽和型の損失はそこで平らになり、"
                "生成器が最も学ばなければならないときに勾配が消える。",
            ),
        ),
        Figure(
            ("Heaps found", "見つかった山の数"),
            figures.lines(
                {NAMES[name]: race[f"{name}: modes"].mean(axis=1) for name in NAMES},
                x=np.arange(1, STEPS // EVERY + 1) * EVERY,
                x_title=("step", "ステップ"),
                y_title=("heaps of eight", "8つの山のうち見つかった数"),
            ),
            (
                f"The mean of {NETWORKS} pairs of networks each. Wide heaps are nearly all found; "
                "of the narrow ones some are still missing at the end.",
                f"それぞれ{NETWORKS}組のネットワークの平均。山が広ければほぼすべて見つかるが、"
                "狭いと最後まで見つからない山が残る。",
            ),
        ),
    ]


LOGITS = np.linspace(-6, 6, 49)
PROVEN = {SATURATING + LED: (heaps(100, NARROW, np.random.default_rng(0)), NARROW, SATURATING, 1)}
SETTING = (
    f"{NETWORKS} pairs of networks (2-32-32-2 and 2-32-32-1, He's initial weights, Adam with β₁ = "
    f"0.5, batches of 64) learn eight heaps of standard deviation {NARROW} on a circle of radius 2 "
    f"for {STEPS:,} steps. The learning rate 0.003 was for either loss the best of 0.001, 0.003 "
    "and 0.01 on other seeds. ",
    f"{NETWORKS}組のネットワーク（2-32-32-2と2-32-32-1、Heの初期値、β₁ = 0.5のAdam、バッチサイズ"
    f"64）が、半径2の円周上にある標準偏差{NARROW}の8つの山を{STEPS:,}ステップ学習する。学習率0.003は、"
    "別の乱数シードで0.001、0.003、0.01を比べ、どちらの損失でも最も良かったものである。",
)
FOUND = (
    "A heap is found if 1/4 or more of its share of 500 points is within 3 standard deviations. ",
    "500点のうち、その山が受け持つ割合の4分の1以上が3標準偏差以内にあれば、見つかったとみなす。",
)
ON_AVERAGE = (
    FOUND[0] + "Heaps found, the mean of a look every 100 steps, non-saturating less saturating",
    FOUND[1] + "100ステップごとに数えた山の数の平均。非飽和型の値から飽和型の値を引く",
)
ADAM = (
    "Not with Adam. It divides a gradient by its usual size: a small one is no small step.",
    "Adamではそうならない。勾配をふだんの大きさで割るので、小さな勾配でも更新は小さくならない。",
)
CLAIMS = (
    Claim(
        claim=(
            "A GAN drops modes (mode collapse): it makes some of the kinds that it was shown, not "
            "the others.",
            "GANはモード崩壊を起こす。訓練データにある種類の一部しか生成しない。",
        ),
        source="Goodfellow 2016, NIPS 2016 tutorial: Generative adversarial networks, 5.1.1",
        experiment=(
            SETTING[0] + "The non-saturating loss.",
            SETTING[1] + "損失は非飽和型。",
        ),
        metric=(
            FOUND[0] + "Eight less the heaps found at the end",
            FOUND[1] + "8から、最後に見つかっていた山の数を引く",
        ),
        measure=lost,
        margin=0.5,
    ),
    Claim(
        claim=("The saturating loss learns slower.", "飽和型の損失では学習が遅い。"),
        source="Goodfellow et al. 2014, section 3",
        experiment=(
            SETTING[0] + "Both networks begin to learn together.",
            SETTING[1] + "2つのネットワークは同時に学習を始める。",
        ),
        metric=ON_AVERAGE,
        measure=slower(),
        margin=0.5,
        instead=ADAM,
    ),
    Claim(
        claim=(
            "Against a discriminator that is ahead the saturating loss learns slower.",
            "識別器が先行していると、飽和型の損失では学習が遅い。",
        ),
        source="Goodfellow et al. 2014, section 3",
        experiment=(
            SETTING[0] + f"The discriminator learns alone for {AHEAD} steps before.",
            SETTING[1] + f"その前に識別器だけが{AHEAD}ステップ学習する。",
        ),
        metric=ON_AVERAGE,
        measure=slower(LED),
        margin=0.5,
        instead=ADAM,
    ),
    Claim(
        claim=(
            "The generator's loss falls as its points get better.",
            "生成される点がよくなるにつれて、生成器の損失は下がる。",
        ),
        source=("as the losses of other networks do", "ほかのネットワークの損失からの類推"),
        experiment=(
            SETTING[0] + "The non-saturating loss, a look every 100 steps.",
            SETTING[1] + "損失は非飽和型で、100ステップごとに調べる。",
        ),
        metric=(
            "rank correlation within a training, of a low loss with the share of points within 3 "
            "standard deviations of a heap",
            "1回の学習の中での、損失の低さと、山から3標準偏差以内にある点の割合との順位相関",
        ),
        measure=told_by_loss,
        margin=0.5,
        instead=(
            "The loss is measured by a discriminator that learns too; it says who is ahead, not "
            "how good the points are. Look at the points.",
            "損失を測る識別器も学習していくため、損失はどちらが優勢かを示すだけで、点のよさは"
            "示さない。生成された点そのものを見る必要がある。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Generative adversarial network", "敵対的生成ネットワーク（GAN）"),
    chapter=chapters.GENERATION.section(3),
    summary=(
        "A generator turns noise into points; a discriminator learns to tell them from real ones. "
        "Each sets the other's loss: the generator follows the discriminator's gradient to where "
        "its points pass for real. No likelihood is written down, so nothing demands that every "
        "kind of real point (every mode; here every heap) is made.",
        "生成器は乱数を点に変え、識別器はそれを本物の点と見分けることを学ぶ。一方の損失は他方に"
        "よって決まる。生成器は、識別器を通って戻る勾配に従って、本物とみなされる場所へ点を動かす。"
        "尤度を使わないため、本物のすべての種類（モード。ここでは山）を生成するとは限らない。",
    ),
    introduces=(
        Introduced(
            "discriminator_loss",
            r"L_D = -\frac{1}{n} \sum \left( \log \sigma(a) + \log \sigma(-\tilde a) \right), "
            r"\quad \frac{\partial L_D}{\partial a} = \frac{\sigma(a) - 1}{n}, \quad "
            r"\frac{\partial L_D}{\partial \tilde a} = \frac{\sigma(\tilde a)}{n}",
            (
                "Cross-entropy of the logits: a of real points with target 1, ã of made ones with "
                "target 0, for 1 − σ(ã) is σ(−ã). The sigmoid σ(a) is D(x), the discriminator's "
                "answer.",
                "ロジットの交差エントロピー誤差。本物の点のロジットaは目標値1、生成された点のロジットãは"
                "目標値0とする。1 − σ(ã)はσ(−ã)に等しい。シグモイド関数σ(a)の値が出力D(x)である。",
            ),
            logits_of_points,
            inputs=2,
            helpers=("probability",),
        ),
        Introduced(
            "saturating_loss",
            r"L = \frac{1}{n} \sum \log \left( 1 - \sigma(\tilde a) \right), \quad "
            r"\frac{\partial L}{\partial \tilde a} = -\frac{\sigma(\tilde a)}{n}",
            (
                "The discriminator's loss with its sign turned. The gradient is nothing where the "
                "discriminator is sure.",
                "識別器の損失の符号を変えたもの。識別器が確信をもつところでは勾配が消える。",
            ),
            lambda seed: {"fake": logits_of_points(seed)["fake"]},
            helpers=("probability",),
        ),
        Introduced(
            "non_saturating_loss",
            r"L = -\frac{1}{n} \sum \log \sigma(\tilde a), \quad "
            r"\frac{\partial L}{\partial \tilde a} = \frac{\sigma(\tilde a) - 1}{n}",
            (
                "The same wish, said otherwise: made points as real ones. The gradient is largest "
                "where the discriminator is sure.",
                "同じ目的を、生成された点が本物とみなされるように、と言い換えたもの。"
                "識別器が確信をもつところで勾配が最も大きくなる。",
            ),
            lambda seed: {"fake": logits_of_points(seed)["fake"]},
            helpers=("probability",),
        ),
    ),
    equations=(
        (
            r"\min_G \max_D \; \mathbb{E}_{x} \log D(x) + "
            r"\mathbb{E}_{z} \log \left( 1 - D(G(z)) \right)",
            ("the game of discriminator D and generator G", "識別器Dと生成器Gのミニマックスゲーム"),
        ),
        (
            r"D^*(x) = \frac{p(x)}{p(x) + p_G(x)}",
            (
                "the best discriminator; 1/2 everywhere once the made points have the density of "
                "the real ones, and then its loss is 2 log 2",
                "最良の識別器。生成された点の密度が本物と同じになれば、いたるところで1/2となり、"
                "識別器の損失は2 log 2になる",
            ),
        ),
    ),
    terms=(
        ("generator, discriminator", "生成器、識別器"),
        ("generative adversarial network (GAN)", "敵対的生成ネットワーク（GAN）"),
        ("mode collapse", "モード崩壊"),
        ("saturating and non-saturating loss", "飽和型の損失、非飽和型の損失"),
    ),
    demonstrations=(
        Demonstration("at_logits", lambda seed: {"logits": LOGITS}),
        Demonstration(
            "race",
            racing,
            subject=trained_with("Adam"),
            measured=tuple(
                f"{name}: {part}" for name in NAMES for part in ("modes", "near", "late")
            ),
            proven_with={"cases": PROVEN, "networks": 2, "steps": KEPT, "ahead": 2, "every": KEPT},
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(10, 64, 200), "full": Preset(50, 64, 1_000)},
        scores=(
            Score(
                "modes",
                ("heaps found of eight", "8つのうち見つかった山"),
                lambda y, points: found(points)[0],
                margin=2,
            ),
            Score(
                "near",
                ("points near a heap", "山の近くの点"),
                lambda y, points: found(points)[1],
                unit="%",
                margin=0.2,
            ),
        ),
        variants={"model": {"loss": NON}},
        train="train",
        predict="make",
        keep="pictures",
        keep_at=(0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
    ),
    claims=CLAIMS,
    figures=pictures,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
