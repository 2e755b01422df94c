"""Hyperparameter search: a grid, random draws and draws that are guided, at equal numbers."""

import functools

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures, palette

NAMES = (("learning rate", "学習率"), ("hidden units", "隠れ層のユニット数"), ("noise", "ノイズ"))
LOW, HIGH = np.array([1e-3, 4, 0.01]), np.array([10, 32, 1.0])
RANGES = {"low": LOW, "high": HIGH}
DRAWN = np.random.default_rng(0).random((4, 3))
COUNTS, TRIALS, FEWEST = (3, 3, 3), 27, 24
SIZES = {"first": 9, "at_a_time": 3, "steps": 200}
NARROW = ", narrow"
BANDS = [both(f"{some} hidden units", f"隠れ層{some}ユニット") for some in ("4–8", "9–16", "17–32")]
FEW = np.array([[0.03, 4, 0.01], [0.1, 9, 0.1], [0.3, 20, 0.5], [0.5, 32, 1]])  # for the proof
WAYS = {
    "grid": ("grid", "グリッドサーチ"),
    "random": ("random", "ランダムサーチ"),
    "guided": ("guided (TPE)", "TPEによる探索"),
}


def row(name, equation, english, japanese, arguments):
    """A row of the page."""
    return Introduced(name, equation, (english, japanese), lambda seed: arguments)


def guided(low, high, seed, tried, scores, count):
    """What optuna's TPE would try next, after these trials and their scores."""
    import optuna  # only where it is used: every other concept's script is read without it

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    ends = zip(low.tolist(), high.tolist())
    ranges = [optuna.distributions.FloatDistribution(*own, log=True) for own in ends]
    ranges = dict(zip(("rate", "units", "noise"), ranges))
    draws = {"n_startup_trials": len(tried), "seed": 1_000 * seed + len(tried)}
    sampler = optuna.samplers.TPESampler(**draws)
    study = optuna.create_study(sampler=sampler, direction="maximize")
    for values, score in zip(tried.tolist(), scores.tolist()):
        parameters = dict(zip(ranges, values))
        study.add_trial(optuna.create_trial(params=parameters, distributions=ranges, value=score))
    return np.array([[*study.ask(ranges).params.values()] for _ in range(count)])


def small_images(seed):
    """MNIST of 7×7 pixels, and the trials of every search that knows them beforehand."""
    part, generator = shrunk_mnist(1_000, 500, 2_000, seed), np.random.default_rng(seed)
    # By up to half of the distance between the grid's rates, so that it is not one lucky grid.
    shift = np.array([10 ** generator.uniform(-2 / 3, 2 / 3), 1, 1])
    low, high, half, plans = LOW * shift, HIGH * shift, reference_half("hyperparameter_search"), {}
    for space, ends in (("", (low, high)), (NARROW, (np.fmax(low, [0, FEWEST, 0]), high))):
        plans[f"grid{space}"] = half.grid_search(*ends, COUNTS)
        plans[f"random{space}"] = half.random_search(*ends, TRIALS, generator)
    return {
        "x": part.x_train,
        "y": part.y_train,
        "new": part.new,
        "plans": plans,
        "guide": functools.partial(guided, low, high, seed),
        "seed": seed,
        **SIZES,
    }


def found(way, trials=TRIALS):
    """Test accuracy of the network that is best on the validation data among the first trials."""

    def measure(arrays):
        best = arrays[f"{way}: validation"][:trials].argmax()
        return arrays[f"{way}: test"][best]

    return measure


def shares(arrays):
    """The share of the variance of the validation accuracy over the grid, by hyperparameter."""
    scores = arrays["grid: validation"].reshape(COUNTS)
    return reference_half("hyperparameter_search").importances(scores)


def points():
    """A grid and random draws over two hyperparameters, and the values that each of them tries."""
    half, rows = reference_half("hyperparameter_search"), []
    ends, generator = (np.full(2, 1e-3), np.ones(2)), np.random.default_rng(2)
    for side in range(2, 7):
        for title, tried in (
            (WAYS["grid"], half.grid_search(*ends, (side, side))),
            (WAYS["random"], half.random_search(*ends, side**2, generator)),
        ):
            rows += [(side**2, both(*title), *values) for values in tried.tolist()]
    table = pd.DataFrame(rows, columns=["choice", "panel", "x", "y"])
    scale = {"type": "log", "domain": [5e-4, 1], "nice": False}
    x, y = (
        axis.scale(**scale).axis(format="~g", tickCount=4, grid=False)
        for axis in (alt.X("x:Q"), alt.Y("y:Q"))
    )
    x = x.title(both("one that matters", "重要なハイパーパラメータ"))
    y = y.title(both("one that hardly does", "重要でないハイパーパラメータ"))
    # Beside the axes, a mark for each value.
    marks = alt.Chart().mark_rule(color=palette.CATEGORIES[1], strokeWidth=2)
    marks = marks.transform_calculate(low="0.0005", high="0.0008")
    chart = alt.layer(
        alt.Chart().mark_circle(size=70, opacity=1, color=palette.CATEGORIES[0]).encode(x=x, y=y),
        marks.encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        marks.encode(x=alt.X("low:Q"), x2="high:Q", y=y),
    )
    panel = alt.Facet("panel:N").title(None)
    chart = chart.properties(width=250, height=250).facet(panel, data=table)
    return figures.slider(chart, ("trials", "試行回数"), start=9)


def by_rate(result):
    """Every trial of all seeds: its learning rate, and its accuracy on the validation data."""
    frames = []
    for way, title in WAYS.items():
        for arrays in result.of_numpy("searches", dict):
            rates, units, _ = arrays[f"{way}: tried"].T
            frame = pd.DataFrame({"x": np.log10(rates), "y": arrays[f"{way}: validation"]})
            bands = np.array(BANDS)[np.digitize(units.round(), (9, 17))]
            frames.append(frame.assign(series=bands, choice=both(*title)))
    chart = figures.scatter(
        pd.concat(frames, ignore_index=True),
        x_title=("log₁₀ of the learning rate", "学習率の常用対数"),
        y_title=("validation accuracy", "検証データの正解率"),
        shares="y",
    )
    return figures.selection(chart, ("search", "探索法"))


def so_far(result):
    """Test accuracy after so many trials, by search; of the grid when it is done."""

    def path(arrays, way):
        return [found(way, trials)(arrays) for trials in range(1, TRIALS + 1)]

    paths = {both(*WAYS[w]): result.of_numpy("searches", path, w) for w in ("random", "guided")}
    end = np.mean(result.of_numpy("searches", found("grid")))
    return paths | {both("grid, when done", "グリッドサーチ（終了時）"): np.full(TRIALS, end)}


def draw(result):
    """The classical drawing; accuracy by rate; the best so far; importances."""
    return [
        Figure(
            ("A grid and random draws", "グリッドサーチとランダムサーチ"),
            points(),
            (
                "The marks along the axes are the values tried. In nine trials the grid tries "
                "three values of each hyperparameter, random search nine of each.",
                "軸に沿った線は試した値を表す。9回の試行で、各ハイパーパラメータの値をグリッドサーチは3通り、"
                "ランダムサーチは9通り試す。",
            ),
        ),
        Figure(
            ("Where the trials lie, and what they find", "どこを試し、どんな正解率が得られたか"),
            by_rate(result),
            (
                "Every trial of every seed. Rate and units both have to be right. The guided "
                "search soon leaves rates that do not learn or that diverge.",
                "全シードの全試行。学習率が適切で、しかもユニット数が十分でなければならない。TPEによる探索は、"
                "学習が進まない学習率や発散する学習率をすぐに避けるようになる。",
            ),
        ),
        Figure(
            ("The best so far", "それまでで最良のネットワーク"),
            figures.lines(
                so_far(result),
                x_title=("trials", "試行回数"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
                y_domain=(0.5, 0.9),
            ),
            (
                "Of the network that is best on the validation data so far; 4 to 32 units. The "
                "first 9 trials are the same in both searches. Thin: the single seeds.",
                "その時点までに検証データで最も良かったネットワークの正解率（4から32ユニット）。"
                "最初の9回の試行は両者に共通である。細い線は1回ごとの探索。",
            ),
        ),
        Figure(
            ("Importances", "ハイパーパラメータの重要度"),
            figures.bars(
                {
                    both(*name): result.measured("searches", lambda a, j=j: shares(a)[j])
                    for j, name in enumerate(NAMES)
                },
                x_title=("share of the variance over the grid", "グリッド全体の分散に占める割合"),
                unit="%",
            ),
            (
                "What is missing from 100 % is due to several of them together. Importances depend "
                "on the ranges.",
                "合計が100%にならないのは、組み合わせによる分があるため。重要度は探索範囲に左右される。",
            ),
        ),
    ]


SETTING = (
    "1,000 MNIST images of 7×7, one hidden layer with ReLU, 200 steps of SGD; learning rate from "
    "0.001 to 10 (the range moves seed by seed), 4 to 32 hidden units, noise of deviation 0.01 to "
    "1 on the inputs, all on log scales. 27 trials each, from the same weights with the same "
    "batches; 500 validation images choose, 2,000 test images judge; half a point matters. ",
    "7×7画素に縮めたMNISTの画像1,000枚、ReLUの隠れ層1つ、SGDで200ステップ。学習率は0.001から10（範囲は"
    "シードごとに少しずらす）、隠れ層のユニット数は4から32、入力に加えるノイズの標準偏差は0.01から1で、どれも対数"
    "スケールで探索する。試行は27回ずつ、初期値とミニバッチはすべて同じ。検証データ500枚で選び、テストデータ"
    "2,000枚で評価する。0.5ポイント以上を意味のある差とする。",
)


def on_accuracy(claim, source, experiment, larger, smaller, space="", instead=None):
    """A claim on what two searches find."""
    (more, more_ja), (less, less_ja) = WAYS[larger], WAYS[smaller]
    return Claim(
        claim,
        source,
        tuple(f"{setting}{own}" for setting, own in zip(SETTING, experiment)),
        (
            f"test accuracy, {more} less {less}",
            f"テストデータの正解率。{more_ja}の値から{less_ja}の値を引く",
        ),
        lambda result: tuple(
            result.measured("searches", found(f"{way}{space}")) for way in (larger, smaller)
        ),
        "%",
        0.005,
        instead,
    )


CLAIMS = (
    on_accuracy(
        (
            "Random search beats grid search at the same number of trials.",
            "同じ試行回数なら、ランダムサーチはグリッドサーチに勝る。",
        ),
        "Saito, Deep Learning from Scratch, 6.5.2",
        (
            "The grid is 3×3×3. Two of the three matter: the rate and the units.",
            "グリッドは3×3×3。3つのうち、学習率とユニット数の2つが重要である。",
        ),
        "random",
        "grid",
        instead=(
            "It depends on how many matter. A good rate meets enough units in few random trials, "
            "while a grid tries all combinations.",
            "重要なものの数による。良い学習率と十分なユニット数がそろう試行は、ランダムサーチでは少ないが、"
            "グリッドサーチはすべての組み合わせを試す。",
        ),
    ),
    on_accuracy(
        (
            "Random search beats grid search where only one of the hyperparameters matters.",
            "重要なハイパーパラメータが1つだけなら、ランダムサーチはグリッドサーチに勝る。",
        ),
        "Bergstra & Bengio 2012, Random search for hyper-parameter optimization",
        (
            "The same, with 24 to 32 hidden units, among which there is little to choose.",
            "同じ設定で、隠れ層のユニット数だけを、どれを選んでも差の小さい24から32とする。",
        ),
        "random",
        "grid",
        NARROW,
    ),
    on_accuracy(
        (
            "A search guided by what was found finds more than random draws.",
            "それまでの結果を使う探索（TPE）は、ランダムサーチよりも良いものを見つける。",
        ),
        "Bergstra, Bardenet, Bengio & Kégl 2011, Algorithms for hyper-parameter optimization",
        (
            "After 9 random draws optuna's TPE, 3 trials at a time, as if 3 processes shared it.",
            "ランダムな9回の後、optunaのTPEが3試行ずつ提案する（3つのプロセスが探索を共有する場合に当たる）。",
        ),
        "guided",
        "random",
    ),
    Claim(
        (
            "The learning rate is the hyperparameter that matters most.",
            "最も重要なハイパーパラメータは学習率である。",
        ),
        "Goodfellow, Bengio & Courville, Deep Learning, 11.4.1",
        (
            f"{SETTING[0]}Here the whole grid counts, so over these ranges; 10 points matter.",
            f"{SETTING[1]}この探索範囲のグリッド全体の分散を調べる。10ポイント以上を意味のある差とする。",
        ),
        (
            "share of the variance of validation accuracy, the rate's less the next one's",
            "検証データの正解率の分散に占める割合。学習率の値から、次に重要なものの値を引く",
        ),
        lambda result: (
            result.measured("searches", lambda arrays: shares(arrays)[0]),
            result.measured("searches", lambda arrays: shares(arrays)[1:].max()),
        ),
        unit="%",
        margin=0.1,
    ),
)

INTRODUCES = (
    row(
        "log_uniform",
        r"x = a \left( \frac{b}{a} \right)^u, \quad u \sim U(0, 1)",
        "From a = 0.001 to b = 10 a quarter of the draws falls into each factor of ten. Drawn "
        "evenly, nine of ten would lie above 1.",
        "aが0.001、bが10なら、各桁が4分の1ずつ選ばれる。一様に選ぶと、10回のうち9回は1より大きい値に"
        "なってしまう。",
        RANGES | {"shares": DRAWN},
    ),
    row(
        "grid_search",
        r"u_j \in \left\{ \frac{i + 1/2}{n_j} : 0 \le i < n_j \right\}, \quad n = \prod_j n_j",
        "Of n trials each of k hyperparameters gets the k-th root of n values.",
        "n回の試行では、k個のハイパーパラメータのそれぞれについて、nのk乗根通りの値しか試せない。",
        RANGES | {"counts": COUNTS},
    ),
    row(
        "random_search",
        r"u_{tj} \sim U(0, 1), \quad t = 1, \dots, n, \quad j = 1, \dots, k",
        "n trials try n values of each hyperparameter, however many there are.",
        "ハイパーパラメータがいくつあっても、n回の試行でそれぞれn通りの値を試せる。",
        RANGES | {"trials": TRIALS},
    ),
    row(
        "importances",
        r"V_j = \frac{\mathrm{Var}_{x_j} \left( \mathrm{E}[s \mid x_j] \right)}"
        r"{\mathrm{Var}(s)}",
        "How much does the mean score s vary from value to value of a hyperparameter? On a grid "
        "these shares are exact; off a grid optuna estimates them with a forest.",
        "ハイパーパラメータの値ごとにスコアsの平均を求め、そのばらつきを見る。グリッド上なら正確に求まる。"
        "グリッドでない場合、optunaはランダムフォレストで推定する。",
        {"scores": DRAWN},
    ),
)

CONCEPT = Concept(
    title=("Hyperparameter search", "ハイパーパラメータの探索"),
    chapter=chapters.TECHNIQUES.section(12),
    summary=(
        "Learning rate, number of units: what gradients do not learn is tried out, and validation "
        "data, never the test data, choose the best. A grid tries all combinations of a few "
        "values, random search new values in every trial, and a guided search tries more where "
        "the good trials were.",
        "学習率やユニット数のように勾配では学習できない値は、実際に試し、テストデータではなく検証データで"
        "最も良いものを選ぶ。グリッドサーチは少数の値の全組み合わせを、ランダムサーチは毎回新しい値を試す。"
        "それまでの結果を使う探索（TPEなど）は、良かった試行の近くを重点的に試す。",
    ),
    introduces=INTRODUCES,
    equations=(
        (
            r"x_{next} = \operatorname{argmax}_x \frac{l(x)}{g(x)}",
            (
                "TPE (tree-structured Parzen estimator): l is the density of the good trials, g "
                "that of the others. What was often good and seldom bad is tried next.",
                "TPE（木構造Parzen推定量）。lは良い試行、gは残りの試行の密度。lが大きくgが小さい所を試す。",
            ),
        ),
    ),
    terms=(
        ("hyperparameter", "ハイパーパラメータ"),
        ("grid search", "グリッドサーチ"),
        ("random search", "ランダムサーチ"),
        ("importance of a hyperparameter", "ハイパーパラメータの重要度"),
    ),
    demonstrations=(
        Demonstration(
            "searches",
            small_images,
            seeds=20,
            measured=tuple(
                f"{way}: {part}"
                for way in ("grid", f"grid{NARROW}", "random", f"random{NARROW}", "guided")
                for part in ("validation", "test")
            ),
            proven_with={
                "plans": {"grid": FEW[:2], "random": FEW},
                "guide": lambda tried, scores, count: tried[:count][::-1],
                "first": 2,
                "steps": 3,
            },
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
