"""Missing values: filled by mean or median, with an indicator or without; and what each costs."""

import numpy as np
from sklearn.metrics import roc_auc_score

from comparisons.harness import chapters
from comparisons.harness.bilingual import SEPARATOR, both
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
from comparisons.harness.drawing import figures
from comparisons.harness.titanic.folds import parties, sides
from comparisons.harness.titanic.passengers import load_titanic

ROWS, FEW, NEW, SHARE, SPLITS, SEEDS = 200, 50, 2000, 0.3, 5, 10
STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
TOLD = 2.0  # the strength of the first claim
LEFT_OUT, MEAN, MEDIAN, INDICATOR = "left out", "mean", "median", "indicator"
WAYS = {
    LEFT_OUT: both("rows left out", "行を除く"),
    MEAN: both("mean", "平均値"),
    MEDIAN: both("median", "中央値"),
    INDICATOR: both("mean and indicator", "平均値＋欠損指標"),
}
# The models of the made data, side by side: which data, filled in which way.
GROUPS = [
    *((strength, way) for strength in STRENGTHS for way in WAYS),
    *(("few", way) for way in (MEAN, INDICATOR)),
]
COLUMNS = ("female", "second class", "third class", "sibsp", "parch", "fare", "age", "deck")
SEEN = {  # the indicators of the Titanic's groups
    "none": both("no indicator", "欠損指標なし"),
    "age": both("age", "年齢"),
    "deck": both("cabin", "客室番号"),
    "age, deck": both("age and cabin", "年齢と客室番号"),
}


def some_table(seed):
    """Six rows of three columns, in which five values are missing, and what to fill in."""
    draw = np.random.default_rng(seed).normal
    x, values = draw(size=(6, 3)), draw(size=3)
    x[[0, 2, 3, 5, 5], [1, 0, 1, 0, 2]] = np.nan
    return {"x": x, "values": values}


def hidden(x, strength, generator):
    """The share SHARE of each column becomes NaN; with more strength large values more often."""
    score = strength * x + generator.logistic(size=x.shape)
    return np.where(score > np.quantile(score, 1 - SHARE, axis=0), np.nan, x)


def tables(seed):
    """Three independent columns and their sum with noise, `(x with gaps, y)` by strength."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(ROWS + NEW, 3))
    y = x.sum(axis=1) + generator.normal(size=len(x))
    found = {strength: (hidden(x, strength, generator), y) for strength in STRENGTHS}
    return {**found, "few": found[0.0]}


def made(seed):
    """The groups' columns side by side."""
    found = tables(seed)
    x, y = (np.stack([found[data][part] for data, _ in GROUPS], axis=1) for part in (0, 1))
    train = np.zeros(y.shape, bool)
    for group, (data, way) in enumerate(GROUPS):
        train[: FEW if data == "few" else ROWS, group] = True
        if way == LEFT_OUT:
            train[:, group] &= ~np.isnan(x[:, group]).any(axis=1)
    ways = [way for _, way in GROUPS]
    return {
        "x": x,
        "y": y,
        "train": train,
        "median": np.array([way == MEDIAN for way in ways]),
        "seen": np.array([[float(way == INDICATOR)] * 3 for way in ways]),
        "activation": None,
        "loss": "mse",
        "learning_rate": 0.2,
        "steps": 100,
    }


def titanic():
    """COLUMNS of all passengers, the deck's letter as a number, and who survived."""
    frame = load_titanic().frame
    deck = frame["cabin"].str[0].map({letter: n for n, letter in enumerate("ABCDEFGT")})
    kinds = [frame["sex"].eq("female"), frame["pclass"].eq(2), frame["pclass"].eq(3)]
    numbers = [frame["sibsp"], frame["parch"], np.log1p(frame["fare"]), frame["age"], deck]
    return frame, np.stack([*kinds, *numbers], axis=1).astype(float)


def passengers(seed):
    """A group for each fold and each of SEEN, every fold standardised by its own training rows."""
    frame, x = titanic()
    y, folds, train = frame["survived"].to_numpy(float), [], []
    for rows, _ in sides(parties(frame), frame["survived"].to_numpy(), SPLITS, seed):
        folds.append((x - np.nanmean(x[rows], axis=0)) / np.nanstd(x[rows], axis=0))
        train.append(np.isin(np.arange(len(x)), rows))
    seen = np.array([[name in names.split(", ") for name in COLUMNS] for names in SEEN], float)
    train = np.repeat(np.stack(train, axis=1), len(SEEN), axis=1)
    return {
        "x": np.repeat(np.stack(folds, axis=1), len(SEEN), axis=1),
        "y": np.broadcast_to(y[:, None], train.shape),
        "train": train,
        "median": np.zeros(SPLITS * len(SEEN), bool),
        "seen": np.tile(seen, (SPLITS, 1)),
        "activation": "sigmoid",
        "loss": "binary_crossentropy",
        "learning_rate": 0.5,
        "steps": 100,
    }


def explained(way, conditions):
    """The explained variance that this way reaches, mean over some data."""
    groups = [GROUPS.index((data, way)) for data in conditions]
    return lambda arrays: float(np.mean(arrays["explained"][groups]))


def areas(result, names):
    """The area under the ROC curve, seed by seed and fold by fold, mean over the columns."""
    frame, _ = titanic()
    party, survived, found = parties(frame), frame["survived"].to_numpy(), []
    for seed in result.seeds_of("passengers"):
        columns = [
            result.arrays("passengers", column, seed)["probability"]
            for column in result.implementations
        ]
        for fold, (_, rows) in enumerate(sides(party, survived, SPLITS, seed)):
            group = fold * len(SEEN) + list(SEEN).index(names)
            own = [roc_auc_score(survived[rows], p[rows, group]) for p in columns]
            found.append(float(np.mean(own)))
    return found


def filled(seed):
    """The first column and the sum, the gaps filled with the mean, for each strength."""
    found = {}
    for strength in STRENGTHS:
        x, y = (part[:ROWS] for part in tables(seed)[strength])
        first = x[:, 0]
        known, mean = ~np.isnan(first), np.nanmean(first)
        found[strength] = {
            both("known", "既知"): np.stack([first[known], y[known]], axis=1),
            both("filled", "補完"): np.stack([np.full((~known).sum(), mean), y[~known]], axis=1),
        }
    return found


def draw(result):
    """What filling does, what each way explains, and the Titanic's indicators."""
    strength = ("how much large values go missing", "大きい値ほど欠損する度合い")
    by_way = {
        title: result.of_numpy("made", lambda a, w=way: [explained(w, [s])(a) for s in STRENGTHS])
        for way, title in WAYS.items()
    }
    gains = {
        title: np.subtract(areas(result, names), areas(result, "none"))
        for names, title in SEEN.items()
        if names != "none"
    }
    return [
        Figure(
            ("What filling does", "補完すると何が起きるか"),
            figures.slider(
                figures.scatter(filled(100), x_title=("x₁", "x₁"), y_title=("y", "y")),
                strength,
                start=TOLD,
            ),
            (
                f"{SHARE:.0%} of x₁ are missing and filled with the mean, on a vertical line. At 0 "
                "chance decides what is missing, and the line's middle is the cloud's. The more "
                "large values go missing, the higher above the cloud the filled points lie. An "
                "indicator's weight makes up for that height.",
                f"x₁の{SHARE:.0%}が欠損しており、平均値で補完したので縦一列に並ぶ。度合い0では欠損は偶然"
                "だけで決まり、補完した点の中心は全体の中心と一致する。大きい値ほど欠損しやすくなるにつれ、"
                "補完した点は全体より上に浮く。この高さを補うのが欠損指標の重みである。",
            ),
        ),
        Figure(
            ("Four ways, and how much missing tells", "4つの方法と欠損のしかた"),
            figures.lines(
                by_way,
                STRENGTHS,
                x_title=strength,
                y_title=("explained variance", "決定係数"),
                unit="%",
            ),
            (
                f"Measured on {NEW:,} new rows, with gaps too; learned from {ROWS}. Rows left out: "
                "learned from the complete third of the rows, and new gaps filled with its mean.",
                f"欠損のある新しいデータ{NEW:,}行での値（学習は{ROWS}行）。「行を除く」では、欠損のない"
                "約3分の1の行だけで学習し、新しいデータの欠損はその平均値で補完した。",
            ),
        ),
        Figure(
            ("Indicators on the Titanic", "タイタニックの欠損指標"),
            figures.bars(gains, x_title=("gain in AUC", "AUCの増分")),
            (
                "Of 1,309 passengers 263 ages and 1,014 cabins are missing. An unknown age goes "
                "with third class, which the model knows. A known cabin goes with surviving in "
                "every class, in part since survivors could tell it: ask when a value became "
                "known. The intervals take the folds as independent; the claim's does not.",
                "乗客1,309人のうち、年齢は263人、客室番号は1,014人が欠損している。年齢の欠損は3等客に多いが、"
                "等級はモデルに与えてある。客室番号のわかる人の生存率はどの等級でも高いが、生存者が後から番号を"
                "話せたことにもよる。値がいつ判明したのかを確かめる必要がある。図の区間は分割どうしを独立と"
                "みなしたもので、主張の検証では重なりを補正している。",
            ),
        ),
    ]


def row(name, equation, english, japanese):
    """What one of the functions computes."""
    return Introduced(name, equation, (english, japanese), some_table)


MADE = (
    f"y is the sum of three independent columns, and noise; {SHARE:.0%} of each column are "
    f"missing, in new rows too. Linear regression on {ROWS} rows, {NEW:,} new ones. ",
    f"yは互いに独立な3列の和にノイズを加えた値。各列の{SHARE:.0%}が欠損する（新しいデータでも同じ）。"
    f"{ROWS}行で線形回帰を学習し、新しい{NEW:,}行で測る。",
)


def on_made(claim, source, experiment, larger, smaller, margin, instead=None):
    """A claim on the made data: the explained variance of one way less that of another."""
    first, second = (WAYS[way].split(SEPARATOR) for way, _ in (larger, smaller))
    return Claim(
        claim,
        source,
        (MADE[0] + experiment[0], MADE[1] + experiment[1]),
        (
            f"share of the variance of y explained on new rows: {first[0]}, less {second[0]}",
            f"新しいデータでの決定係数。「{first[1]}」の値から「{second[1]}」の値を引く",
        ),
        versus("made", explained(*larger), explained(*smaller)),
        unit="%",
        margin=margin,
        instead=instead,
    )


CLAIMS = (
    on_made(
        (
            "An indicator helps where missing tells something.",
            "欠損していること自体に情報があれば、欠損指標は役に立つ。",
        ),
        "scikit-learn user guide, Imputation of missing values: Marking imputed values",
        (
            f"Large values go missing more often (strength {TOLD:g} of the figure).",
            f"大きい値ほど欠損しやすい（図の度合い{TOLD:g}）。",
        ),
        (INDICATOR, [TOLD]),
        (MEAN, [TOLD]),
        0.02,
    ),
    on_made(
        (
            "An indicator can always be added: it does no harm.",
            "欠損指標は常に加えておけばよい。害はない。",
        ),
        ("a common advice", "よくある助言"),
        (
            f"But here chance alone decides what is missing, and there are only {FEW} rows to "
            "learn from. Less than a point would be no harm.",
            f"ただし欠損は偶然だけで決まり、学習データは{FEW}行しかない。低下が1ポイント未満なら"
            "害はないとみなす。",
        ),
        (INDICATOR, ["few"]),
        (MEAN, ["few"]),
        -0.01,
        (
            "It costs a weight a column. Where missing tells nothing and rows are few, that weight "
            "learns noise.",
            "列ごとに重みが1つ増える。欠損に情報がなくデータが少なければ、その重みはノイズを学習する。",
        ),
    ),
    on_made(
        ("Rows with missing values are best left out.", "欠損のある行は取り除くのがよい。"),
        ("introductory articles on data cleaning", "データの前処理についての入門記事"),
        (
            "Large values go missing more often: mean over the seven strengths of the figure. New "
            "rows cannot be left out; their gaps get the mean of what was learned from.",
            "大きい値ほど欠損しやすい（図の7つの度合いの平均）。新しいデータの行は取り除けないので、"
            "学習に使った行の平均値で補完する。",
        ),
        (LEFT_OUT, STRENGTHS),
        (MEAN, STRENGTHS),
        0.0,
        (
            "What is left are fewer rows, and other ones than those to be predicted. Only where "
            "chance alone decides what is missing does it cost little here.",
            "残る行は少なく、予測したいデータに比べて偏っている。ここで損失が小さいのは、欠損が偶然だけで"
            "決まる場合に限られる。",
        ),
    ),
    Claim(
        claim=(
            "Whether a passenger's cabin is known helps to tell who survived.",
            "客室番号がわかるかどうかは、生存者の予測に役立つ。",
        ),
        source=(
            "Kaggle, Titanic: the feature Has_Cabin of many public notebooks",
            "KaggleのTitanicで多くの公開ノートブックが使う特徴量Has_Cabin",
        ),
        experiment=(
            "Logistic regression on sex, class, family, fare, age and deck, the last two filled "
            f"with the mean; {SPLITS}-fold cross-validation, five times, parties kept together.",
            "性別、等級、家族の人数、運賃、年齢、デッキによるロジスティック回帰（年齢とデッキは平均値で"
            f"補完）。{SPLITS}分割の交差検証を5回行う。同じ切符の同行者は分けない。",
        ),
        metric=(
            "area under the ROC curve, with less without the cabin's indicator, fold by fold",
            "分割ごとのAUC（ROC曲線の下の面積）。客室番号の欠損指標ありの値からなしの値を引く",
        ),
        measure=lambda result: (areas(result, "deck"), areas(result, "none")),
        margin=0.005,
        test_over_train=1 / (SPLITS - 1),
    ),
)

CONCEPT = Concept(
    title=("Missing values", "欠損値の補完と欠損指標"),
    chapter=chapters.DATA.section(1),
    summary=(
        "A weighted sum cannot be computed with a gap in it. The gap is filled with the column's "
        "mean or median, found on the training rows alone. A filled value looks like any other, so "
        "a second column of 0 and 1, the indicator, can say where the gaps were. That helps where "
        "a gap itself tells something.",
        "欠損があるままでは重み付き和を計算できない。そこで、訓練データだけから求めた列の平均値や"
        "中央値で補完する。補完した値はほかの値と見分けがつかないので、欠損の場所を0と1で示す列（欠損指標）を"
        "加えることもある。これは、欠損していること自体に情報があるときに役立つ。",
    ),
    introduces=(
        row(
            "missing_indicator",
            r"m_{ij} = \begin{cases} 1 & (x_{ij} = \mathrm{NaN}) \\ 0 & "
            r"(x_{ij} \ne \mathrm{NaN}) \end{cases}",
            "A column beside each column. Floats have a value for what is missing: NaN, not a "
            "number.",
            "元の列に対応する、0と1の列。浮動小数点数では、欠損をNaN（非数）で表す。",
        ),
        row(
            "known_mean",
            r"\bar{x}_j = \frac{\sum_i (1 - m_{ij})\, x_{ij}}{\sum_i (1 - m_{ij})}",
            "The mean of what is known of a column.",
            "既知の値だけの平均。",
        ),
        row(
            "known_median",
            r"\tilde{x}_j = \frac{1}{2} \left( x_{(\lfloor (k + 1) / 2 \rfloor)} + "
            r"x_{(\lceil (k + 1) / 2 \rceil)} \right), \quad x_{(1)} \le \dots \le x_{(k)}",
            "The middle one of the k known values in order; of an even number, the mean of two.",
            "既知のk個の値を小さい順に並べたときの中央の値。kが偶数なら中央の2つの平均。",
        ),
        row(
            "fill_missing",
            r"y_{ij} = (1 - m_{ij})\, x_{ij} + m_{ij}\, v_j, \quad \frac{\partial L}{\partial "
            r"x_{ij}} = (1 - m_{ij}) \frac{\partial L}{\partial y_{ij}}, \quad \frac{\partial L}"
            r"{\partial v_j} = \sum_i m_{ij} \frac{\partial L}{\partial y_{ij}}",
            "v is the mean or the median of the training rows, for new rows too. Keras has no "
            "layer for it, but its operations can stand in the model, which is then saved with v. "
            "NaN times 0 is NaN: one chooses (`where`) instead of multiplying.",
            "vは訓練データの平均値か中央値で、新しいデータにも同じ値を使う。Kerasに専用の層はないが、"
            "演算をモデルに組み込めば、vごと保存できる。NaNは0を掛けてもNaNなので、掛け算ではなく"
            "選択（`where`）で計算する。",
        ),
    ),
    terms=(
        ("missing value", "欠損値"),
        ("imputation", "欠損値の補完"),
        ("missing indicator", "欠損指標"),
        ("missing completely at random", "完全にランダムな欠損"),
        ("listwise deletion", "リストワイズ除去"),
    ),
    demonstrations=(
        Demonstration("made", made, SEEDS, subject=trained_with("SGD")),
        Demonstration("passengers", passengers, 5, subject=trained_with("SGD")),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
