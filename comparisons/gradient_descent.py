"""Gradient descent: fields of gradients, paths by learning rate, and how a loss becomes NaN."""

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
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures, palette

RATES = {"ravine": (0.02, 0.1, 0.3, 0.6, 0.9, 1.0625), "valleys": (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)}
STEPS, ROOM = 25, ((-8, 8), (-3, 3))
STARTS = np.array([[-7.0, 2.0], [-4.2, -2.4], [1.3, 2.5], [4.0, -2.0], [7.2, 1.4]])
PLANE = np.stack(np.meshgrid(np.linspace(-8, 8, 161), np.linspace(-3, 3, 61)), axis=-1)
PARABOLA_RATES = (0.05, 0.2, 0.5, 1.0, 1.5, 1.9, 2.0, 2.1)
ANGLES, DISTANCE = np.linspace(0, 2 * np.pi, 72, endpoint=False), 0.2
# Learning rates as multiples of 2 / λ, λ the largest curvature; the last is what becomes of 0.9
# where pixels are left between 0 and 255.
FACTORS = (0.009, 0.09, 0.9, 1.0, 1.1, 1.5, 0.9 * 255**2)
BEST, CRAWLING, TOO_LARGE = (FACTORS.index(factor) for factor in (0.9, 0.009, 1.1))


def around(seed):
    """Points around the ravine's minimum, which is at 0."""
    points = np.random.default_rng(seed).uniform((-6, -2.5), (6, 2.5), (200, 2))
    return {"points": points, "angles": ANGLES, "distance": DISTANCE}


def anywhere(seed):
    """Starts all over the valleys."""
    starts = np.random.default_rng(seed).uniform((-8, -3), (8, 3), (300, 2))
    return {"starts": starts, "learning_rate": 0.1, "steps": 100}


def pixels(seed):
    """Is the digit odd, as a linear regression on 500 MNIST images."""
    part = mnist_subset(500, 10, 10, seed, flat=True)
    x, y = part.x_train, (part.y_train % 2).astype("float32")
    largest = 2 / len(x) * float(np.linalg.norm(x.astype("float64"), 2)) ** 2
    rates = [2 * factor / largest for factor in FACTORS]
    return {"x": x, "y": y, "w": np.zeros(784, "float32"), "rates": rates, "steps": 70}


def loss_after(factor):
    """log₁₀ of the loss after the last step over that before the first; an infinite one as 10³⁸."""

    def measure(arrays):
        losses = np.nan_to_num(arrays["losses"][factor], nan=1e38, posinf=1e38)
        return np.log10(losses[-1] / losses[0])

    return measure


def arrows(gradient):
    """Arrows against the gradient, the longer the steeper, three lines each."""
    x, y = PLANE[5::10, 5::10].transpose(2, 0, 1)
    gx, gy = gradient[5::10, 5::10].transpose(2, 0, 1)
    steepness = np.hypot(gx, gy)
    dx, dy = -0.85 * np.stack([gx, gy]) / np.sqrt(steepness * steepness.max())
    lines = [(x, y, x + dx, y + dy)]
    for side in (-1, 1):
        lines.append(
            (x + dx, y + dy, x + 0.7 * dx - side * 0.18 * dy, y + 0.7 * dy + side * 0.18 * dx)
        )
    table = pd.concat(
        pd.DataFrame({key: values.ravel() for key, values in zip(("x", "y", "x2", "y2"), line)})
        for line in lines
    )
    return (
        alt.Chart(table)
        .mark_rule(color=palette.BASELINE_COLOR, strokeWidth=1.2, clip=True)
        .encode(x="x:Q", y="y:Q", x2="x2:Q", y2="y2:Q")
    )


def field(result, surface, starts, rate):
    """The arrows, and the paths from some starts at a rate to choose."""
    plane, found = result.arrays("fields"), result.arrays("paths")
    paths = pd.concat(
        pd.DataFrame(found[f"{surface}, rate {rate}"][start], columns=["x", "y"]).assign(
            choice=rate, series=both(f"start {start + 1}", f"始点{start + 1}")
        )
        for rate in RATES[surface]
        for start in starts
    )
    chart = figures.paths(paths, plane[f"{surface}: height"], *ROOM)
    chart = figures.slider(chart, ("learning rate", "学習率"), start=rate)
    return alt.layer(chart, arrows(plane[f"{surface}: gradient"])).properties(width=640, height=240)


def on_the_parabola(result):
    """The path down w² / 2, over its graph, at a rate to choose."""
    w, tables = np.linspace(-9.5, 9.5, 96), []
    for rate, path in zip(PARABOLA_RATES, result.arrays("parabola")["paths"]):
        tables.append(pd.DataFrame({"x": w, "y": w**2 / 2, "choice": rate, "order": range(len(w))}))
        dots = {"x": path, "y": path**2 / 2, "choice": rate, "order": range(len(path))}
        tables.append(pd.DataFrame(dots).assign(path=True))
    base = alt.Chart().encode(
        x=alt.X("x:Q").title("w"), y=alt.Y("y:Q").title("f(w) = w² / 2"), order="order:Q"
    )
    taken = base.transform_filter("isValid(datum.path)")
    chart = alt.layer(
        base.transform_filter("!isValid(datum.path)").mark_line(color=palette.BASELINE_COLOR),
        taken.mark_line(color=palette.CATEGORIES[1], strokeWidth=1.6),
        taken.mark_circle(color=palette.CATEGORIES[1], size=50, opacity=1),
        data=pd.concat(tables),
    ).properties(width=480, height=280)
    return figures.slider(chart, ("learning rate", "学習率"), start=0.2)


def draw(result):
    """The parabola, both fields, and the losses by rate until they are no numbers."""
    losses = result.arrays("regression")["losses"]
    names = [f"{factor:g} · 2 / λ" for factor in FACTORS[:-1]]
    names = [both(name, name) for name in names]
    names.append(both("pixels left at 0–255", "画素値が0～255のまま"))
    shown = {
        name: np.where(np.isfinite(values), values, np.nan) for name, values in zip(names, losses)
    }
    return [
        Figure(
            ("Steps down a parabola", "放物線を下るステップ"),
            on_the_parabola(result),
            (
                "Twelve steps from −4; each multiplies w by 1 − η. Small rates crawl. At 1 one "
                "step arrives; beyond it steps overshoot, at 2 they go to and fro for ever, and "
                "beyond 2 each lands higher than it started: the loss diverges.",
                "−4から12回更新する。wは毎回1 − η倍になる。学習率が小さいとなかなか進まず、1なら"
                "1回で最小値に着く。1を超えると行き過ぎ、2では永遠に往復し、2を超えると更新のたびに高く"
                "なって損失が発散する。",
            ),
        ),
        Figure(
            ("A gradient field, and paths through it", "勾配のベクトル場と、そこを下る経路"),
            field(result, "ravine", (0, 3), 0.3),
            (
                "f(x, y) = x²/20 + y². Arrows point against the gradient: across the contour "
                "lines, not to the minimum at (0, 0). At 0.02 the path crawls; beyond 1 it leaves "
                "the ravine sideways, since there the curvature is 2, and 2 / 2 = 1.",
                "f(x, y) = x²/20 + y²。矢印は勾配と逆の向きで、等高線と直交するが、"
                "最小値をとる点(0, 0)を向くとは限らない。学習率0.02ではなかなか進まず、1を超えると"
                "谷の横方向に発散する。その方向の曲率は2なので、限界は2 / 2 = 1である。",
            ),
        ),
        Figure(
            ("Several valleys", "いくつもの谷"),
            field(result, "valleys", range(len(STARTS)), 0.1),
            (
                "f(x, y) = x²/10 + 1 − cos 2x + y²/2. Only the valley in the middle is the lowest. "
                "Where one ends depends on where one starts.",
                "f(x, y) = x²/10 + 1 − cos 2x + y²/2。最も低いのは中央の谷だけで、どの谷に"
                "行き着くかは始点で決まる。",
            ),
        ),
        Figure(
            ("Why the loss becomes NaN", "損失がNaNになる理由"),
            figures.lines(
                shown,
                np.arange(losses.shape[1]),
                x_title=("step", "ステップ"),
                y_title=("loss (ends where it is no number)", "損失（数でなくなると途切れる）"),
                log="y",
            ),
            (
                "Linear regression on 500 MNIST images, in float32; λ is the largest curvature. "
                "Below 2/λ the loss falls; beyond, every step multiplies it, until it exceeds "
                "3·10³⁸: then it is inf, inf − inf is NaN, and so is every weight after it. "
                "Pixels left between 0 and 255 have a curvature 65,025 times as large: the rate "
                "that was fine is NaN within a few steps. So scale the inputs, lower the rate, "
                "clip gradients. A network that answers NaN always names class 0, hence an "
                "accuracy of about 0.1.",
                "MNISTの画像500枚の線形回帰（float32）。λは最大の曲率である。学習率が2/λ未満なら損失は"
                "下がる。超えると毎回何倍にもなり、3·10³⁸を超えるとinfになる。inf − infはNaNで、"
                "以後すべての重みがNaNになる。画素値を0～255のままにすると曲率は65,025倍になり、適切だった"
                "学習率でも数ステップでNaNになる。入力のスケールを揃える、学習率を下げる、勾配を"
                "クリッピングするとよい。出力がNaNのネットワークは常にクラス0と予測するので、正解率は0.1"
                "ほどになる。",
            ),
        ),
    ]


REGRESSION = (
    "Linear regression (is the digit odd?) on 500 MNIST images, 70 steps, float32. ",
    "MNISTの画像500枚で数字の偶奇を当てる線形回帰。70ステップ、float32。",
)
AROUND = (
    "200 random points on f(x, y) = x²/20 + y². ",
    "f(x, y) = x²/20 + y²上のランダムな200点。",
)
BOOK = "Saito, Deep Learning from Scratch, 4.4"
CLAIMS = (
    Claim(
        (
            "The gradient points where the function falls most.",
            "勾配は、関数の値が最も減る方向を指す。",
        ),
        (
            "a common shortening of Saito, Deep Learning from Scratch, 4.4",
            "Saito, Deep Learning from Scratch, 4.4を縮めた、よくある言い方",
        ),
        (
            f"{AROUND[0]}A step of {DISTANCE} along the gradient, and along each of 72 directions.",
            f"{AROUND[1]}勾配の方向と72通りの方向に{DISTANCE}進む。",
        ),
        (
            "mean fall of f, along the gradient less along the best direction",
            "fの減少量の平均。勾配の方向の値から最良の方向の値を引く",
        ),
        versus(
            "directions",
            lambda a: a["fall along the gradient"].mean(),
            lambda a: a["fall"].max(axis=1).mean(),
        ),
        margin=-0.01,
        instead=(
            "It points where f rises most. f falls most the opposite way, against the gradient, "
            "as far as a small step goes.",
            "勾配が指すのは最も増える方向である。わずかに進むかぎり、最も減るのは勾配と逆の方向である。",
        ),
    ),
    Claim(
        (
            "Against the gradient lies the minimum.",
            "勾配と逆の方向に最小値がある。",
        ),
        (
            f"a common picture; {BOOK}, warns of it",
            "よくあるイメージ。Saito, Deep Learning from Scratch, 4.4は、そうとは限らない"
            "と注意する",
        ),
        (
            f"{AROUND[0]}The cosine is 1 straight at it, 0 at a right angle; 0.9 is near enough.",
            f"{AROUND[1]}余弦は、真っすぐ最小値を向けば1、直角なら0になる。0.9以上なら正しいとみなす。",
        ),
        (
            "mean cosine between the way against the gradient and that to the minimum, less 1",
            "勾配と逆の方向と最小値の方向とのなす角の余弦の平均から1を引いた値",
        ),
        versus("directions", lambda a: a["cosine"].mean(), lambda a: 1.0),
        margin=-0.1,
        instead=(
            "Only in a round bowl. In a ravine it points across, to the nearest bottom.",
            "等高線が円のときだけである。細長い谷では、谷を横切って近くの谷底を向く。",
        ),
    ),
    Claim(
        (
            "Too large a learning rate diverges: the bound is 2 / λ, λ the largest curvature.",
            "学習率が大きすぎると発散する。その境目は2 / λである（λは最大の曲率）。",
        ),
        f"LeCun et al. 1998, Efficient BackProp, 5.1; {BOOK}.1",
        (
            f"{REGRESSION[0]}10 % above the bound against 10 % below it.",
            f"{REGRESSION[1]}境目より10%大きい学習率と10%小さい学習率を比べる。",
        ),
        (
            "log₁₀ of the last loss over the first, above less below",
            "最後と最初の損失の比の常用対数。大きい学習率の値から小さい学習率の値を引く",
        ),
        versus("regression", loss_after(TOO_LARGE), loss_after(BEST)),
        unit="orders of magnitude",
        margin=1.0,
    ),
    Claim(
        (
            "Too small a learning rate crawls.",
            "学習率が小さすぎると、学習がなかなか進まない。",
        ),
        f"{BOOK}.1",
        (
            f"{REGRESSION[0]}A hundredth of the rate that is 10 % below the bound.",
            f"{REGRESSION[1]}境目より10%小さい学習率と、その1/100を比べる。",
        ),
        (
            "last loss over the first, hundredth less whole",
            "最後と最初の損失の比。1/100の値から元の学習率の値を引く",
        ),
        versus(
            "regression",
            lambda a: a["losses"][CRAWLING, -1] / a["losses"][CRAWLING, 0],
            lambda a: a["losses"][BEST, -1] / a["losses"][BEST, 0],
        ),
        unit="%",
        margin=0.05,
    ),
    Claim(
        (
            "Gradient descent can end in a local minimum.",
            "勾配降下法は局所的な最小値で止まることがある。",
        ),
        BOOK,
        (
            "300 random starts on the figure's valleys, 100 steps at a rate of 0.1.",
            "図の「いくつもの谷」のランダムな300点から、学習率0.1で100ステップ進む。",
        ),
        (
            "share that ends more than 0.1 above the lowest point",
            "最も低い点より0.1を超えて高いところで終わる割合",
        ),
        versus("ends", lambda a: (a["height"] > 0.1).mean(), lambda a: 0.0),
        unit="%",
        margin=0.05,
    ),
)

CONCEPT = Concept(
    title=("Gradient descent", "勾配降下法"),
    chapter=chapters.LEARNING.section(4),
    summary=(
        "Go a little against the gradient, look again, go on: that is how networks learn. How far "
        "one goes each time, the learning rate times the gradient, decides between crawling, "
        "arriving, and a loss that becomes NaN.",
        "勾配と逆の方向に少し進み、また勾配を調べて進む。ニューラルネットワークの学習は、この繰り返しである。"
        "1回に進む距離は学習率と勾配の積であり、学習率しだいで、なかなか進まないことも、うまく収束することも、"
        "損失がNaNになることもある。",
    ),
    introduces=(
        Introduced(
            "gradient_descent",
            r"w \leftarrow w - \eta \, \nabla f(w)",
            (
                "One step, η the learning rate; the loop repeats it. The step itself is the "
                "optimizer SGD.",
                "1回の更新（ηは学習率）。これを繰り返す。更新の1回分がオプティマイザのSGDにあたる。",
            ),
            demonstration="parabola",
        ),
    ),
    equations=(
        (
            r"f(w) = \frac{\lambda}{2} w^2 \;\Rightarrow\; w \leftarrow (1 - \eta \lambda) w, "
            r"\quad |1 - \eta \lambda| < 1 \iff 0 < \eta < \frac{2}{\lambda}",
            (
                "why there is a largest rate: λ is the curvature, the second derivative",
                "学習率に上限がある理由（λは曲率、すなわち2階微分）",
            ),
        ),
    ),
    terms=(
        ("gradient descent", "勾配降下法", "optimizers.SGD"),
        ("learning rate", "学習率（学習係数）"),
        ("gradient", "勾配"),
        ("local minimum", "局所的な最小値（極小値）"),
        ("divergence", "発散"),
        ("curvature", "曲率"),
    ),
    demonstrations=(
        Demonstration("fields", lambda seed: {"points": PLANE}),
        Demonstration("paths", lambda seed: {"starts": STARTS, "rates": RATES, "steps": STEPS}),
        Demonstration(
            "parabola",
            lambda seed: {"w": np.array([-4.0]), "rates": PARABOLA_RATES, "steps": 12},
        ),
        Demonstration("directions", around, seeds=5, first_seed=5),
        Demonstration("ends", anywhere, seeds=5),
        Demonstration(
            "regression",
            pixels,
            seeds=5,
            first_seed=5,  # on those before them there were ten steps less
            measured=("losses",),  # where they overflow depends on the precision
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.6,
)

if __name__ == "__main__":
    run_script(__file__)
