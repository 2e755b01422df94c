"""A variational autoencoder on MNIST: the plane of its codes, and digits that nobody wrote."""

import functools

import altair as alt
import numpy as np
import pandas as pd
from sklearn.neural_network import MLPClassifier

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import mnist_subset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

VAE, WITHOUT = "with the KL term", "without the KL term"
FITTED = both(f"{WITHOUT}, its own codes' distribution", "KL項なし、自身の潜在変数の分布")
NATS = {"unit": "nats", "larger_is_better": False, "margin": 2.0}


def data(settings, seed):
    """MNIST as flat vectors; the labels are for figures alone."""
    return mnist_subset(None if settings.preset == "full" else 5_000, 500, 1_000, seed, flat=True)


def arguments(seed):
    """Codes of 3 numbers and images of 5 pixels, for 4 rows."""
    generator = np.random.default_rng(seed)
    mean, log_var, eps = generator.standard_normal((3, 4, 3))
    logits, x = generator.standard_normal((4, 5)), generator.random((4, 5))
    found = {"mean": mean, "log_var": log_var, "eps": eps, "logits": logits, "x": x}
    return {**found, "kl_weight": 0.5}


@functools.cache
def digits():
    """10,000 images of MNIST to train the classifier with, and 1,000 others."""
    return mnist_subset(10_000, 1_000, 1_000, flat=True)


@functools.cache
def classifier():
    """A network that reads digits."""
    network = MLPClassifier(100, random_state=0)
    for _ in range(10):
        network.partial_fit(digits().x_train, digits().y_train, classes=range(10))
    return network


def classifier_score(images):
    """exp of the mean divergence of p(digit | image) from p(digit), from 1 to 10."""
    p = np.maximum(classifier().predict_proba(images), 1e-12)
    return float(np.exp((p * np.log(p / p.mean(axis=0))).sum(axis=1).mean()))


def grey(images):
    """The share of pixels that are neither paper nor ink."""
    return float(np.mean((images > 0.1) & (images < 0.9)))


def of_samples(result, variant, measure, codes="samples"):
    """`measure` of the images drawn from the prior, or `"fitted"`, by seed, the columns' mean."""

    def value(run):
        kept = result.kept(variant, run["implementation"], run["seed"])
        return measure(kept[max(kept)][codes].reshape(-1, 784) / np.float32(255))

    return result.by_seed(value, variant=variant)


def against_half_way(result):
    """The score of digits from the prior, and what lies half way from single pixels to MNIST."""
    found, draws = of_samples(result, VAE, classifier_score), np.random.default_rng(0)
    share, real = digits().x_train.mean(axis=0), classifier_score(digits().x_test[:500])
    pixels = [classifier_score(draws.random((500, 784)) < share) for _ in found]
    return found, [(score + real) / 2 for score in pixels]


def against_real(result):
    """The share of grey pixels, in digits from the prior and in MNIST's."""
    found = of_samples(result, VAE, grey)
    return found, [grey(digits().x_test[part :: len(found)]) for part in range(len(found))]


def pictures(result):
    """The plane as it unfolds, digits from the prior, and where the test images lie."""
    kept = {VAE: result.kept(VAE), WITHOUT: result.kept(WITHOUT)}
    names = {VAE: both("with the KL term", "KL項あり"), WITHOUT: both(WITHOUT, "KL項なし")}
    last = {variant: found[max(found)] for variant, found in kept.items()}
    plane = {epoch: {"": found["plane"] / 255} for epoch, found in kept[VAE].items()}
    codes = pd.DataFrame(last[VAE]["codes"], columns=["x", "y"]).assign(digit=last[VAE]["digits"])
    drawn = {names[variant]: found["samples"] for variant, found in last.items()}
    drawn[FITTED] = last[WITHOUT]["fitted"]
    where = (
        alt.Chart(codes)
        .mark_text(fontSize=10)
        .encode(
            x=alt.X("x:Q").title(both("first number of the code", "潜在変数の第1成分")),
            y=alt.Y("y:Q").title(both("second number", "第2成分")),
            text="digit:N",
            color=alt.Color("digit:N").scale(scheme="tableau10").legend(None),
        )
        .properties(width=420, height=420)
    )
    return [
        Figure(
            ("The plane of codes, decoded", "潜在変数の平面をデコードした画像"),
            figures.slider(
                figures.images(plane, columns=15, size=28), ("epoch", "エポック"), max(plane)
            ),
            (
                "Both numbers of the code from −2 to 2: neighbours on the plane are alike.",
                "潜在変数の2成分をそれぞれ−2から2まで動かした。平面上で近い点どうしは似た画像に"
                "なる。",
            ),
        ),
        Figure(
            ("Digits drawn from a normal distribution", "正規分布から生成した数字"),
            figures.images({name: found[:60] / 255 for name, found in drawn.items()}, size=28),
            (
                "Each from a code drawn from N(0, 1), last from the normal distribution with the "
                "mean and covariance of the training images' codes. None of them is in MNIST.",
                "標準正規分布からサンプリングした潜在変数をデコードしたもの。最後は、訓練データの潜在変数と"
                "同じ平均と共分散をもつ正規分布を使った。どれもMNISTにはない画像である。",
            ),
        ),
        Figure(
            ("Where the test images lie", "テスト画像の位置"),
            where,
            (
                "Each digit stands at the mean that the encoder gives for such an image. It never "
                "saw a label.",
                "各テスト画像について、エンコーダが出力した平均の位置にその数字を記した。"
                "エンコーダの学習にラベルは使っていない。",
            ),
        ),
    ]


SETTING = (
    "5,000 MNIST images, codes of 2 numbers, hidden layers of 128, Adam with learning rate 0.005, "
    "1,000 steps; 500 images from codes drawn from ",
    "MNISTの画像5,000枚、潜在変数は2次元、隠れ層のユニット数128、学習率0.005のAdam、"
    "1,000ステップ。",
)
PRIOR = (
    f"{SETTING[0]}N(0, 1). ",
    f"{SETTING[1]}標準正規分布からサンプリングした潜在変数から500枚の画像を生成する。",
)
SCORE = (
    "classifier score (inception score), from 1 to 10: high where a network trained on MNIST is "
    "sure of each image and all digits occur; ",
    "分類器によるスコア（インセプションスコア、1から10）。MNISTで学習した分類器がどの画像にも確信を"
    "もち、すべての数字が現れるとき高くなる。",
)
CLAIMS = (
    Claim(
        claim=(
            "Samples from the prior look like digits.",
            "事前分布から生成した画像は数字に見える。",
        ),
        source="Kingma & Welling 2013, figure 5",
        experiment=(
            PRIOR[0] + "They count as like digits if their score is nearer to that of 500 test "
            "images of MNIST than to that of images whose pixels are drawn one by one, each as "
            "often white as in MNIST.",
            PRIOR[1]
            + "スコアが、MNISTと同じ割合で白になるように画素を1つずつ独立に生成した画像よりも、"
            "MNISTのテスト画像500枚のほうに近ければ、数字に見えるとみなす。",
        ),
        metric=(
            SCORE[0] + "samples less what lies half way between the two",
            SCORE[1] + "生成画像の値から、両者の中間の値を引く",
        ),
        measure=against_half_way,
        instead=(
            "Some do, most not quite: with codes of two numbers samples are blurred, many lie "
            "between two digits (first figure), and the classifier is unsure of them. Images of "
            "single pixels score lower still.",
            "数字に見えるものもあるが、多くはそうでもない。潜在変数が2次元では、画像がぼやけ、2つの数字の"
            "中間に見えるものも多いので（1つ目の図）、分類器は確信をもてない。それでもスコアは、画素を独立に"
            "生成した画像よりは高い。",
        ),
    ),
    Claim(
        claim=(
            "Without the KL term samples from the prior look less like digits.",
            "KL項がなければ、事前分布から生成した画像は数字に見えにくくなる。",
        ),
        source="Kingma & Welling 2019, An introduction to variational autoencoders",
        experiment=(
            PRIOR[0] + "The same with the KL term's weight at 0.",
            PRIOR[1] + "KL項の重みを0にしたものと比べる。",
        ),
        metric=(SCORE[0] + "with less without", SCORE[1] + "KL項ありの値からなしの値を引く"),
        measure=lambda result: tuple(
            of_samples(result, variant, classifier_score) for variant in (VAE, WITHOUT)
        ),
        margin=0.5,
    ),
    Claim(
        claim=(
            "A plain autoencoder, without the KL term, is no generator.",
            "KL項のない通常のオートエンコーダでは、画像を生成できない。",
        ),
        source=(
            "a common account of why the KL term is needed",
            "KL項が必要な理由の一般的な説明",
        ),
        experiment=(
            f"{SETTING[0]}the normal distribution with the mean and covariance of the training "
            "images' codes, which suits both sides better than N(0, 1).",
            f"{SETTING[1]}訓練データの潜在変数と同じ平均と共分散をもつ正規分布（KL項の有無によらず、"
            "標準正規分布より良い）から潜在変数をサンプリングし、500枚の画像を生成する。",
        ),
        metric=(SCORE[0] + "with less without", SCORE[1] + "KL項ありの値からなしの値を引く"),
        measure=lambda result: tuple(
            of_samples(result, variant, classifier_score, "fitted") for variant in (VAE, WITHOUT)
        ),
        margin=0.5,
        instead=(
            "It lacks only the knowledge of where its codes lie. Drawn from their own normal "
            "distribution they give digits about as good (compare Ghosh et al. 2020, From "
            "variational to deterministic autoencoders). What the KL term brings is a "
            "distribution that is known beforehand.",
            "足りないのは、潜在変数がどこに分布するかという知識だけである。自身の潜在変数に合わせた正規分布から"
            "サンプリングすれば、同程度の数字を生成できる（Ghosh et al. 2020, From variational to "
            "deterministic autoencodersも参照）。KL項の利点は、分布があらかじめわかることにある。",
        ),
    ),
    Claim(
        claim=("Samples are blurrier than real digits.", "生成画像は本物の画像よりぼやけている。"),
        source="Larsen et al. 2015, Autoencoding beyond pixels using a learned similarity metric",
        experiment=(
            PRIOR[0] + "Against MNIST's test images.",
            PRIOR[1] + "MNISTのテスト画像と比べる。",
        ),
        metric=(
            "share of grey pixels (0.1 to 0.9), samples less real ones",
            "灰色の画素（0.1から0.9）の割合。生成画像の値から本物の画像の値を引く",
        ),
        measure=against_real,
        unit="%",
        margin=0.05,
    ),
)

CONCEPT = Concept(
    title=("Variational autoencoder", "変分オートエンコーダ（VAE）"),
    chapter=chapters.GENERATION.section(2),
    summary=(
        "An encoder turns an image into a normal distribution of short codes; a decoder turns a "
        "code drawn from it back into an image. The loss counts how badly the pixels come back, "
        "and how far the distribution is from N(0, 1). So every code near zero means something, "
        "and one drawn at random becomes a digit that nobody wrote.",
        "エンコーダは画像を潜在変数の正規分布に変え、デコーダはそこからサンプリングした潜在変数を"
        "画像に戻す。損失は、画素の復元誤差と、その分布が標準正規分布からどれだけ離れているかを"
        "表す値との和である。そのため原点のまわりのどの潜在変数にも意味があり、"
        "ランダムに選んだ潜在変数から、誰も書いたことのない数字が生まれる。",
    ),
    introduces=(
        Introduced(
            "reparameterize",
            r"z = \mu + \sigma \varepsilon, \quad \varepsilon \sim N(0, 1); \quad "
            r"\frac{\partial z}{\partial \mu} = 1, \quad "
            r"\frac{\partial z}{\partial \log \sigma^2} = \frac{\sigma \varepsilon}{2}",
            (
                "A code z drawn from N(μ, σ²), which the encoder gives. All chance is in ε, which "
                "no weight changes. So z has a gradient in μ and log σ², and backpropagation goes "
                "through the draw.",
                "エンコーダが出力するN(μ, σ²)から潜在変数zをサンプリングする。乱数は重みによらない"
                "εだけである。そのためzはμとlog σ²で微分でき、サンプリングを越えてエンコーダまで"
                "誤差逆伝播法を適用できる。",
            ),
            arguments,
            inputs=3,
        ),
        Introduced(
            "gaussian_kl",
            r"D_{KL} = \frac{1}{2} \sum_j "
            r"\left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right), \quad "
            r"\frac{\partial D_{KL}}{\partial \mu} = \mu, \quad "
            r"\frac{\partial D_{KL}}{\partial \log \sigma^2} = \frac{\sigma^2 - 1}{2}",
            (
                "How far an image's distribution of codes is from N(0, 1), in nats: 0 only for "
                "μ = 0 and σ = 1.",
                "画像の潜在変数の分布と標準正規分布とのKLダイバージェンス（単位はナット）。0になるのは"
                "μ = 0、σ = 1のときだけである。",
            ),
            arguments,
            inputs=2,
        ),
        Introduced(
            "negative_elbo",
            r"L = \sum_i \left( \log (1 + e^{a_i}) - x_i a_i \right) + \beta D_{KL}, \quad "
            r"\frac{\partial L}{\partial a} = \mathrm{sigmoid}(a) - x",
            (
                "The cross-entropy of each pixel x with the decoder's logit a, and the KL term. "
                "With β = 1 it is the evidence lower bound of log p(x), sign turned.",
                "各画素xとデコーダが出すロジットaとの交差エントロピー誤差に、KL項を加える。"
                "β = 1なら、log p(x)の変分下界（ELBO）の符号を変えたものである。",
            ),
            arguments,
            inputs=4,
            helpers=("gaussian_kl", "gaussian_kl_backward"),
        ),
    ),
    equations=(
        (
            r"\log p(x) \ge \mathbb{E}_{q(z|x)} \left[ \log p(x|z) \right] - "
            r"D_{KL} \left( q(z|x) \, \| \, p(z) \right)",
            (
                "the evidence lower bound (ELBO): q(z|x) is what the encoder gives, p(x|z) what "
                "the decoder gives, p(z) the prior N(0, 1)",
                "変分下界（ELBO）。q(z|x)はエンコーダが、p(x|z)はデコーダが出力する分布、"
                "p(z)は事前分布N(0, 1)",
            ),
        ),
    ),
    terms=(
        ("encoder, decoder", "エンコーダ、デコーダ"),
        ("latent variable, code", "潜在変数"),
        ("prior", "事前分布"),
        ("reparameterisation trick", "再パラメータ化トリック"),
        ("evidence lower bound (ELBO)", "変分下界（ELBO）"),
        ("Kullback-Leibler divergence", "KLダイバージェンス", "losses.KLDivergence"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(20, 100), "full": Preset(40, 100)},
        scores=(
            Score(
                "loss",
                ("loss (−ELBO where the KL term counts)", "損失（KL項ありなら−ELBO）"),
                lambda y, nats: nats[:, 0].mean(),
                **NATS,
            ),
            Score("code", ("its KL term", "KL項"), lambda y, nats: nats[:, 1].mean(), **NATS),
        ),
        variants={VAE: {"kl_weight": 1.0}, WITHOUT: {"kl_weight": 0.0}},
        variants_ja={VAE: "KL項あり", WITHOUT: "KL項なし"},
        train="train",
        predict="costs",
        keep="pictures",
        keep_at=(0.0, 0.1, 0.3, 1.0),
        seeds=5,
    ),
    claims=CLAIMS,
    figures=pictures,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
