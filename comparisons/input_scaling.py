"""Scaling of inputs: standardizing, whitening, and who needs them."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    versus,
)
from comparisons.harness.drawing import figures

WORDS = {
    "unscaled": ("unscaled", "スケーリングなし"),
    "standardized": ("standardized", "標準化"),
    "PCA": ("whitened (PCA)", "白色化（PCA）"),
    "ZCA": ("whitened (ZCA)", "白色化（ZCA）"),
}
NAMES = {name: both(*words) for name, words in WORDS.items()}
RATIOS, DOMAIN, POINTS = (1, 2, 3, 5, 10), (-2.0, 3.0), 61
PARTS, STEPS, EVERY, EPSILON = (285, 142, 142), 60, 5, 0.1
ADAM, SGD = (0.003, 0.01, 0.03, 0.1, 0.3), (0.1, 0.3, 1.0, 3.0, 10.0)
RATES = {
    ("SGD", "unscaled"): (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    ("SGD", "standardized"): SGD,
    ("SGD", "ZCA"): SGD,
    ("Adam", "unscaled"): ADAM,
    ("Adam", "standardized"): ADAM,
}
NEIGHBOURS, CUT = (1, 3, 5, 9, 15), 10
LECUN = "LeCun et al. 1998, Efficient BackProp, 4.3"


def table(seed):
    """A table with columns of different sizes."""
    return np.random.default_rng(seed).normal(2, (0.1, 3, 40), (30, 3))


def statistics(seed):
    """A table, and the statistics of another."""
    mean, variance = table(seed + 1).mean(axis=0), table(seed + 1).var(axis=0)
    return {"x": table(seed), "mean": tuple(mean), "variance": tuple(variance)}


def cloud(seed):
    """Points whose two coordinates are correlated, of deviations 1 and 2."""
    a, b = np.random.default_rng(seed).normal(size=(2, 160))
    x = np.stack([4 + a, 1 + 2 * (0.8 * a + 0.6 * b)], axis=1)
    return {"train": x, "x": x, "epsilon": 0.0}


def slope(seed):
    """Points of a linear regression, both inputs of deviation 1, and the weights to look at."""
    a, b = np.random.default_rng(seed).normal(size=(2, 60))
    x = np.stack([a, 0.6 * a + 0.8 * b], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    ticks = np.linspace(*DOMAIN, POINTS)
    grid = np.stack(np.meshgrid(ticks, ticks)).reshape(2, -1)
    given = {"ratios": RATIOS, "grid": grid, "start": np.full((2, 1), -1.0), "steps": 12}
    return {"x": x, "y": x.sum(axis=1, keepdims=True), **given}


def tumours(seed):
    """Wisconsin's breast tumours in an order of the seed's: 30 measurements, benign or not."""
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order, None].astype("float64")


def learning(seed):
    """The tumours for a network."""
    x, y = tumours(seed)
    given = {"parts": PARTS, "rates": RATES, "steps": STEPS, "every": EVERY, "epsilon": EPSILON}
    return {"x": x, "y": y, **given}


def best(arrays, optimizer, form):
    """Test losses by step at the rate whose last validation loss is the lowest."""
    last = arrays[f"{optimizer}, {form}: validation"][:, -1]
    return arrays[f"{optimizer}, {form}: test"][np.nan_to_num(last, nan=np.inf).argmin()]


def doublings(optimizer, form, other):
    """log₂ of the steps until the form's test loss is down at the lowest that the other reaches."""

    def measure(arrays):
        losses = best(arrays, optimizer, form)
        there = np.flatnonzero(losses <= best(arrays, optimizer, other).min())
        return np.log2(EVERY * (there[0] + 1) if len(there) else STEPS)

    return measure


def by_form(result, measure):
    """`measure(x, y)` of the tumours, unscaled and standardized, seed by seed: two lists."""
    found = []
    for seed in result.seeds_of("learning"):
        x, y = tumours(seed)
        scaled = StandardScaler().fit(x[: PARTS[0]]).transform(x)
        found.append([measure(own, y[:, 0]) for own in (x, scaled)])
    return list(zip(*found, strict=True))


def tree_answers(x, y):
    """What a decision tree says of the test rows."""
    tree = DecisionTreeClassifier(random_state=0).fit(x[: PARTS[0]], y[: PARTS[0]])
    return tree.predict(x[-PARTS[2] :])


def answers_changed(result):
    """Share of the test rows that the tree answers differently once the inputs are scaled."""
    changed = [np.mean(one != other) for one, other in zip(*by_form(result, tree_answers))]
    return 0.0, changed


def neighbours_accuracy(x, y):
    """Test accuracy of k nearest neighbours; k is chosen on the validation rows."""
    parts = np.split(np.arange(len(x)), np.cumsum(PARTS)[:2])
    train, validation, test = ((x[rows], y[rows]) for rows in parts)
    models = [KNeighborsClassifier(k).fit(*train) for k in NEIGHBOURS]
    return max(models, key=lambda model: model.score(*validation)).score(*test)


def contours(result):
    """The loss over two weights and the descent down it, by ratio and form."""
    found, tables, grounds = result.arrays("surfaces"), [], {ratio: {} for ratio in RATIOS}
    for ratio in RATIOS:
        for name in ("unscaled", "standardized", "ZCA"):
            errors = found[f"{name}, {ratio}: errors"].reshape(POINTS, POINTS)
            grounds[ratio][NAMES[name]] = errors
            path = pd.DataFrame(found[f"{name}, {ratio}: path"], columns=["x", "y"])
            path["series"] = both("descent", "勾配降下法の経路")
            tables.append(path.assign(panel=NAMES[name], choice=ratio))
    axes = {"x_title": ("w₁", "w₁"), "y_title": ("w₂", "w₂")}
    chart = figures.paths(pd.concat(tables), grounds, DOMAIN, DOMAIN, **axes)
    return figures.slider(chart, ("scale of x₂ over that of x₁", "x₂とx₁のスケールの比"), start=5)


def clouds(result):
    """The points in each form; colours tell where a point was."""
    upper = cloud(0)["x"][:, 1] > 1
    series = np.where(
        upper, both("x₂ above its mean", "x₂が平均より上"), both("x₂ below", "x₂が平均より下")
    )
    return pd.concat(
        pd.DataFrame(points, columns=["x", "y"]).assign(panel=NAMES[name], series=series)
        for name, points in result.arrays("forms").items()
    )


def losses_by_rate(result):
    """Validation loss after the last step, for each seed, form and optimizer."""
    return pd.concat(
        pd.DataFrame(
            {"x": rates, "y": arrays[f"{optimizer}, {form}: validation"][:, -1].clip(max=CUT)}
        ).assign(series=NAMES[form], panel=optimizer, run=run)
        for (optimizer, form), rates in RATES.items()
        for run, arrays in enumerate(result.of_numpy("learning", dict))
    )


def draw(result):
    """The cloud, the contours, and the network's loss by learning rate."""
    return [
        Figure(
            ("What becomes of the data", "データはどう変わるか"),
            figures.scatter(clouds(result), panels=2),
            (
                "Standardizing moves and stretches each coordinate by itself; that the two are "
                "correlated stays. Whitening turns the cloud onto its main axes and gives these "
                "equal lengths; ZCA turns it back, so that each point stays near where it was.",
                "標準化は座標ごとに平行移動と伸縮をするだけで、2つの座標の相関は残る。白色化は"
                "データを主軸の向きに回転し、主軸ごとの広がりを揃える。ZCA白色化は最後に元の向きへ回転して"
                "戻すので、各点は元の位置の近くにとどまる。",
            ),
        ),
        Figure(
            ("The loss over two weights", "2つの重みと損失の等高線"),
            contours(result),
            (
                "Linear regression with two correlated inputs; twelve steps, each panel at its "
                "best learning rate. The larger the second input's scale, the narrower the valley: "
                "one rate serves both weights, and what suits the steep direction crawls along the "
                "other. Standardizing removes the ratio, whitening the correlation too; "
                "then one step reaches the minimum.",
                "相関のある2つの入力による線形回帰。それぞれに最適な学習率で12回更新した。x₂のスケールが"
                "大きいほど谷は細長くなる。学習率は2つの重みに共通なので、急な方向に合わせると、緩やかな"
                "方向にはなかなか進まない。標準化はスケールの比をなくし、白色化は相関もなくす。"
                "白色化の後は1回の更新で最小値に着く。",
            ),
        ),
        Figure(
            ("Which learning rates work", "学習がうまくいく学習率"),
            figures.lines(
                losses_by_rate(result),
                x_title=("learning rate", "学習率"),
                y_title=(f"log loss, at most {CUT}", f"対数損失（{CUT}以上は{CUT}とする）"),
                log="xy",
                panels=2,
            ),
            (
                "A network on 285 breast tumours with 30 measurements, whose scales run from 0.003 "
                f"to 570; loss on the validation rows after {STEPS} steps. Unscaled, SGD needs a "
                "rate smaller by orders of magnitude, and even the best one ends higher.",
                "乳房の腫瘍285件で学習したネットワーク。入力は30個の測定値で、スケールは0.003から570まで"
                f"さまざまである。縦軸は{STEPS}ステップ後の検証データでの損失。スケーリングなしでは、"
                "SGDの学習率を何桁も小さくしなければならず、最良の学習率でも損失は大きいままである。",
            ),
        ),
    ]


NETWORK = (
    f"Breast tumours (scikit-learn), {PARTS[0]} training, {PARTS[1]} validation and {PARTS[2]} "
    f"test rows; 16 hidden units, {STEPS} steps of 32. Each side has five learning rates; the one "
    "with the lowest validation loss counts.",
    f"乳房の腫瘍のデータ（scikit-learn）。訓練{PARTS[0]}件、検証{PARTS[1]}件、テスト{PARTS[2]}件。"
    f"隠れユニット16個、バッチサイズ32で{STEPS}ステップ。どちらも5つの学習率で学習し、検証データでの"
    "損失が最小のものを使う。",
)


def on_speed(claim, optimizer, slow, fast, target, source=LECUN, **options):
    """A claim on how many steps two forms need to the lowest test loss of one of them."""
    english, japanese = zip(*(WORDS[form] for form in (slow, fast, target)))
    metric = (
        "log₂ of the steps to the lowest test loss of “{2}”, “{0}” less “{1}”; 1 is twice as "
        "many".format(*english),
        "「{2}」での最小のテスト損失に達するまでのステップ数の2を底とする対数。「{0}」の値から「{1}」の値を"
        "引く。差が1なら2倍".format(*japanese),
    )
    steps = (doublings(optimizer, form, target) for form in (slow, fast))
    experiment = f"{optimizer}. {NETWORK[0]}", f"{optimizer}を使う。{NETWORK[1]}"
    return Claim(claim, source, experiment, metric, versus("learning", *steps), **options)


CLAIMS = (
    on_speed(
        (
            "Standardizing the inputs makes a network learn faster.",
            "入力を標準化すると、ネットワークの学習が速くなる。",
        ),
        *("SGD", "unscaled", "standardized", "unscaled"),
        margin=1.0,
    ),
    on_speed(
        (
            "With Adam unscaled inputs are learned as fast: it scales every weight's step.",
            "Adamは重みごとに更新の幅を調整するので、入力をスケーリングしなくても学習は同じくらい速い。",
        ),
        *("Adam", "standardized", "unscaled", "unscaled"),
        source=("question-and-answer sites", "質問サイト"),
        margin=-1.0,
        instead=(
            "Adam evens out the steps of the weights, not the inputs: what a step does to the "
            "output still grows with the size of the column.",
            "Adamが揃えるのは重みの更新の幅であり、入力ではない。1回の更新で出力がどれだけ変わるかは、"
            "やはりその列の値の大きさに比例する。",
        ),
    ),
    on_speed(
        (
            "Whitening makes learning faster still, since it removes correlations too.",
            "白色化は相関もなくすので、学習は標準化よりさらに速くなる。",
        ),
        *("SGD", "standardized", "ZCA", "standardized"),
        margin=0.5,
        instead=(
            "A round valley is not all: whitening also makes the axes with hardly any variance, "
            "mostly noise, as large as those that tell.",
            "等高線が円に近づいても速くなるとは限らない。白色化は、分散がほとんどない（多くはノイズの）"
            "主軸まで、情報の多い主軸と同じ大きさにする。",
        ),
    ),
    Claim(
        (
            "Decision trees do not care how inputs are scaled.",
            "決定木は入力のスケールの影響を受けない。",
        ),
        "Hastie et al., The Elements of Statistical Learning, 10.7",
        (
            f"{NETWORK[0].partition(';')[0]}; scikit-learn's decision tree, unscaled and "
            "standardized. Less than one answer in a hundred is nothing.",
            f"{NETWORK[1].partition('。隠れ')[0]}。scikit-learnの決定木を、スケーリングなしと標準化後とで"
            "比べる。予測の違いが100件に1件未満なら影響なしとみなす。",
        ),
        (
            "0 less the share of test rows that are answered differently",
            "テストデータのうち予測が変わる割合を0から引いた値",
        ),
        answers_changed,
        unit="%",
        margin=-0.01,
    ),
    Claim(
        (
            "Nearest neighbours need scaled inputs.",
            "k近傍法には入力のスケーリングが必要である。",
        ),
        "Hastie et al., The Elements of Statistical Learning, 13.3",
        (
            f"{NETWORK[0].partition(';')[0]}; k of 1, 3, 5, 9 and 15, chosen on the validation "
            "rows.",
            f"{NETWORK[1].partition('。隠れ')[0]}。kは1、3、5、9、15から検証データで選ぶ。",
        ),
        (
            "test accuracy, standardized less unscaled",
            "テストデータの正解率。標準化の値からスケーリングなしの値を引く",
        ),
        lambda result: by_form(result, neighbours_accuracy)[::-1],
        unit="%",
        margin=0.01,
    ),
)

CONCEPT = Concept(
    title=("Scaling the inputs", "入力のスケーリング"),
    chapter=chapters.DATA.section(2),
    summary=(
        "The columns of a table have units, and their values may differ by orders of magnitude; a "
        "gradient step knows nothing of that. Standardizing gives every column mean 0 and standard "
        "deviation 1; whitening removes correlations too. The means, deviations and axes for it "
        "are found on the training rows alone.",
        "表の列には単位があり、値の大きさは何桁も違うことがある。勾配降下法の更新は、それを考慮しない。"
        "標準化は各列の平均を0、標準偏差を1に揃え、白色化は列どうしの相関もなくす。"
        "そのための平均、標準偏差、主軸は、訓練データだけから求める。",
    ),
    introduces=(
        Introduced(
            "column_statistics",
            r"\mu_j = \frac{1}{n} \sum_i x_{ij}, \quad "
            r"\sigma_j^2 = \frac{1}{n} \sum_i (x_{ij} - \mu_j)^2",
            (
                "Over the n training rows. Keras's `Normalization` learns them by `adapt`.",
                "n行の訓練データについて求める。Kerasの`Normalization`では`adapt`で求める。",
            ),
            lambda seed: {"x": table(seed)},
        ),
        Introduced(
            "standardize",
            r"y_{ij} = \frac{x_{ij} - \mu_j}{\sigma_j}, \quad "
            r"\frac{\partial L}{\partial x_{ij}} = "
            r"\frac{1}{\sigma_j} \frac{\partial L}{\partial y_{ij}}",
            (
                "The same μ and σ for training, validation and test rows.",
                "訓練データにも検証データにもテストデータにも、同じμとσを使う。",
            ),
            statistics,
        ),
        Introduced(
            "whitening",
            r"C = \frac{1}{n} \sum_i (x_i - \mu)(x_i - \mu)^\top = U \Lambda U^\top, \quad "
            r"W = U (\Lambda + \varepsilon)^{-1/2} \;\; (\text{ZCA: } W U^\top), \quad "
            r"y_i = W^\top (x_i - \mu)",
            (
                "C is the covariance matrix of the inputs; the columns of U are their main axes, Λ "
                "the variances along them. But for ε, that of y is the identity matrix.",
                "Cは共分散行列、Uの列は主軸、Λは主軸ごとの分散。εを除けば、yの共分散行列は単位行列。",
            ),
            lambda seed: {"x": table(seed) / (0.1, 2, 10), "epsilon": 0.1, "zca": True},
        ),
    ),
    terms=(
        ("feature scaling", "特徴量のスケーリング", "layers.Normalization"),
        ("standardization", "標準化"),
        ("whitening", "白色化"),
        ("covariance matrix", "共分散行列"),
        ("eigenvector", "固有ベクトル"),
    ),
    demonstrations=(
        Demonstration("forms", cloud),
        Demonstration("surfaces", slope),
        Demonstration(
            "learning",
            learning,
            seeds=6,
            first_seed=10,  # on those before them the losses were looked at more often
            subject=lambda name: ("Optimizer", {"name": name.partition(",")[0]}),
            # Where a rate is too large, rounding decides.
            measured=tuple(
                f"{', '.join(key)}: {part}" for key in RATES for part in ("validation", "test")
            ),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
