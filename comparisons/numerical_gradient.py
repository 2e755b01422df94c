"""Numerical differentiation: the error by step width, kinks, and float32."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.drawing import figures

PRECISIONS, RULES, ACTIVATIONS = ("float64", "float32"), ("forward", "central"), ("tanh", "ReLU")
STEPS = [10.0**-half for half in np.arange(0.5, 15.1, 0.5).tolist()]
CONSTANTS = (0.0, 1.0, 10.0, 100.0, 1000.0)
AT, WIDE = 1.0, (1.5, 1.25, 1.0, 0.75, 0.5, 0.25, 0.1)
CHECK_STEPS = [10.0**-power for power in range(1, 10)]
TEXTBOOK, TINY, COARSE = 10.0**-4, 10.0**-12, 10.0**-2
ROUNDOFF = 2.0**-53
AROUND = np.linspace(-0.985, 0.985, 198)  # clear of 0 and of ±h
KINK_STEPS = (0.8, 0.4, 0.2, 0.1, 0.05)


def cubic(x):
    """A polynomial of arrays and of tensors."""
    return x**3 - 2 * x


def landscape(x):
    """A number for a vector of three."""
    return x[0] ** 2 * x[1] + x[1] ** 3 - 3 * x[2] * x[0]


def entrywise(seed):
    """The function is differenced at each entry; h is wide, lest rounding hide the formula."""
    return {"f": cubic, "x": np.random.default_rng(seed).normal(size=5), "h": 0.25}


def of_a_vector(seed):
    """The function is differenced along the entries of one vector."""
    return {"f": landscape, "x": np.random.default_rng(seed).normal(size=3), "index": 1, "h": 0.25}


def places(seed):
    """Places that float32 has too, at which the errors are averaged."""
    x = np.random.default_rng(seed).uniform(0.5, 1.5, 200).astype("float32").astype("float64")
    return {"x": x, "steps": STEPS, "constants": CONSTANTS, "at": np.array([AT]), "wide": WIDE}


def network(seed):
    """A network of 20-10-4 and a batch of 100."""
    generator = np.random.default_rng(seed)
    return {
        "x": generator.normal(size=(100, 20)),
        "t": np.eye(4)[generator.integers(0, 4, 100)],
        "w1": generator.normal(0, 20**-0.5, (20, 10)),
        "w2": generator.normal(0, 10**-0.5, (10, 4)),
        "steps": CHECK_STEPS,
    }


def decades(arrays, rule, step=None):
    """log₁₀ of the error in float64, at a step or at the rule's best."""
    error = np.log10(arrays[f"float64: {rule}"][0])
    return error.min() if step is None else error[STEPS.index(step)]


def off_theory(arrays):
    """How many decades the best steps are off √u and ∛u, the larger of the two."""
    return max(
        abs(np.log10(STEPS[arrays[f"float64: {rule}"][0].argmin()]) - np.log10(expected))
        for rule, expected in zip(RULES, (ROUNDOFF ** (1 / 2), ROUNDOFF ** (1 / 3)))
    )


def relative(arrays, name, dtype="float64", step=None):
    """Distance of the numerical gradient from the analytical one, as a share of its length."""
    distance = np.linalg.norm(arrays[f"{name}, {dtype}"], axis=1)
    share = distance / np.linalg.norm(arrays[f"{name}: gradient"])
    return share if step is None else share[CHECK_STEPS.index(step)]


def secants(result):
    """sin with its tangent at 1 and the lines whose slopes the differences are, by step width."""
    x, found = np.linspace(-0.6, 2.6, 65), result.arrays("errors")
    tangent = np.sin(AT) + np.cos(AT) * (x - AT)
    return {
        h: {
            both("f(x) = sin x", "f(x) = sin x"): np.sin(x),
            both("tangent at 1", "x = 1での接線"): tangent,
            both("forward", "前方差分"): np.sin(AT) + found["forward"][place] * (x - AT),
            both("central", "中心差分"): np.sin(AT - h) + found["central"][place] * (x - AT + h),
        }
        for place, h in reversed(list(enumerate(WIDE)))
    }, x


def draw(result):
    """Secants, errors by step, a network's gradient, and kinks."""
    lines, x = secants(result)
    found, names = result.arrays("errors"), {"forward": "前方差分", "central": "中心差分"}
    by_constant = {
        c: {
            both(f"{rule}, {dtype}", f"{names[rule]}、{dtype}"): found[f"{dtype}: {rule}"][place]
            for dtype in PRECISIONS
            for rule in RULES
        }
        for place, c in enumerate(CONSTANTS)
    }
    network = {
        dtype: {n: result.of_numpy("gradient_check", relative, n, dtype) for n in ACTIVATIONS}
        for dtype in PRECISIONS
    }
    network = figures.in_panels(network, CHECK_STEPS)
    kinks = result.arrays("kink")
    by_width = {
        h: {
            both("analytical", "解析的な微分"): kinks["derivative"],
            both("central difference", "中心差分"): kinks["differences"][place],
        }
        for place, h in reversed(list(enumerate(KINK_STEPS)))
    }
    step = {"x_title": ("step width h", "刻み幅h")}
    return [
        Figure(
            ("The line through two points of the curve", "曲線上の2点を通る直線"),
            figures.slider(
                figures.lines(lines, x, x_title=("x", "x"), y_title=("y", "y")),
                step["x_title"],
                start=1.0,
            ),
            (
                "A difference is the slope of such a line. The central one is nearly parallel to "
                "the tangent even where h is wide.",
                "差分は、この直線の傾きである。中心差分の直線は、hが大きくても接線とほぼ平行になる。",
            ),
        ),
        Figure(
            ("Error against step width", "刻み幅と誤差"),
            figures.slider(
                figures.lines(
                    by_constant, STEPS, y_title=("mean error", "誤差の平均"), log="xy", **step
                ),
                ("constant c", "定数c"),
            ),
            (
                "f(x) = sin x + c at 200 places; f′ does not depend on c. From the right the error "
                "falls with h (truncation: h forward, h² central). Then rounding takes over: f "
                "has only 16 digits, 7 in float32, and the last of them are divided by h. The "
                "larger f, the earlier. Where f(x + h) rounds to f(x) the difference is 0.",
                "200個の点でのf(x) = sin x + cの差分。f′はcによらない。右からhを小さくすると、まず"
                "打ち切り誤差がhに（中心差分ではh²に）比例して減る。やがて丸め誤差が上回る。fの有効数字は"
                "16桁（float32では7桁）しかなく、末尾の誤差がhで割られるからである。fが大きいほど早く"
                "現れる。f(x + h)がf(x)と同じ値に丸められると、差分は0になる。",
            ),
        ),
        Figure(
            ("The gradient of a network", "ネットワークの勾配"),
            figures.lines(network, y_title=("relative error", "相対誤差"), log="xy", **step),
            (
                "The gradient of 200 weights, numerical and analytical (by formulas). In float32 "
                "the textbook's 10⁻⁴ is off by some percent. 10⁻² does for tanh, but so wide a "
                "step carries ReLU over its kink. So check gradients in float64, h about 10⁻⁵.",
                "200個の重みの勾配を、数値微分と解析的な（式から求めた）微分で比べた。float32では、教科書の"
                "10⁻⁴で数%ずれる。10⁻²まで広げればtanhでは足りるが、ReLUでは折れ目をまたいでしまう。"
                "勾配確認はfloat64で、h = 10⁻⁵程度で行うとよい。",
            ),
        ),
        Figure(
            ("Differences at a kink", "折れ目での差分"),
            figures.slider(
                figures.lines(by_width, AROUND, x_title=("x", "x"), y_title=("slope", "傾き")),
                step["x_title"],
                start=0.4,
            ),
            (
                "ReLU. Within h of 0 the two points lie on different sides, and the difference is "
                "neither 0 nor 1. There, and only there, both are right and yet differ.",
                "ReLUの微分。0からh以内では2点が折れ目の両側に分かれ、差分は0にも1にもならない。"
                "実装が正しくても両者が食い違うのは、この範囲だけである。",
            ),
        ),
    ]


SINE = (
    "f(x) = sin x at 200 random places between 0.5 and 1.5, in float64, steps from 10⁻⁰·⁵ to "
    "10⁻¹⁵ half a decade apart.",
    "0.5から1.5のランダムな200点でf(x) = sin xの差分をfloat64で求める。刻み幅は10⁻⁰·⁵から10⁻¹⁵まで"
    "半桁おき。",
)
NETWORK = (
    "A network of 20-10-4 with random weights, cross-entropy of 100 examples, central differences "
    "for the 200 weights of its first layer. ",
    "20-10-4のネットワーク（重みはランダム）の交差エントロピー誤差（データ100個）を、第1層の重み200個で"
    "中心差分する。",
)
SHARE = (
    "distance from the analytical gradient, share of its length; ",
    "解析的な勾配との相対誤差。",
)
CLAIMS = (
    Claim(
        (
            "The smaller the step, the better the numerical derivative.",
            "刻み幅が小さいほど、数値微分は正確になる。",
        ),
        (
            "what the definition suggests; Saito, Deep Learning from Scratch, 4.3.1, warns of it",
            "微分の定義からの類推。Saito, Deep Learning from Scratch, 4.3.1は、これに注意を促す",
        ),
        (
            f"{SINE[0]} Central difference, h = 10⁻⁴ against 10⁻¹².",
            f"{SINE[1]}中心差分でh = 10⁻⁴と10⁻¹²を比べる。",
        ),
        (
            "log₁₀ of the mean error, at 10⁻⁴ less at 10⁻¹²",
            "誤差の平均の常用対数。10⁻⁴の値から10⁻¹²の値を引く",
        ),
        versus(
            "errors",
            lambda a: decades(a, "central", TEXTBOOK),
            lambda a: decades(a, "central", TINY),
        ),
        unit="orders of magnitude",
        instead=(
            "Only down to the step at which rounding takes over; below it each decade costs a "
            "decade.",
            "正確になるのは丸め誤差が上回るまでで、その先は刻み幅1桁ごとに誤差が1桁増える。",
        ),
    ),
    Claim(
        (
            "Truncation and rounding meet at the best step: √u for forward, ∛u for central "
            "differences, where u is the relative rounding error, 2⁻⁵³ in float64.",
            "打ち切り誤差と丸め誤差が釣り合う最良の刻み幅は、前方差分で√u、中心差分で∛uである"
            "（uは丸めの相対誤差で、float64では2⁻⁵³）。",
        ),
        "Press et al., Numerical recipes, 5.7",
        (
            f"{SINE[0]} The step with the least error, within one decade of theory.",
            f"{SINE[1]}誤差が最小の刻み幅が理論値から1桁以内にあるかを見る。",
        ),
        (
            "1 less the decades that the best step is off, the worse of the two",
            "1から、最良の刻み幅と理論値との差（桁数、悪いほう）を引いた値",
        ),
        versus("errors", lambda a: 1.0, off_theory),
        unit="orders of magnitude",
    ),
    Claim(
        (
            "The central difference beats the forward one.",
            "中心差分は前方差分より正確である。",
        ),
        "Saito, Deep Learning from Scratch, 4.3.1",
        (f"{SINE[0]} Each at its best step.", f"{SINE[1]}それぞれ最良の刻み幅で比べる。"),
        (
            "log₁₀ of the mean error, forward less central",
            "誤差の平均の常用対数。前方差分の値から中心差分の値を引く",
        ),
        versus("errors", lambda a: decades(a, "forward"), lambda a: decades(a, "central")),
        unit="orders of magnitude",
        margin=1.0,
    ),
    Claim(
        (
            "A gradient check needs float64; in float32 it goes wrong.",
            "勾配確認にはfloat64が必要であり、float32では正しく確認できない。",
        ),
        "Karpathy, CS231n notes: use double precision",
        (
            f"{NETWORK[0]}tanh, each precision at the step of 10⁻¹, 10⁻², …, 10⁻⁹ that suits it "
            "best. Off by more than 1 % counts as wrong.",
            f"{NETWORK[1]}活性化関数はtanh。10⁻¹、10⁻²、…、10⁻⁹のうち、精度ごとに最良の刻み幅を使う。"
            "1%を超えるずれを誤りとみなす。",
        ),
        (f"{SHARE[0]}float32 less float64", f"{SHARE[1]}float32の値からfloat64の値を引く"),
        versus(
            "gradient_check",
            lambda a: relative(a, "tanh", "float32").min(),
            lambda a: relative(a, "tanh").min(),
        ),
        unit="%",
        margin=0.01,
        instead=(
            "It needs a step of its own: 10⁻² does for a smooth function. But that steps over "
            "kinks; where there are some, as with ReLU, float64 with 10⁻⁵ is safer.",
            "float32に合った刻み幅を選べばよい。滑らかな関数なら10⁻²で足りる。ただしReLUなどでは折れ目を"
            "またいでしまうので、float64と10⁻⁵のほうが安全である。",
        ),
    ),
    Claim(
        (
            "With a wide step, kinks (ReLU) make numerical and analytical gradient differ.",
            "折れ目をもつ関数（ReLU）では、刻み幅が広いと数値微分と解析的な微分が食い違う。",
        ),
        "Karpathy, CS231n notes: kinks in the objective",
        (
            f"{NETWORK[0]}ReLU against tanh, h = 10⁻², in float64.",
            f"{NETWORK[1]}ReLUとtanhを、h = 10⁻²、float64で比べる。",
        ),
        (f"{SHARE[0]}ReLU less tanh", f"{SHARE[1]}ReLUの値からtanhの値を引く"),
        versus(
            "gradient_check",
            lambda a: relative(a, "ReLU", step=COARSE),
            lambda a: relative(a, "tanh", step=COARSE),
        ),
        unit="%",
        margin=0.01,
    ),
)


INTRODUCES = (
    Introduced(
        "forward_difference",
        r"f'(x) \approx \frac{f(x + h) - f(x)}{h}",
        (
            "The definition without its limit; the error is about h f″/2.",
            "微分の定義から極限を除いたもの。誤差は約h f″/2である。",
        ),
        entrywise,
    ),
    Introduced(
        "central_difference",
        r"f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}",
        (
            "As far back as ahead: errors of first order cancel, about h² f‴/6 is left.",
            "前後に同じだけ動かすと1次の誤差が打ち消し合い、約h² f‴/6が残る。",
        ),
        entrywise,
    ),
    Introduced(
        "partial_derivative",
        r"\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}",
        (
            "One variable moves, the others are constants: eᵢ is 1 at place i, else 0.",
            "1つの変数だけを動かし、ほかは定数とみなす（eᵢはi番目だけが1のベクトル）。",
        ),
        of_a_vector,
    ),
    Introduced(
        "numerical_gradient",
        r"\nabla f = \left( \frac{\partial f}{\partial x_1}, \ldots, "
        r"\frac{\partial f}{\partial x_n} \right)",
        (
            "All partial derivatives. For a network, x is its weights and f its loss.",
            "すべての偏微分を並べたベクトル。ネットワークでは、xは重み、fは損失である。",
        ),
        of_a_vector,
        helpers=("partial_derivative",),
    ),
)

CONCEPT = Concept(
    title=("Numerical differentiation and the gradient", "数値微分と勾配"),
    chapter=chapters.LEARNING.section(3),
    summary=(
        "The derivative says how much f changes when x changes a little. Try it: move x by h, and "
        "divide. For many variables do so one by one; the partial derivatives together are the "
        "gradient. It is never quite exact, and slow (how slow, the page on backpropagation "
        "measures), but hard to get wrong: so gradients from formulas are checked by it.",
        "微分は、xをわずかに変えたときにfがどれだけ変わるかを表す。xをhだけ動かし、fの変化をhで割れば求まる。"
        "変数が多いときは1つずつ動かす。偏微分をすべてまとめたものが勾配である。数値微分は"
        "完全に正確ではなく、時間もかかる（どれほどかは誤差逆伝播法のページで測る）が、実装を誤りにくい。"
        "そのため、ほかの方法で求めた勾配の検算に使う。",
    ),
    introduces=INTRODUCES,
    terms=(
        ("numerical differentiation", "数値微分"),
        ("forward difference", "前方差分"),
        ("central difference", "中心差分"),
        ("partial derivative", "偏微分"),
        ("gradient", "勾配"),
        ("gradient check", "勾配確認"),
        ("truncation error", "打ち切り誤差"),
        ("rounding error", "丸め誤差"),
    ),
    demonstrations=(
        Demonstration(
            "errors",
            places,
            seeds=5,
            measured=tuple(f"{dtype}: {rule}" for dtype in PRECISIONS for rule in RULES),
        ),
        Demonstration(
            "gradient_check",
            network,
            seeds=5,
            first_seed=10,
            measured=tuple(f"{name}, {dtype}" for name in ACTIVATIONS for dtype in PRECISIONS),
        ),
        Demonstration("kink", lambda seed: {"x": AROUND, "steps": KINK_STEPS}),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.5,
)

if __name__ == "__main__":
    run_script(__file__)
