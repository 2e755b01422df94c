"""Linear regression: the bowl and two ways to its bottom; and when a network is no better."""

import altair as alt
import numpy as np
import pandas as pd

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
from comparisons.harness.drawing import figures, palette, pixels

STEPS, RATE = 400, 0.05  # of gradient descent
RATES = (0.003, 0.01, 0.03)  # of the network
SLOPES, INTERCEPTS, GRID = (-1.0, 3.0), (-2.0, 3.0), 80
NUMBERS, NOISES = (20, 50, 200, 1000), (0.1, 0.5, 2.0)
# How many examples, how much noise, and whether the truth is curved.
PROBLEMS = [
    *((number, 0.5, curved) for curved in (False, True) for number in NUMBERS),
    *((50, noise, False) for noise in NOISES if noise != 0.5),
]
LINEAR, NETWORK = "linear regression", "network"
NAMES = {LINEAR: both(LINEAR, "線形回帰"), NETWORK: both(NETWORK, "ニューラルネットワーク")}


def some_table(seed):
    """A table of three inputs and two outputs, and weights."""
    draw = np.random.default_rng(seed).normal
    return {
        "w": draw(size=(3, 2)),
        "b": draw(size=2),
        "x": draw(size=(8, 3)),
        "y": draw(size=(8, 2)),
    }


def noisy_line(seed):
    """Twenty points about a line."""
    generator = np.random.default_rng(seed)
    x = generator.uniform(-1, 3, (20, 1))
    return {"x": x, "y": 1.2 * x + 0.5 + generator.normal(0, 0.7, x.shape)}


def problems(seed):
    """Ten inputs and, side by side, a target for each problem; test targets are without noise."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(NUMBERS[-1] + 700, 10))
    first, second = generator.normal(size=(2, 10, 1))
    line, other = x @ first / np.linalg.norm(first), x @ second / np.linalg.norm(second)
    truth = np.stack([line * other if curved else line for _, _, curved in PROBLEMS], axis=1)
    sizes = np.array([[size] for _, size, _ in PROBLEMS])
    y = truth + sizes * generator.normal(size=truth.shape)
    validation, test = slice(-700, -500), slice(-500, None)
    return {
        "x": x[:-700],
        "y": y[:-700],
        "x_validation": x[validation],
        "y_validation": y[validation],
        "x_test": x[test],
        "y_test": truth[test],
        "numbers": [number for number, _, _ in PROBLEMS],
        "rates": RATES,
        "steps": 200,
    }


def distance(arrays):
    """How far from the normal equation's w and b gradient descent ends."""
    return np.abs(arrays["path"][-1] - arrays["normal equation"]).max()


def test_error(name, problem):
    """Function of the arrays: a test error, at validation's best rate and step."""
    place = PROBLEMS.index(problem)

    def measure(arrays):
        if name == LINEAR:
            return arrays["linear"][place]
        chosen = arrays["network, validation"][..., place].argmin()
        return arrays["network, test"][..., place].flat[chosen]

    return measure


def bowl(points):
    """The mean squared error over slopes (columns) and intercepts (rows)."""
    w, b = np.meshgrid(np.linspace(*SLOPES, GRID), np.linspace(*INTERCEPTS, GRID))
    error = w[..., None] * points["x"][:, 0] + b[..., None] - points["y"][:, 0]
    return (error**2).mean(axis=-1)


def axis(channel, name, domain, title):
    """An axis of `turn`."""
    return channel(f"{name}:Q").scale(domain=domain, nice=False).title(title)


def fitted(points):
    """The line that the sliders lay through the points, its errors, and its loss."""
    table = pd.DataFrame({key: value[:, 0] for key, value in points.items()})
    x, y = axis(alt.X, "x", [-1.2, 3.2], "x"), axis(alt.Y, "y", [-3, 7], "y")
    fit, square = "w * datum.x + b", "pow(datum.fit - datum.y, 2)"
    dots = alt.Chart(table).transform_calculate(fit=fit).encode(x=x, y=y)
    ends = alt.Chart(pd.DataFrame({"x": [-1.2, 3.2]})).transform_calculate(y=fit)
    loss = dots.transform_calculate(square=square).transform_aggregate(loss="mean(square)")
    loss = loss.transform_calculate(text="'L = ' + format(datum.loss, '.3f')")
    return alt.layer(
        dots.mark_rule(color=palette.CATEGORIES[1], strokeWidth=1.2, clip=True).encode(y2="fit:Q"),
        ends.mark_line(color=palette.CATEGORIES[0], strokeWidth=2.2, clip=True).encode(x=x, y=y),
        dots.mark_circle(color=palette.CATEGORIES[6], size=36, opacity=1),
        loss.mark_text(align="left", fontSize=14).encode(
            x=alt.value(12), y=alt.value(16), text="text:N"
        ),
    )


def in_bowl(points, path):
    """The bowl, with the place of the sliders' line, and the path of gradient descent."""
    area = dict(zip(("x", "x2", "y", "y2"), (*SLOPES, *INTERCEPTS)))
    picture = {**area, "url": pixels.address(pixels.bands(bowl(points)[::-1]))}
    ground = alt.Chart(pd.DataFrame([picture]))
    moves = alt.Chart(pd.DataFrame(path, columns=["x", "y"]).assign(step=range(len(path))))
    here = ground.transform_calculate(x="w", y="b")
    return alt.layer(
        ground.mark_image(aspect=False, aria=False).encode(x2="x2:Q", y2="y2:Q", url="url:N"),
        moves.mark_line(color=palette.CATEGORIES[6], point={"size": 12}).encode(order="step:Q"),
        here.mark_point(color=palette.CATEGORIES[0], size=90, filled=True, opacity=1),
    ).encode(
        x=axis(alt.X, "x", list(SLOPES), both("slope w", "傾きw")),
        y=axis(alt.Y, "y", list(INTERCEPTS), both("intercept b", "切片b")),
    )


def turn(result):
    """A line to be laid by hand, slope and intercept by sliders, beside its place in the bowl."""
    points, path = noisy_line(0), result.arrays("descent")["path"][:60]
    parameters = [
        alt.param(
            name=name,
            value=0.0,
            bind=alt.binding_range(min=low, max=high, step=0.05, name=both(*label)),
        )
        for name, (low, high), label in (
            ("w", SLOPES, ("slope w", "傾きw")),
            ("b", INTERCEPTS, ("intercept b", "切片b")),
        )
    ]
    charts = [c.properties(width=300, height=300) for c in (fitted(points), in_bowl(points, path))]
    return alt.concat(*charts, columns=2).add_params(*parameters)


def by(result, name, problems):
    """Test errors, (seeds, problems)."""
    return np.transpose([result.measured("against_network", test_error(name, p)) for p in problems])


def draw(result):
    """The line by hand, errors by amount of data and by noise."""
    linear, curved = both("linear truth", "線形な関係"), both("curved truth", "非線形な関係")
    by_number = {
        panel: {
            name: by(result, key, [(n, 0.5, truth) for n in NUMBERS]) for key, name in NAMES.items()
        }
        for panel, truth in ((linear, False), (curved, True))
    }
    by_noise = {
        name: by(result, key, [(50, size, False) for size in NOISES]) for key, name in NAMES.items()
    }
    error = ("root mean squared test error", "テスト誤差（RMSE）")
    return [
        Figure(
            ("Lay the line yourself", "直線を自分で合わせる"),
            turn(result),
            (
                "Left: the line, and its errors in red. Right: the loss for every pair (w, b), a "
                "bowl, the deeper the darker; the large dot is the line on the left. Bring it to "
                "the bottom. Gradient descent walks there, along the blue path; the normal "
                "equation jumps.",
                "左は直線と誤差（赤）、右はすべての(w, b)に対する損失で、低いほど濃い。"
                "損失はお椀の形になり、大きな丸が左の直線の位置を表す。丸を底まで動かしてみよう。勾配降下法は青い経路を"
                "1歩ずつ下り、正規方程式は底の位置を一度に求める。",
            ),
        ),
        Figure(
            ("Error against the amount of data", "データの数と誤差"),
            figures.lines(
                figures.in_panels(by_number, NUMBERS),
                x_title=("training examples", "訓練データの数"),
                y_title=error,
                log="xy",
            ),
            (
                "The network at the learning rate and step that are best on validation examples. "
                "Answering 0 is about 1 off. Where the truth is linear, more examples "
                "put the line farther ahead; on 20, few more than its 11 weights, it is not.",
                "ニューラルネットワークは、検証データで最良の学習率とステップの値。常に0と予測すると誤差は約1になる。"
                "関係が線形なら、データが多いほど線形回帰が優位に立つ。ただし重み11個に対してデータが20個しか"
                "ないと、差はほとんどない。",
            ),
        ),
        Figure(
            ("Error against noise", "ノイズの大きさと誤差"),
            figures.lines(
                by_noise,
                NOISES,
                x_title=("standard deviation of the noise", "ノイズの標準偏差"),
                y_title=error,
                log="xy",
            ),
            (
                "50 examples of a linear truth. Much noise misleads the line, which has nothing to "
                "hold it back; the network is stopped early.",
                "線形な関係のデータ50個。ノイズが大きいと、歯止めのない線形回帰はノイズに引きずられる。"
                "ニューラルネットワークは学習を早く打ち切るので、影響が小さい。",
            ),
        ),
    ]


SETTING = (
    "Ten inputs, targets with noise of standard deviation 0.5; the normal equation against a "
    "hidden layer of 32 with ReLU, with Keras's initial weights (Adam, 200 steps of 20 examples). "
    "200 more examples choose its learning rate, of 0.003, 0.01 and 0.03, and its last step.",
    "入力10個、標準偏差0.5のノイズを加えた目標値。正規方程式と、ReLUの隠れ層（32ユニット、初期値はKerasの"
    "既定、Adam、バッチサイズ20で200ステップ）を比べる。ネットワークの学習率（0.003、0.01、0.03）と"
    "打ち切るステップは、別の200個の検証データで選ぶ。",
)
ERROR = "root mean squared test error (the truth's standard deviation is about 1)"
ERROR_JA = "テストデータの二乗平均平方根誤差（真の値の標準偏差は約1）"
FEW, MANY_CURVED = (50, 0.5, False), (1000, 0.5, True)
CLAIMS = (
    Claim(
        claim=(
            "Gradient descent and the normal equation end in the same place.",
            "勾配降下法と正規方程式は同じ解に行き着く。",
        ),
        source="Bishop 2006, 3.1; Goodfellow et al., Deep Learning, 5.1.4",
        experiment=(
            f"20 points about a line, {STEPS} steps with learning rate {RATE} from zeros.",
            f"直線のまわりの20点、ゼロから学習率{RATE}で{STEPS}ステップ。",
        ),
        metric=(
            "10⁻⁴ less the largest difference of w and b",
            "10⁻⁴から、wとbの差の最大値を引いた値",
        ),
        measure=versus("descent", lambda arrays: 1e-4, distance),
    ),
    Claim(
        claim=(
            "On few examples of a linear truth linear regression beats a network.",
            "線形な関係のデータが少ないとき、線形回帰はニューラルネットワークに勝る。",
        ),
        source="Hastie, Tibshirani & Friedman, The elements of statistical learning, 2.3-2.5",
        experiment=(
            f"{SETTING[0]} 50 examples, linear truth.",
            f"{SETTING[1]}線形な関係、データ50個。",
        ),
        metric=(
            f"{ERROR}, network less linear regression",
            f"{ERROR_JA}。ネットワークの値から線形回帰の値を引く",
        ),
        measure=versus("against_network", test_error(NETWORK, FEW), test_error(LINEAR, FEW)),
        margin=0.05,
    ),
    Claim(
        claim=(
            "On many examples of a curved truth the network wins.",
            "非線形な関係のデータが多いとき、ニューラルネットワークが勝る。",
        ),
        source="Hornik, Stinchcombe & White 1989",
        experiment=(
            f"{SETTING[0]} 1,000 examples; the truth is the product of two weighted sums.",
            f"{SETTING[1]}データ1,000個、真の値は2つの重み付き和の積。",
        ),
        metric=(
            f"{ERROR}, linear regression less network",
            f"{ERROR_JA}。線形回帰の値からネットワークの値を引く",
        ),
        measure=versus(
            "against_network", test_error(LINEAR, MANY_CURVED), test_error(NETWORK, MANY_CURVED)
        ),
        margin=0.1,
    ),
)

CONCEPT = Concept(
    title=("Linear regression: one bowl, two ways down", "線形回帰：正規方程式と勾配降下法"),
    chapter=chapters.LEARNING.section(7),
    summary=(
        "A weighted sum that answers with a number, fitted so that the mean squared error is "
        "least. Over the weights this loss is a bowl: one equation gives its bottom, and gradient "
        "descent ends there too. Where the truth is linear and the noise moderate, a network does "
        "worse.",
        "重み付き和で数値を予測し、平均二乗誤差が最小になるように重みを決める。この損失は重みについてお椀の"
        "形をしていて、最小の点は1つの方程式で求まり、勾配降下法も同じ点に行き着く。関係が線形でノイズが"
        "大きくなければ、ニューラルネットワークより正確に予測する。",
    ),
    introduces=(
        Introduced(
            "normal_equation",
            r"A = (x, 1), \quad A^T A \begin{pmatrix} w \\ b \end{pmatrix} = A^T y",
            (
                "Where the bowl is flat: the errors are orthogonal to every input. y: the targets. "
                "With several columns in x this is multiple regression.",
                "お椀の底では勾配が0、すなわち誤差がどの入力とも直交する（yは目標値）。xに複数の列があれば"
                "重回帰になる。",
            ),
            lambda seed: {key: some_table(seed)[key] for key in "xy"},
        ),
        Introduced(
            "squared_error",
            r"L = \frac{1}{n} \sum_i (x_i w + b - y_i)^2, \quad "
            r"\frac{\partial L}{\partial w} = \frac{2}{n} x^T (x w + b - y), \quad "
            r"\frac{\partial L}{\partial b} = \frac{2}{n} \sum_i (x_i w + b - y_i)",
            (
                "Every input moves its weight in proportion to the errors that it took part in. "
                "With several outputs the mean is over them too.",
                "各入力は、自分が関わった誤差に比例して自分の重みを動かす。出力が複数あれば、"
                "その数についても平均する。",
            ),
            some_table,
        ),
    ),
    equations=(
        (
            r"w \leftarrow w - \eta \frac{\partial L}{\partial w}, \quad "
            r"b \leftarrow b - \eta \frac{\partial L}{\partial b}",
            ("The other way down: step by step.", "もう1つの方法：1ステップずつ下る。"),
        ),
    ),
    terms=(
        ("linear regression", "線形回帰"),
        ("multiple regression", "重回帰"),
        ("least squares", "最小二乗法"),
        ("normal equation", "正規方程式"),
        ("mean squared error", "平均二乗誤差", "losses.MeanSquaredError"),
        ("slope, intercept", "傾き、切片"),
    ),
    demonstrations=(
        Demonstration(
            "descent", lambda seed: {**noisy_line(seed), "steps": STEPS, "rate": RATE}, seeds=5
        ),
        Demonstration(
            "against_network",
            problems,
            seeds=20,
            first_seed=30,  # ten seeds, those from 20 on, did not decide
            subject=lambda name: ("Optimizer" if "losses" in name else "Model", {"name": "Adam"}),
            measured=("network, validation", "network, test"),
            proven_with={"steps": 10},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
