"""Ensembles: averaged predictions against their members, their vote, and averaged weights."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures, palette

MEMBERS, HIDDEN, RATE, STEPS, DRAWN = 16, 16, 0.3, 600, 8
WIDE_RATES = (0.1, 0.3, 0.6)
WAYS = {
    "probabilities": both("mean of the probabilities", "確率の平均"),
    "votes": both("majority vote", "多数決"),
}
STARTS = {
    "own": both("each from its own start", "初期値が別々"),
    "shared": both("forked half way", "途中まで共通"),
}
MEASURED = tuple(f"{s}: {way}" for s in STARTS for way in ("members", *WAYS, "weights"))


def some_probabilities(seed):
    """What three members answer to five examples of four classes."""
    return {"p": np.random.default_rng(seed).dirichlet(np.ones(4), (3, 5))}


def images(seed):
    """MNIST of 7×7 pixels."""
    part = shrunk_mnist(1_000, 500, 2_000, seed)
    return {
        "x": part.x_train,
        "y": part.y_train,
        "new": part.new,
        "hidden": HIDDEN,
        "members": MEMBERS,
        "rate": RATE,
        "rates": WIDE_RATES,
        "steps": STEPS,
    }


def all_of(way, start="own"):
    """The accuracy of all members, put together in a way."""
    return lambda arrays: arrays[f"{start}: {way}"][-1]


def of_members(statistic):
    """A statistic of the members' own accuracies."""
    return lambda arrays: statistic(arrays["own: members"])


def wide(arrays):
    """The wide network's accuracy, at the rate that is best on the validation data."""
    return arrays["wide: test"][arrays["wide: validation"].argmax()]


def by_number(result, name):
    """An accuracy by the number of members: (seeds, members)."""
    columns = [
        result.measured("ensembles", lambda arrays, place=place: arrays[name][place])
        for place in range(MEMBERS)
    ]
    return np.transpose(columns)


def disagreement(result):
    """Members by classes, and their mean, for the images on which members disagree the most."""
    seed = result.seeds_of("ensembles")[0]
    p, true = result.arrays("ensembles")["own: answers"], images(seed)["new"]["test"][1]
    mean = p.mean(axis=0)
    apart = np.argsort((p.argmax(axis=-1) == mean.argmax(axis=-1)).mean(axis=0))[:DRAWN]
    rows = [
        {"choice": number, "member": name, "class": c, "p": float(own[c]), "true": true[image] == c}
        for number, image in enumerate(apart, start=1)
        for name, own in [
            *((str(m + 1), p[m, image]) for m in range(len(p))),
            (both("mean", "平均"), mean[image]),
        ]
        for c in range(10)
    ]
    table = pd.DataFrame(rows)
    order = list(table["member"].unique())
    base = alt.Chart().encode(
        x=alt.X("class:O").axis(labelAngle=0).title(both("class", "クラス")),
        y=alt.Y("member:N", sort=order).title(both("member", "メンバー")),
    )
    shade = alt.Opacity("p:Q").scale(domain=[0, 1], range=[0.02, 1]).legend(None)
    tooltip = alt.Tooltip("p:Q", format=".2f", title=both("probability", "確率"))
    cells = base.mark_rect(color=palette.CATEGORIES[0]).encode(opacity=shade, tooltip=tooltip)
    ring = base.transform_filter("datum.true").mark_rect(
        filled=False, stroke=palette.CATEGORIES[1], strokeWidth=1.5
    )
    chart = alt.layer(cells, ring, data=table).properties(width=360, height=320)
    return figures.slider(chart, ("image", "画像"))


def draw(result):
    """Members that disagree, and accuracy by the number of members."""
    shown = {
        "x_title": ("members", "メンバーの数"),
        "y_title": ("test accuracy", "テストデータの正解率"),
        "unit": "%",
    }
    members = np.repeat(
        np.transpose([result.measured("ensembles", of_members(np.mean))]), MEMBERS, axis=1
    )
    return [
        Figure(
            ("Members err in different ways", "メンバーの誤り方は同じではない"),
            disagreement(result),
            (
                f"The {DRAWN} test images on which members disagree the most. A row is what a "
                "member answers, the last row their mean; the frame marks the true digit. "
                "Members that are wrong mostly differ in what they take it for, and so the mean "
                "is right more often than they are.",
                f"メンバーの答えが最も割れたテスト画像{DRAWN}枚。1行が1つのメンバーの答えで、"
                "一番下がその平均、枠が正解の数字である。間違えたメンバーの答えはばらばらに"
                "なりやすいので、平均のほうが正解しやすい。",
            ),
        ),
        Figure(
            ("Accuracy by the number of members", "メンバーの数と正解率"),
            figures.lines(
                {
                    **{title: by_number(result, f"own: {way}") for way, title in WAYS.items()},
                    both("one member, on average", "メンバー1つ（平均）"): members,
                },
                **shown,
            ),
            (
                "The first few members bring most of it; each later one less. The mean of the "
                "probabilities knows how sure each member is, a vote does not: with few members "
                "that makes a difference (two of "
                "them that disagree have one vote each). Thin: the single seeds.",
                "効果の大部分は最初の数個で得られ、あとは増やすほど小さくなる。"
                "確率の平均には各メンバーの自信の強さが反映されるが、多数決には反映されない。"
                "メンバーが少ないうちはこれが差になる（2つだと、意見が割れれば1票ずつになってしまう）。"
                "細い線は1回ごとの結果。",
            ),
        ),
        Figure(
            ("The mean of the weights", "重みを平均すると"),
            figures.lines(
                {title: by_number(result, f"{start}: weights") for start, title in STARTS.items()},
                **shown,
            ),
            (
                "One network with the mean of the weights. Networks that learned apart have put "
                "their hidden units in different orders, and the mean of two different units is "
                "neither. Networks that were one for the first half of the steps still have the "
                "same order, and their mean works (a “model soup”).",
                "重みを平均した1つのネットワークの正解率。"
                "別々に学習したネットワークでは隠れユニットの並び順が異なり、違う働きのユニットどうしを"
                "平均しても、どちらの働きもしない。前半のステップを共通に学習したネットワークでは"
                "並び順がそろっているので、重みの平均が役に立つ。この方法はmodel soupと呼ばれる。",
            ),
        ),
    ]


SETTING = (
    f"1,000 MNIST images of 7×7, {MEMBERS} networks 49-{HIDDEN}-10, SGD, {STEPS} steps of 50 "
    f"images, learning rate {RATE} (the best for a member on other seeds); each has its own "
    "initial weights and batches. ",
    f"7×7に縮めたMNISTの画像1,000枚、49-{HIDDEN}-10のネットワーク{MEMBERS}個、SGD、画像50枚ずつ"
    f"{STEPS}ステップ。学習率{RATE}は別のシードでメンバーに最も良かった値。初期値とミニバッチは"
    "メンバーごとに異なる。",
)
CLAIMS = (
    Claim(
        (
            "An ensemble is more accurate than its members are on average.",
            "アンサンブルは、個々のメンバーの平均より正解率が高い。",
        ),
        "Hansen & Salamon 1990; Saito, Deep Learning from Scratch, 8.1.2",
        (f"{SETTING[0]}A point of accuracy matters.", f"{SETTING[1]}1ポイントの差に意味がある。"),
        (
            "test accuracy, mean of all probabilities less the mean member",
            "テストデータの正解率。確率の平均での値から、メンバーの正解率の平均を引く",
        ),
        versus("ensembles", all_of("probabilities"), of_members(np.mean)),
        unit="%",
        margin=0.01,
    ),
    Claim(
        (
            "An ensemble is more accurate than its best member.",
            "アンサンブルは、最も良いメンバーよりも正解率が高い。",
        ),
        ("a common expectation", "よくある期待"),
        (
            f"{SETTING[0]}The best member is the best on the test images themselves, which nobody "
            "could have known. Half a point matters.",
            f"{SETTING[1]}最も良いメンバーは、事前には知りえないテストデータ自体での正解率で選ぶ。"
            "0.5ポイントの差に意味がある。",
        ),
        (
            "test accuracy, mean of all probabilities less the best member",
            "テストデータの正解率。確率の平均での値から、最も良いメンバーの値を引く",
        ),
        versus("ensembles", all_of("probabilities"), of_members(np.max)),
        unit="%",
        margin=0.005,
    ),
    Claim(
        (
            "Averaging the networks' weights does as well as averaging their predictions.",
            "予測の代わりに重みを平均しても同じ効果がある。",
        ),
        ("a common question", "よくある質問"),
        (
            f"{SETTING[0]}As well means: worse by less than two points.",
            f"{SETTING[1]}劣っていてもその差が2ポイント未満なら同じとみなす。",
        ),
        (
            "test accuracy, averaged weights less averaged probabilities",
            "テストデータの正解率。重みの平均での値から確率の平均での値を引く",
        ),
        versus("ensembles", all_of("weights"), all_of("probabilities")),
        unit="%",
        margin=-0.02,
        instead=(
            "Not for networks that learned apart: their hidden units do not correspond. It works "
            "for networks that began their training together (third figure).",
            "別々に学習したネットワークでは、隠れユニットどうしが対応しないので成り立たない。"
            "学習の前半が共通のネットワークなら成り立つ（3つ目の図）。",
        ),
    ),
    Claim(
        (
            "Several small networks are better than one large one with as many weights.",
            "小さなネットワークをいくつも組み合わせるほうが、"
            "重みの数が同じ大きなネットワーク1つより良い。",
        ),
        ("a common belief", "広く信じられていること"),
        (
            f"{SETTING[0]}Against one network 49-{HIDDEN * MEMBERS}-10 with as many steps, at the "
            f"one of three learning rates that is best on 500 validation images. Half a point "
            "matters.",
            f"{SETTING[1]}これを、同じステップ数だけ学習した49-{HIDDEN * MEMBERS}-10のネットワーク"
            "1つと比べる。その学習率は3通りから検証データ500枚で最も良いものを選ぶ。0.5ポイントの"
            "差に意味がある。",
        ),
        (
            "test accuracy, ensemble less wide network",
            "テストデータの正解率。アンサンブルの値から大きなネットワークの値を引く",
        ),
        versus("ensembles", all_of("probabilities"), wide),
        unit="%",
        margin=0.005,
        instead=(
            "Here the units are put to better use in one network, where they learn together.",
            "ここでは、同じ数のユニットを1つのネットワークで一緒に学習させるほうが良い。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Ensemble", "アンサンブル学習"),
    chapter=chapters.DEEP_NETWORKS.section(5),
    summary=(
        "Train several networks from different initial weights, and average the probabilities that "
        "they give. Where their errors differ, they cancel in part. It costs as many trainings and "
        "as many predictions as there are members.",
        "初期値の異なるいくつかのネットワークを別々に学習させ、推論時に出力の確率を平均する。"
        "メンバーごとに誤り方が違えば、誤りは一部打ち消し合う。その代わり、学習にも推論にも"
        "メンバーの数だけ計算がかかる。",
    ),
    introduces=(
        Introduced(
            "average_predictions",
            r"\bar{p} = \frac{1}{M} \sum_{m=1}^{M} p^{(m)}, \quad "
            r"\frac{\partial L}{\partial p^{(m)}} = "
            r"\frac{1}{M} \frac{\partial L}{\partial \bar{p}}",
            (
                "The mean of what M networks answer; its largest entry is the answer.",
                "M個のネットワークの出力の平均をとり、最も大きい要素を答えとする。",
            ),
            some_probabilities,
        ),
        Introduced(
            "majority_vote",
            r"v_c = \sum_{m=1}^{M} \left[ \mathop{\mathrm{argmax}}_k p^{(m)}_k = c \right]",
            (
                "The votes for class c: every network has one, for its most probable class, "
                "however sure it is ([·] is 1 where that holds, else 0).",
                "クラスcの得票数。各ネットワークは、自信の強さにかかわらず、"
                "確率が最大のクラスに1票を投じる（[·]は、成り立てば1、そうでなければ0）。",
            ),
            some_probabilities,
            kinks=True,
        ),
    ),
    equations=(
        (
            r"-\log \bar{p}_t \le \frac{1}{M} \sum_{m=1}^{M} -\log p^{(m)}_t",
            (
                "With t the right class: the cross-entropy of the mean is never above the "
                "members' mean cross-entropy (the logarithm is concave). For accuracy there is no "
                "such guarantee.",
                "tは正解のクラス。平均した確率の交差エントロピー誤差は、"
                "メンバーの交差エントロピー誤差の平均を超えない（対数関数が上に凸であるため）。"
                "正解率については、このような保証はない。",
            ),
        ),
    ),
    terms=(
        ("ensemble learning", "アンサンブル学習"),
        ("averaging of predictions", "予測の平均", "layers.Average"),
        ("majority vote", "多数決"),
        ("model soup", "重みの平均（model soup）"),
    ),
    demonstrations=(
        Demonstration(
            "ensembles",
            images,
            seeds=10,
            measured=(*MEASURED, "wide: validation", "wide: test"),
            proven_with={"steps": 4, "members": 4},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
