"""Diffusion in the plane: samples by number of steps, schedules, and what a network predicts."""

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
    Preset,
    Task,
)
from comparisons.harness.datasets import Dataset, halved_mnist
from comparisons.harness.drawing import figures, palette
from comparisons.harness.scores import Score

NOISE, LINEAR, CLEAN = "noise, cosine", "noise, linear", "clean points, cosine"
LEVEL = ("level of noise t", "ノイズのレベルt")
DISTANCE = ("energy distance", "エネルギー距離")
JAPANESE = {
    NOISE: "ノイズを予測、コサイン",
    LINEAR: "ノイズを予測、線形",
    CLEAN: "元の点を予測、コサイン",
}
STEPS, LEVELS = (1, 2, 5, 10, 25, 50, 200), tuple(range(200, -1, -10))
SAMPLERS = {
    "DDPM": both("new noise at each step (DDPM)", "毎ステップ新しいノイズ（DDPM）"),
    "DDIM": both("no new noise (DDIM)", "新しいノイズなし（DDIM）"),
}


def spiral(number, generator):
    """Points (n, 2) along a spiral of one and a half turns, as dense everywhere."""
    angle = 3 * np.pi * np.sqrt(generator.random(number))
    curve = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (2.2 / (3 * np.pi)) * angle[:, None]
    return (curve + 0.08 * generator.standard_normal((number, 2))).astype("float32")


def data(settings, seed):
    """Points of a spiral, which are their own answers: more like them are to be made."""
    generator, number = np.random.default_rng(seed), 20_000 if settings.preset == "full" else 2_000
    parts = [spiral(count, generator) for count in (number, 1_000, 1_000)]
    return Dataset(
        *(part for part in parts for _ in ("x", "y")),
        (
            f"a spiral: {number:,} points to train on, 1,000 and 1,000 others (seed {seed})",
            f"らせん。訓練データ{number:,}点、検証データとテストデータ各1,000点（シード{seed}）",
        ),
    )


def distances(x, y):
    """The mean distance of a point of x and one of y, another one where both are one set."""
    square = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1) - 2 * x @ y.T
    return np.sqrt(np.maximum(square, 0)).sum() / (len(x) * (len(y) - (x is y)))


def energy_distance(y, x):
    """2 E|x − y| − E|x − x′| − E|y − y′|: about 0 where both are draws from one distribution."""
    x, y = x.astype("float64"), y.astype("float64")
    return float(2 * distances(x, y) - distances(x, x) - distances(y, y))


def some_points(seed):
    """Points, noise, levels and times for everything that is introduced."""
    draw = np.random.default_rng(seed)
    return {
        **{name: draw.normal(size=(6, 3)) for name in ("x", "clean", "noise")},
        "eta": 0.7,
        "features": 6,
        "signal": draw.uniform(0.1, 0.4, (6, 1)),
        "next_signal": draw.uniform(0.5, 0.9, (6, 1)),
        "time": np.linspace(0, 0.98, 41),
        "t": np.array([1.0, 20.0, 150.0]),
    }


def digits(seed):
    """500 digits of 14×14 from −1 to 1, and noise to begin from."""
    part = halved_mnist(500, 10, 10, seed)
    pictures = 2 * part.x_train.reshape(-1, 196) - 1
    start = np.random.default_rng(seed).standard_normal((10, 196)).astype(pictures.dtype)
    return {"pictures": pictures, "start": start, "levels": LEVELS}


def errors(result, run, part):
    """The energy distance to test or validation points by sampler and number of steps."""
    kept = result.kept(run["variant"], run["implementation"], run["seed"])[run["epochs"]]
    y = getattr(data(result.settings, run["seed"]), f"y_{part}")
    return {
        name: np.array([energy_distance(y, kept[f"{name} {steps}"]) for steps in STEPS])
        for name in SAMPLERS
    }


def side(variant, choose):
    """A claim's side: of a variant's energy distances the one that is chosen, by seed."""

    def value(result, run):
        return choose(*(errors(result, run, part) for part in ("validation", "test")))

    return lambda result: result.by_seed(lambda run: value(result, run), variant=variant)


def few_and_many(few, many):
    """A claim's experiment, metric and sides: the samples of DDPM in few and in many steps."""
    return (
        (f"DDPM in {few} and in {many} steps.", f"DDPMの{few}ステップと{many}ステップを比べる。"),
        (f"{few} steps less {many}", f"{few}ステップの値から{many}ステップの値を引く"),
        *(side(NOISE, lambda _, new, n=n: new["DDPM"][STEPS.index(n)]) for n in (few, many)),
    )


def at_its_best(variant):
    """With the sampler and the number of steps that validation points like best."""

    def best(seen, new):
        sampler = min(SAMPLERS, key=lambda name: seen[name].min())
        return new[sampler][seen[sampler].argmin()]

    return side(variant, best)


def field(kept):
    """The way of some samples, and lines towards where the network guesses the clean point."""
    ends = 0.7 * kept["grid"] + 0.3 * kept["guesses"]
    lines = np.concatenate([np.broadcast_to(kept["grid"], ends.shape), ends], axis=2)
    frames = [
        pd.DataFrame(rows, columns=["x", "y", "x2", "y2"][: rows.shape[1]]).assign(choice=level)
        for found in (kept["way"][:, :300], lines)
        for level, rows in zip(range(200, -1, -20), found)
    ]
    plane = (channel.scale(domain=[-3, 3]).title(None) for channel in (alt.X("x:Q"), alt.Y("y:Q")))
    base = alt.Chart().encode(*plane)
    arrows = base.transform_filter("isValid(datum.x2)")
    points = base.transform_filter("!isValid(datum.x2)")
    chart = alt.layer(
        points.mark_circle(size=20, opacity=0.8, color=palette.CATEGORIES[0], clip=True),
        arrows.mark_rule(color=palette.BASELINE_COLOR, clip=True).encode(x2="x2:Q", y2="y2:Q"),
        arrows.mark_circle(size=14, color=palette.BASELINE_COLOR, clip=True),
        data=pd.concat(frames),
    ).properties(width=420, height=420)
    return figures.slider(chart, LEVEL, start=100)


def draw(result):
    """Digits into noise and back, the field of the denoiser, samples and errors by steps."""
    found, kept = result.arrays("copies"), result.kept(NOISE)
    guesses = np.concatenate([found["guesses"], found["way"][-1:]])
    rows = {
        both("digits, noised: linear schedule", "数字にノイズを加える：線形"): found["linear"],
        both("digits, noised: cosine schedule", "数字にノイズを加える：コサイン"): found["cosine"],
        both("from noise (cosine): x", "ノイズからの生成（コサイン）：x"): found["way"],
        both("and the guess of the clean picture", "そのときの元の画像の推定"): guesses,
    }
    strip = {
        level: {n: np.clip((own[k] + 1) / 2, 0, 1).reshape(-1, 14, 14) for n, own in rows.items()}
        for k, level in reversed(list(enumerate(LEVELS)))
    }
    curves = {}
    for variant, japanese in JAPANESE.items():
        runs = result.runs(variant=variant, implementation="numpy")
        own = [errors(result, run, "test") for run in runs]
        curves[both(variant, japanese)] = {
            title: np.maximum([e[name] for e in own], 0.001) for name, title in SAMPLERS.items()
        }
    return [
        Figure(
            ("Into noise, and out of it", "ノイズへ、そしてノイズから"),
            figures.slider(figures.images(strip, panels=1), LEVEL, start=100),
            (
                "Move t down from 200: digits come out of pure noise. Here no network guesses, but "
                "the posterior mean of 500 digits, the best of all guesses: first about the mean "
                "of all, at last a copy of one. A network, less exact, fills in what lies between.",
                "tを200から下げると、純粋なノイズから数字が現れる。推定にはネットワークではなく、500枚の数字に"
                "ついて最良の推定である事後平均を使った。初めは全体の平均に近く、最後は500枚のどれかの複製になる。"
                "それほど正確でないネットワークは、学習した画像の間を補って新しい画像を作る。",
            ),
        ),
        Figure(
            ("Where the network leads", "ネットワークが示す方向"),
            field(kept[max(kept)]),
            (
                "Points from noise (200) to the spiral (0). Lines lead from the grid towards the "
                "network's guesses: in much noise to the middle, in little to the nearest arm.",
                "ノイズ（200）かららせん（0）へ動く点。線は、格子点（灰色の丸）から、ネットワークが推定した元の点"
                "に向かう。ノイズが大きいと中央へ、小さいと最も近い腕へ向かう。",
            ),
        ),
        Figure(
            ("How far samples are from the data", "生成した点とデータの隔たり"),
            figures.lines(
                figures.in_panels(curves, STEPS),
                x_title=("number of steps", "ステップ数"),
                y_title=("energy distance", "エネルギー距離"),
                log="xy",
            ),
            (
                "Energy distance: 2 E|x − y| − E|x − x′| − E|y − y′| of samples x and data y, 0 if "
                "alike. Least drawn: 0.001. Predicting clean points, more than 25 steps do harm.",
                "エネルギー距離は2E|x − y| − E|x − x′| − E|y − y′|（xは生成した点、yはデータ）。"
                "分布が同じなら0。0.001未満は0.001とした。元の点を予測する場合は、25ステップより増やすと悪化する。",
            ),
        ),
    ]


SETTING = (
    "Network 18-64-64-2, 2,000 steps of Adam, ε = 10⁻⁵, each at a rate settled on other seeds. ",
    "18-64-64-2のネットワーク、ε = 10⁻⁵のAdamで2,000ステップ。学習率はそれぞれ別のシードで決めた。",
)
BEST = (
    "Each with the sampler (DDPM, DDIM) and number of steps that validation points like best.",
    "サンプラー（DDPM、DDIM）とステップ数は、それぞれ検証データ1,000点で最良のものを選ぶ。",
)
HO = "Ho et al. 2020, Denoising diffusion probabilistic models"


def nearer(sentence, source, experiment, metric, larger, smaller, instead=None):
    """A claim that samples are nearer to the data on one side."""
    return Claim(
        sentence,
        source,
        (SETTING[0] + experiment[0], SETTING[1] + experiment[1]),
        (
            f"energy distance to test points, {metric[0]}; 0.005 matters, pure noise has 0.13",
            f"テストデータとのエネルギー距離。{metric[1]}（純粋なノイズで0.13、0.005以上を差とみなす）",
        ),
        lambda result: (larger(result), smaller(result)),
        margin=0.005,
        instead=instead,
    )


CLAIMS = (
    nearer(
        ("More steps give better samples.", "ステップ数が多いほど、よいサンプルが得られる。"),
        HO,
        *few_and_many(5, 50),
    ),
    nearer(
        (
            "Sampling needs as many steps as there were levels in training.",
            "生成には、学習に使ったレベルの数と同じだけのステップが必要である。",
        ),
        ("a common reading of Ho et al. 2020", "Ho et al. 2020のよくある解釈"),
        *few_and_many(25, 200),
        ("Steps may skip most of the levels.", "生成では、レベルの大半を飛ばしてよい。"),
    ),
    nearer(
        (
            "To predict the noise is better than to predict the clean data.",
            "ノイズを予測するほうが、元のデータを予測するより良い。",
        ),
        HO,
        BEST,
        ("clean less noise", "元の点を予測した値からノイズを予測した値を引く"),
        at_its_best(CLEAN),
        at_its_best(NOISE),
    ),
    nearer(
        (
            "The cosine schedule gives better samples than the linear one.",
            "コサインスケジュールのほうが、線形スケジュールより良いサンプルを生成する。",
        ),
        "Nichol & Dhariwal 2021, Improved denoising diffusion probabilistic models",
        BEST,
        ("linear less cosine", "線形の値からコサインの値を引く"),
        at_its_best(LINEAR),
        at_its_best(NOISE),
        (
            "In the plane, at the best number of steps, both are as good.",
            "平面上の点では、最良のステップ数を選べば差はない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Diffusion model", "拡散モデル"),
    chapter=chapters.GENERATION.section(5),
    summary=(
        "Data drown in noise, level by level, until nothing else is left. A network is shown noisy "
        "data and the level, and learns to tell the noise: ordinary regression. To sample, begin "
        "with pure noise, guess the clean data, go a part of the way there, and guess again.",
        "データに少しずつノイズを加え、最後は純粋なノイズにする。ネットワークは、ノイズの加わったデータとその"
        "レベルから、加えたノイズを予測する。これは通常の回帰である。生成するときは純粋なノイズから始め、"
        "元のデータを推定してはその方向へ少し進む、という操作を繰り返す。",
    ),
    introduces=(
        Introduced(
            "linear_schedule",
            r"\bar{\alpha}_t = \prod_{s \le t} (1 - \beta_s), \quad \beta_s = \frac{1}{T} \left( "
            r"\beta_{\min} + (\beta_{\max} - \beta_{\min}) \, \tau_s \right)",
            (
                "ᾱ is the share of the variance that is signal. Each of T levels keeps 1 − β of "
                "it. The time τ grows evenly with the level, from 0 to 0.98.",
                "ᾱは分散のうち信号が占める割合。T個の各レベルで1 − β倍になる。時刻τは、レベルに"
                "比例して0から0.98まで増える。",
            ),
            some_points,
        ),
        Introduced(
            "cosine_schedule",
            r"\bar{\alpha}_t = \frac{f(\tau_t)}{f(0)}, \quad f(\tau) = \cos^2 \left( "
            r"\frac{\pi}{2} \cdot \frac{\tau + 0.008}{1.008} \right)",
            ("Fewer levels are nearly all noise.", "ほぼノイズだけのレベルが線形より少ない。"),
            some_points,
        ),
        Introduced(
            "add_noise",
            r"q(x_t \mid x_0): \quad x_t = \sqrt{\bar{\alpha}_t} \, x_0 + \sqrt{1 - \bar{\alpha}_t}"
            r" \, \varepsilon, \quad \varepsilon \sim N(0, 1)",
            (
                "From the data x₀ to any level at once: all noise before adds up to one normal ε.",
                "正規分布に従うノイズの和も正規分布に従うので、データx₀から任意のレベルに1回で到達できる。",
            ),
            some_points,
        ),
        Introduced(
            "embed_time",
            r"e(t) = \left( \sin \frac{t}{s_k}, \; \cos \frac{t}{s_k} \right)_k, \quad "
            r"s_k = 1, \dots, 1000",
            ("The level as waves, an input beside x_t.", "レベルを波で表し、x_tと並べて入力する。"),
            some_points,
        ),
        Introduced(
            "denoise_step",
            r"x_{t'} = \sqrt{\bar{\alpha}'} \, \hat{x}_0 + \sqrt{1 - \bar{\alpha}' - \sigma^2} \, "
            r"\hat{\varepsilon} + \sigma z, \quad \sigma = \eta \sqrt{\frac{1 - \bar{\alpha}'}"
            r"{1 - \bar{\alpha}}} \sqrt{1 - \frac{\bar{\alpha}}{\bar{\alpha}'}}",
            (
                "To a level t′ of less noise (ᾱ′): the guess x̂₀ with less of the old noise ε̂, and "
                "z ~ N(0, 1), new noise. η = 1 is DDPM, η = 0 DDIM.",
                "ノイズの少ないレベルt′（ᾱ′）へ進む。推定した元のデータx̂₀に、減らした古いノイズε̂と"
                "新しいノイズz ~ N(0, 1)を加える。η = 1がDDPM、η = 0がDDIMである。",
            ),
            some_points,
        ),
        Introduced(
            "sample",
            r"x_T \sim N(0, 1), \quad x_{t'} = \mathrm{step}(x_t, \hat{x}_0(x_t, t), z), \quad "
            r"T > \dots > t > t' > \dots > 0",
            ("Down the levels, all or only a few.", "レベルを下る。途中を飛ばしてもよい。"),
            demonstration="copies",
            helpers=("posterior_mean",),
        ),
    ),
    equations=(
        (
            r"\hat{x}_0 = \frac{x_t - \sqrt{1 - \bar{\alpha}_t} \, \hat{\varepsilon}}"
            r"{\sqrt{\bar{\alpha}_t}}",
            ("who knows the noise knows the data", "ノイズがわかれば、元のデータもわかる"),
        ),
        (
            r"L = \mathbb{E} \left\| \hat{\varepsilon}(x_t, t) - \varepsilon \right\|^2, \quad "
            r"\| \hat{\varepsilon} - \varepsilon \|^2 = \frac{\bar{\alpha}_t}{1 - \bar{\alpha}_t} "
            r"\| \hat{x}_0 - x_0 \|^2",
            (
                "the loss: mean squared error of the noise; an error of x₀ weighs the more, the "
                "less noise there is",
                "損失はノイズの平均二乗誤差。x₀の誤差は、ノイズが小さいレベルほど重くなる",
            ),
        ),
    ),
    terms=(("diffusion model", "拡散モデル"), ("noise schedule", "ノイズスケジュール"), DISTANCE),
    demonstrations=(
        Demonstration("copies", digits, proven_with={"levels": (200, 150, 100, 50, 0)}),
    ),
    task=Task(
        data=data,
        presets={
            "default": Preset(5, 128, steps=400),
            "full": Preset(50, 256, 400, dict.fromkeys(JAPANESE, {"steps": 20_000})),
        },
        scores=(Score("distance", DISTANCE, energy_distance, "", False, 0.005),),
        variants={
            NOISE: {"schedule": "cosine", "predicts": "noise", "learning_rate": 2**-6},
            LINEAR: {"schedule": "linear", "predicts": "noise", "learning_rate": 2**-5},
            CLEAN: {"schedule": "cosine", "predicts": "clean", "learning_rate": 2**-6},
        },
        variants_ja=JAPANESE,
        train="train",
        predict="made",
        keep="looked_at",
        proven_steps=5,
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
