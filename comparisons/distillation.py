"""Distillation: soft targets against labels, by temperature; and a digit that is never seen."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures, palette

IMAGES, NUMBER, HIDDEN, STEPS, LEFT_OUT, DRAWN = 4_000, 500, 8, 800, 3, 8
SMOOTHINGS, TEMPERATURES, RATES = (0.1, 0.3), (1.0, 2.0, 3.0, 4.0, 6.0, 8.0), (0.03, 0.1, 0.3)
OFFSETS = tuple(np.arange(0, 12.1, 0.5))
# Of the ways to learn: labels first, then labels smoothed, then soft targets.
LABELS, SMOOTHED, SOFT = (
    slice(0, 1),
    slice(1, 1 + len(SMOOTHINGS)),
    slice(1 + len(SMOOTHINGS), None),
)
# The best temperature on the validation images of seeds from 100 on, for soft targets that choose
# among as many rates as labels do. There a rate of 1 was too large for every way to learn.
TEMPERATURE = 2.0
SHOWN_TEMPERATURES = (0.5, 1, 2, 4, 8, 16)


def some_logits(seed):
    """Logits of five examples and four classes."""
    return {"z": np.random.default_rng(seed).normal(0, 2, (5, 4)), "temperature": 3.0}


def two_networks(seed):
    """Logits of a teacher and of a student."""
    draw = np.random.default_rng(seed).normal
    return {"y_true": draw(0, 2, (5, 4)), "y_pred": draw(0, 2, (5, 4)), "temperature": 3.0}


def images(seed):
    """MNIST of 7×7 pixels."""
    part = shrunk_mnist(IMAGES, 500, 2_000, seed)
    return {
        "x": part.x_train,
        "y": part.y_train,
        "new": part.new,
        "number": NUMBER,
        "smoothings": SMOOTHINGS,
        "temperatures": TEMPERATURES,
        "rates": RATES,
        "hidden": HIDDEN,
        "left_out": LEFT_OUT,
        "offsets": OFFSETS,
        "steps": STEPS,
    }


def best(ways, what="all: test", by="all: validation"):
    """A number of the students that learn in one of these ways: of the best on validation data."""

    def measure(arrays):
        found, judged = (arrays[name].reshape(-1, len(RATES))[ways] for name in (what, by))
        return found.flat[judged.argmax()]

    return measure


def at(temperature):
    """Of the ways to learn: soft targets at one temperature."""
    place = SOFT.start + TEMPERATURES.index(temperature)
    return slice(place, place + 1)


def never_seen(what):
    """Recall of the digit left out, at the temperature and rate best on validation data."""
    return best(SOFT, what, "without: validation, corrected")


def by_temperature(result, what, by="all: validation"):
    """A number at the best rate of each temperature: (seeds, temperatures)."""
    columns = [result.measured("distillation", best(at(t), what, by)) for t in TEMPERATURES]
    return np.transpose(columns)


def level(result, measure):
    """The same number at each temperature: (seeds, temperatures)."""
    own = result.measured("distillation", measure)
    return np.repeat(np.transpose([own]), len(TEMPERATURES), axis=1)


def softened(result):
    """A test image's soft targets: a bar a class, by temperature and image."""
    seed = result.seeds_of("distillation")[0]
    z = result.arrays("distillation")["teacher: logits"]
    true = images(seed)["new"]["test"][1][: len(z)]
    second = np.sort(z, axis=1)[:, -1] - np.sort(z, axis=1)[:, -2]
    shown = np.flatnonzero(z.argmax(axis=1) == true)
    shown = shown[np.argsort(second[shown])][np.linspace(0, len(shown) * 0.6, DRAWN).astype(int)]
    rows = [
        {
            "image": number,
            "choice": temperature,
            "class": c,
            "p": float(p),
            "true": true[image] == c,
        }
        for temperature in SHOWN_TEMPERATURES
        for number, image in enumerate(shown, start=1)
        for c, p in enumerate(
            reference_half("distillation").soft_targets(z[[image]], temperature)[0][0]
        )
    ]
    bars = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("class:O").axis(labelAngle=0).title(None),
            y=alt.Y("p:Q").scale(domain=[0, 1]).axis(tickCount=3).title(both("p", "p")),
            color=alt.Color("true:N")
            .scale(domain=[False, True], range=[palette.CATEGORIES[0], palette.CATEGORIES[1]])
            .legend(None),
            tooltip=[alt.Tooltip("p:Q", format=".3f")],
        )
        .properties(width=130, height=80)
        .facet(alt.Facet("image:N").title(both("test image", "テスト画像")), columns=4)
    )
    return figures.slider(bars, ("temperature T", "温度T"), start=1)


def draw(result):
    """Soft targets by temperature; accuracy, and recall of a digit never seen, by temperature."""
    axes = {"x": TEMPERATURES, "x_title": ("temperature T", "温度T"), "log": "x", "unit": "%"}
    corrected = "without: validation, corrected"
    return [
        Figure(
            ("Soft targets", "ソフトターゲット"),
            softened(result),
            (
                "What the teacher answers to test images that it reads rightly; the bar of another "
                "colour is the true digit. Turn the temperature up: which other digits an image "
                "resembles comes to light. A label says none of this.",
                "教師が正しく認識したテスト画像に対する出力。色の違う棒が正解の数字。"
                "温度を上げると、その画像がほかのどの数字に似ているかが見えてくる。ラベルにはこの情報がない。",
            ),
        ),
        Figure(
            ("Test accuracy of the student", "生徒の正解率"),
            figures.lines(
                {
                    both("soft targets", "ソフトターゲット"): by_temperature(result, "all: test"),
                    both("labels", "ラベル"): level(result, best(LABELS)),
                    both("labels, smoothed", "平滑化したラベル"): level(result, best(SMOOTHED)),
                    both("the teacher", "教師"): level(result, lambda a: a["teacher: test"]),
                },
                y_title=("test accuracy", "テストデータの正解率"),
                **axes,
            ),
            (
                f"Students with {HIDDEN} hidden units and {NUMBER} images, each at the rate best "
                "on validation data. A moderate temperature does best here. Thin: the single "
                "seeds.",
                f"隠れユニット{HIDDEN}個、画像{NUMBER}枚の生徒。学習率は検証データで最も良いもの。"
                "ここでは中程度の温度が最も良い。細い線は1回ごとの学習。",
            ),
        ),
        Figure(
            (f"Reading a {LEFT_OUT} without having seen one", f"見たことのない{LEFT_OUT}を読む"),
            figures.lines(
                {
                    both("its logit corrected", "ロジットを補正"): by_temperature(
                        result, "without: recall, corrected", corrected
                    ),
                    both("as it is", "そのまま"): by_temperature(
                        result, "without: recall", corrected
                    ),
                },
                y_title=(f"share of {LEFT_OUT}s read", f"{LEFT_OUT}を正しく読んだ割合"),
                **axes,
            ),
            (
                f"No {LEFT_OUT} among the images from which these students learned. Their logit "
                f"for it is too low throughout, since nothing was ever a {LEFT_OUT}; a constant "
                "added to it, chosen on validation data, mends that.",
                f"学習に使った画像に{LEFT_OUT}は1枚もない。"
                f"正解が{LEFT_OUT}の画像がなかったので、{LEFT_OUT}のロジットは全体に低すぎる。"
                "検証データで選んだ定数をこれに足して補正する。",
            ),
        ),
    ]


SETTING = (
    f"A teacher 49-128-128-10, trained on {IMAGES:,} MNIST images of 7×7; students 49-{HIDDEN}-10 "
    f"on {NUMBER} of these, {STEPS} steps of SGD from the same weights with the same batches, each "
    f"at the rate out of {', '.join(map(str, RATES))} that is best on 500 validation images. ",
    f"7×7に縮めたMNISTの画像{IMAGES:,}枚で学習した49-128-128-10のネットワークを教師とする。生徒は"
    f"49-{HIDDEN}-10で、そのうち{NUMBER}枚を使い、同じ初期値と同じミニバッチで"
    f"{STEPS}ステップ、SGDで学習する。学習率は{'、'.join(map(str, RATES))}から、"
    "検証データ500枚で最も良いものを選ぶ。",
)
FIXED = (
    f"The temperature is {TEMPERATURE:g}, the best of {len(TEMPERATURES)} from 1 to 8 on other "
    "seeds. ",
    f"温度は、別のシードで1から8までの{len(TEMPERATURES)}通りのうち最も良かった{TEMPERATURE:g}とする。",
)
TUNED = (
    f"The temperature (of {len(TEMPERATURES)} from 1 to 8) is chosen in the same way. ",
    f"温度も1から8までの{len(TEMPERATURES)}通りから同様に選ぶ。",
)
CLAIMS = (
    Claim(
        (
            "A small network learns more from soft targets than from labels.",
            "小さなネットワークは、ラベルよりもソフトターゲットから多くを学ぶ。",
        ),
        "Hinton, Vinyals & Dean 2015, Distilling the knowledge in a neural network",
        (
            f"{SETTING[0]}{FIXED[0]}A point of accuracy matters.",
            f"{SETTING[1]}{FIXED[1]}1ポイントの差に意味がある。",
        ),
        (
            "test accuracy, soft targets less labels",
            "テストデータの正解率。ソフトターゲットでの値からラベルでの値を引く",
        ),
        versus("distillation", best(at(TEMPERATURE)), best(LABELS)),
        unit="%",
        margin=0.01,
    ),
    Claim(
        (
            "It is the softness that helps: labels that are merely smoothed do as well.",
            "効果の理由は目標の確率が滑らかなことであり、ラベルを平滑化するだけでも同じ効果がある。",
        ),
        (
            "a common explanation of distillation; Szegedy et al. 2016 on label smoothing",
            "蒸留の一般的な説明。ラベル平滑化についてはSzegedy et al. 2016",
        ),
        (
            f"{SETTING[0]}{FIXED[0]}Smoothing of 0.1 or 0.3, whichever is better on the validation "
            "images. As well means: worse by less than a point.",
            f"{SETTING[1]}{FIXED[1]}平滑化は0.1と0.3のうち検証データで良いほう。劣っていてもその差が"
            "1ポイント未満なら同じとみなす。",
        ),
        (
            "test accuracy, smoothed labels less soft targets",
            "テストデータの正解率。平滑化したラベルでの値からソフトターゲットでの値を引く",
        ),
        versus("distillation", best(SMOOTHED), best(at(TEMPERATURE))),
        unit="%",
        margin=-0.01,
        instead=(
            "What helps is what the teacher knows of each image: which digits it resembles, and "
            "how hard it is. Smoothing says the same of all images.",
            "効果があるのは、どの数字にどれだけ似ているかという、画像ごとの教師の知識である。"
            "平滑化はどの画像にも同じことしか教えない。",
        ),
    ),
    Claim(
        (
            "A student can read a digit that it has never seen, from what soft targets say of it.",
            "生徒は、ソフトターゲットに含まれる情報だけから、見たことのない数字を"
            "読めるようになる。",
        ),
        "Hinton, Vinyals & Dean 2015, section 3",
        (
            f"{SETTING[0]}{TUNED[0]}All images of {LEFT_OUT} are taken from the students' images, "
            "and a constant is added to its logit, the best on the validation images (which have "
            f"every digit), as in the source. To read means to recognise more than half of the "
            f"{LEFT_OUT}s.",
            f"{SETTING[1]}{TUNED[1]}生徒の画像から{LEFT_OUT}をすべて除く。原論文と同様に、"
            f"{LEFT_OUT}のロジットに、検証データ（すべての数字を含む）で最も良い定数を足す。"
            "半分を超える"
            f"{LEFT_OUT}を正しく認識すれば、読めるとみなす。",
        ),
        (
            f"share of the test {LEFT_OUT}s recognised, less one half",
            f"テストデータの{LEFT_OUT}のうち正しく認識した割合から0.5を引いた値",
        ),
        versus("distillation", never_seen("without: recall, corrected"), lambda arrays: 0.5),
        unit="%",
    ),
)

CONCEPT = Concept(
    title=("Distillation", "知識の蒸留"),
    chapter=chapters.DEEP_NETWORKS.section(6),
    summary=(
        "A large network, the teacher, knows more of an image than its label says: this 7 is "
        "nearly a 1, and not at all a 5. A small network, the student, is trained to give the "
        "teacher's probabilities. They are softened by a temperature, so that the small ones count "
        "too.",
        "大きなネットワーク（教師）は、画像についてラベル以上のことを知っている。たとえば、"
        "この7は1によく似ているが、5にはまったく似ていない。知識の蒸留では、教師の出力する確率を"
        "目標として小さなネットワーク（生徒）を学習させる。小さな確率の情報も"
        "伝わるように、温度を上げて分布をなだらかにする。",
    ),
    introduces=(
        Introduced(
            "soft_targets",
            r"p_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}, \quad "
            r"\frac{\partial p_k}{\partial z_j} = \frac{1}{T} \, p_k \, ([k = j] - p_j)",
            (
                "Softmax of the logits z over the temperature T. T = 1 is softmax itself; the "
                "larger T, the more alike are the probabilities.",
                "ロジットzを温度Tで割ってからソフトマックス関数に通す。T = 1なら"
                "普通のソフトマックス関数で、Tが大きいほど確率の差は小さくなる。",
            ),
            some_logits,
        ),
        Introduced(
            "distillation_loss",
            r"L = \frac{T^2}{N} \sum_{n} \sum_k p_{nk} \log \frac{p_{nk}}{q_{nk}}, \quad "
            r"\frac{\partial L}{\partial z_{nk}} = \frac{T}{N} (q_{nk} - p_{nk})",
            (
                "p are the teacher's soft targets, q the student's, z its logits; N examples. "
                "Without T² the gradient would shrink as 1/T², since q − p shrinks with T as well. "
                "Where labels are at hand, their cross-entropy may be added with a weight.",
                "pは教師、qは生徒のソフトターゲット、zは生徒のロジット、Nはデータの数。"
                "Tを大きくするとq − pも小さくなるので、"
                "T²を掛けないと勾配は1/T²に比例して小さくなる。"
                "ラベルもある場合は、その交差エントロピー誤差に重みを付けて加えることもある。",
            ),
            two_networks,
        ),
    ),
    equations=(
        (
            r"T (q_k - p_k) \to \frac{1}{K} \left( (z_k - \bar{z}) - (v_k - \bar{v}) \right) "
            r"\quad (T \to \infty)",
            (
                "At high temperature the student copies the teacher's logits v, all K alike: "
                "squared error on centred logits.",
                "温度が高い極限では、K個のクラスすべてを対等に扱い、教師のロジットvを"
                "まねることになる（平均を引いたロジットの2乗誤差）。",
            ),
        ),
    ),
    terms=(
        ("knowledge distillation", "知識の蒸留"),
        ("teacher, student", "教師、生徒"),
        ("soft target", "ソフトターゲット"),
        ("temperature", "温度"),
        ("label smoothing", "ラベル平滑化"),
    ),
    demonstrations=(
        Demonstration(
            "distillation",
            images,
            seeds=10,
            measured=(
                "teacher: test",
                *(
                    f"{name}: {part}"
                    for name in ("all", "without")
                    for part in ("validation", "test")
                ),
                "without: validation, corrected",
                "without: recall",
                "without: recall, corrected",
            ),
            proven_with={"steps": 3, "temperatures": (1.0, 4.0), "offsets": (0.0, 2.0)},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
