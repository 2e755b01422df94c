"""Initial weights: zeros, 0.01, Xavier's and He's; and deep networks begun so."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced, versus
from comparisons.harness.datasets import shrunk_mnist
from comparisons.harness.drawing import figures

UNITS, DRAWN = 100, 5
XAVIER, HE = (2 / (UNITS + UNITS)) ** 0.5, (2 / UNITS) ** 0.5
DEVIATIONS = {
    "0.01": 0.01,
    "0.05": 0.05,
    both("0.1 (Xavier)", "0.1（Xavier）"): XAVIER,
    both("0.141 (He)", "0.141（He）"): HE,
    "0.3": 0.3,
    "1": 1.0,
}
ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
STEPS, PIXELS = 100, 49


def chosen(hidden, *names):
    """The deviation for each layer of a network of `hidden` layers of 32, by name."""
    sizes = [PIXELS] + [32] * hidden + [10]
    rules = {
        "0": lambda inputs, units: 0.0,
        "Xavier": lambda inputs, units: (2 / (inputs + units)) ** 0.5,
        "He": lambda inputs, units: (2 / inputs) ** 0.5,
    }
    return {name: [rules[name](*pair) for pair in zip(sizes, sizes[1:])] for name in names}


DEEP_RATES, SHALLOW_RATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5), (0.3, 1.0, 3.0, 6.0, 10.0, 30.0)
CASES = {
    "shallow": ("sigmoid", chosen(1, "0", "Xavier"), SHALLOW_RATES),
    "tanh": ("tanh", chosen(10, "Xavier", "He"), DEEP_RATES),
    "relu": ("relu", chosen(10, "Xavier", "He"), DEEP_RATES),
}


def unit_inputs(seed):
    """Inputs of deviation 1."""
    x = np.random.default_rng(seed).normal(size=(500, UNITS)).astype("float32")
    return {
        "x": x,
        "deviations": [*DEVIATIONS.values()],
        "activations": [*ACTIVATIONS],
        "depth": 10,
    }


def small_images(seed):
    """MNIST of 7×7 pixels."""
    part = shrunk_mnist(1_000, 500, 1_000, seed)
    return {"x": part.x_train, "y": part.y_train, "new": part.new, "cases": CASES, "steps": STEPS}


def at_best_rate(case, weights):
    """Test accuracy at the rate that is best on the validation data."""
    place = list(CASES[case][1]).index(weights)

    def measure(arrays):
        best = arrays[f"{case}: validation"][place].argmax()
        return arrays[f"{case}: test"][place, best]

    return measure


def in_panels(result):
    """Answers by layer in a row for each activation; what lies beyond 2 stands at 2."""
    found, choices = result.arrays("by_layer"), {}
    for place, deviation in enumerate(DEVIATIONS):
        choices[deviation] = {
            both(f"{name}, layer {layer + 1}", f"{name}、第{layer + 1}層"): np.minimum(
                found[key][place, layer], 2
            )
            for key, name in ACTIVATIONS.items()
            for layer in range(DRAWN)
        }
    return choices


def spread(result):
    """The answers' deviation by layer, for each activation to choose."""
    found = result.arrays("by_layer")
    return {
        name: dict(zip(DEVIATIONS, found[f"{key}: deviation"])) for key, name in ACTIVATIONS.items()
    }


def draw(result):
    """The outputs by layer: histograms, and their deviation."""
    return [
        Figure(
            ("What the layers answer before training", "学習前の各層の出力の分布"),
            figures.slider(
                figures.histograms(in_panels(result), x_title=("output", "出力")),
                ("deviation of the weights", "重みの標準偏差"),
            ),
            (
                "Five layers of 100 units; inputs are normal with deviation 1. At 1, sigmoid and "
                "tanh sit at their ends, where they are flat and pass no gradient back. At 0.01 "
                "all units of a layer answer nearly the same: sigmoid 0.5, the others 0. Around "
                "Xavier's value tanh's answers stay spread out, around He's ReLU's do. Sigmoid's "
                "at 0.3 differ from unit to unit, but each unit answers nearly the same to every "
                "input. (ReLU's last bar holds all beyond 2.)",
                "100ユニットの層を5つ重ね、標準偏差1の正規乱数を入力した。標準偏差1では、シグモイドとtanhの"
                "出力は両端に偏る。そこでは傾きがほぼ0なので、勾配が伝わらない。0.01では、層の全ユニットが"
                "ほぼ同じ値（シグモイドは0.5、ほかは0）を出力する。Xavierの値の近くではtanhの、Heの値の"
                "近くではReLUの出力がほどよく広がる。0.3でのシグモイドの出力の広がりはユニットごとの違いで、"
                "各ユニットはどの入力に対してもほぼ同じ値を出力する。（ReLUの右端の棒は2以上をまとめたもの。）",
            ),
        ),
        Figure(
            ("The outputs' deviation by layer", "層ごとの出力の標準偏差"),
            figures.selection(
                figures.lines(
                    spread(result),
                    x_title=("layer", "層"),
                    y_title=("standard deviation of the outputs", "出力の標準偏差"),
                    log="y",
                ),
                ("activation", "活性化関数"),
                start="tanh",
            ),
            (
                "With ReLU each layer multiplies the deviation by about the same factor: 1 from "
                "He's weights, 0.7 from Xavier's, which is 0.03 ten times over. With tanh small "
                "weights shrink it in the same way; with large ones outputs stop at the ends, ±1.",
                "ReLUでは、標準偏差は層を通るたびにほぼ同じ比率で変わる。その比率はHeの初期値で約1、"
                "Xavierの初期値で約0.7であり、10層では0.03倍になる。tanhでも、重みが小さければ同じように"
                "縮むが、大きければ出力が±1で頭打ちになる。",
            ),
        ),
    ]


def row(name, equation, english, japanese, helpers=(), **options):
    """An initializer's row."""
    arguments = {"shape": (30, 20), **options}
    return Introduced(name, equation, (english, japanese), lambda seed: arguments, helpers=helpers)


INTRODUCES = (
    row(
        "zeros",
        r"w = 0",
        "Right for biases. As weights: all units of a layer answer the same, get the same "
        "gradient, and stay the same.",
        "バイアスにはこれでよい。重みを0にすると、層の全ユニットが同じ値を出力し、同じ勾配を受け取り、"
        "いつまでも同じままである。",
    ),
    row(
        "one_deviation",
        r"w \sim N(0, \sigma^2)",
        "One standard deviation for all layers, such as 0.01, however many inputs a unit has.",
        "入力の数によらず、すべての層で同じ標準偏差（0.01など）を使う。",
        stddev=0.01,
    ),
    row(
        "xavier_uniform",
        r"w \sim U(-a, a), \quad a = \sqrt{\frac{6}{n_{in} + n_{out}}}",
        "Keras's default for kernels. A sum of n inputs has n times the variance of one, so "
        "variance 1/n keeps it. Forward n is the number of inputs, backward that of outputs; "
        "Xavier takes the mean of both.",
        "Kerasの既定の初期値。n個の入力の和の分散はn倍になるので、重みの分散を1/nにすれば保たれる。"
        "nは、順伝播では入力の数、逆伝播では出力の数である。Xavierは両者の平均をとる。",
    ),
    row(
        "xavier_normal",
        r"w \sim N_{cut}(0, \sigma^2), \quad \sigma = \sqrt{\frac{2}{n_{in} + n_{out}}}",
        "Normal draws of the same deviation. Keras draws again what is beyond two deviations, and "
        "widens the rest to σ.",
        "同じ標準偏差の正規乱数。Kerasは、標準偏差の2倍を超えた値を引き直し（切断正規分布）、全体を広げて"
        "標準偏差をσに合わせる。",
        helpers=("cut_normal",),
    ),
    row(
        "he_uniform",
        r"w \sim U(-a, a), \quad a = \sqrt{\frac{6}{n_{in}}}",
        "For ReLU, which sets half of the sums to 0: twice the variance makes up for it.",
        "ReLUのための初期値。ReLUは和の半分を0にするので、分散を2倍にして補う。",
    ),
    row(
        "he_normal",
        r"w \sim N_{cut}(0, \sigma^2), \quad \sigma = \sqrt{\frac{2}{n_{in}}}",
        "Normal draws of the same deviation, cut as Xavier's are.",
        "同じ標準偏差の切断正規分布。",
        helpers=("cut_normal",),
    ),
)
DEEP = (
    f"1,000 MNIST images of 7×7 pixels, ten hidden layers of 32, {STEPS} steps of SGD. Each side "
    "at that of six learning rates which is best on validation data. ",
    f"7×7画素に縮めたMNISTの画像1,000枚、32ユニットの隠れ層10個、SGDで{STEPS}ステップ。"
    "6通りの学習率のうち、検証データで最も良いものをそれぞれに使う。",
)
BOOK = "Saito, Deep Learning from Scratch"


def on_accuracy(claim, source, experiment, case, larger, smaller, margin, instead=None):
    """A claim on the test accuracy from one kind of initial weights and from another."""
    metric = (
        f"test accuracy, {larger} less {smaller}",
        f"テストデータの正解率。{larger}の値から{smaller}の値を引く",
    )
    measure = versus("sweep", *(at_best_rate(case, weights) for weights in (larger, smaller)))
    return Claim(claim, source, experiment, metric, measure, "%", margin, instead)


CLAIMS = (
    on_accuracy(
        (
            "Weights that begin at zero never break symmetry, and the network hardly learns.",
            "重みの初期値を0にすると対称性が崩れず、ネットワークの学習はほとんど進まない。",
        ),
        f"{BOOK}, 6.2.1",
        (
            "A hidden layer of 32 with sigmoid (with tanh or ReLU all gradients but a bias's would "
            f"be 0), {STEPS} steps on 1,000 images of 7×7 pixels; zeros against Xavier's, each at "
            "the best of six learning rates.",
            "シグモイドの隠れ層1つ（32ユニット。tanhやReLUでは出力層のバイアス以外の勾配がすべて0になる）。"
            f"7×7画素の画像1,000枚で{STEPS}ステップ。0とXavierの初期値を、それぞれ6通りのうち最良の"
            "学習率で比べる。",
        ),
        "shallow",
        "Xavier",
        "0",
        0.1,
    ),
    Claim(
        (
            "With Xavier's weights the outputs of tanh keep their standard deviation through all "
            "layers.",
            "Xavierの初期値を使えば、tanhの出力の標準偏差はどの層でも保たれる。",
        ),
        f"Glorot & Bengio 2010; {BOOK}, 6.2.2",
        (
            "Ten layers of 100 units with tanh, 500 normal inputs. Kept means: the last layer has "
            "at least 80 % of the first one's deviation.",
            "tanhの層10個（各100ユニット）、正規乱数の入力500個。最後の層の標準偏差が最初の層の80%以上"
            "なら、保たれたとみなす。",
        ),
        (
            "deviation of the last layer's outputs over the first one's, less 1",
            "最後の層と最初の層の出力の標準偏差の比から1を引いた値",
        ),
        versus(
            "by_layer",
            lambda a: a["tanh: deviation"][2, -1] / a["tanh: deviation"][2, 0],
            lambda a: 1.0,
        ),
        unit="%",
        margin=-0.2,
        instead=(
            "It shrinks, if slowly: tanh's slope is 1 only at 0, so every layer flattens it a bit.",
            "少しずつ縮む。tanhの傾きが1なのは0の点だけなので、層ごとにわずかに押しつぶされる。",
        ),
    ),
    on_accuracy(
        ("Xavier's weights suit tanh better.", "tanhにはXavierの初期値のほうが適している。"),
        f"{BOOK}, 6.2.2",
        (f"{DEEP[0]}tanh, Xavier's against He's.", f"{DEEP[1]}tanhで、XavierとHeを比べる。"),
        "tanh",
        "Xavier",
        "He",
        0.01,
        (
            "He's do no worse: every tanh shrinks its outputs a little, and larger weights make up "
            "for that.",
            "Heの初期値でも劣らない。tanhは層ごとに出力を少し縮めるが、大きめの重みがそれを補う。",
        ),
    ),
    on_accuracy(
        ("He's weights suit ReLU better.", "ReLUにはHeの初期値のほうが適している。"),
        f"He et al. 2015; {BOOK}, 6.2.3",
        (f"{DEEP[0]}ReLU, He's against Xavier's.", f"{DEEP[1]}ReLUで、HeとXavierを比べる。"),
        "relu",
        "He",
        "Xavier",
        0.01,
    ),
)

CONCEPT = Concept(
    title=("Initial weights: zeros, Xavier, He", "重みの初期値：0、Xavier、He"),
    chapter=chapters.TECHNIQUES.section(3),
    summary=(
        "Learning has to begin somewhere. Weights must differ, or all units of a layer stay alike; "
        "and they must have the right size, or outputs and gradients fade or blow up from layer "
        "to layer. Xavier and He choose the size by the number of inputs and outputs. (Other "
        "initial weights are also one reason why one's own network and Keras differ; the page on "
        "backpropagation compares the reasons.)",
        "学習には出発点が要る。重みが互いに異ならなければ、層の全ユニットは1つのユニットと変わらない。"
        "大きさも適切でなければ、出力と勾配は層を経るごとに消えるか発散する。XavierとHeの初期値は、"
        "入力と出力の数から大きさを決める。（初期値の違いは、自作のネットワークの結果がKerasと一致しない"
        "原因の1つでもある。ほかの原因とともに、誤差逆伝播法のページで比べる。）",
    ),
    introduces=INTRODUCES,
    terms=(
        ("initial weights", "重みの初期値"),
        ("Xavier (Glorot) initial weights", "Xavierの初期値", "initializers.GlorotNormal"),
        ("He initial weights", "Heの初期値", "initializers.HeNormal"),
        ("normal initial weights", "正規分布の初期値", "initializers.RandomNormal"),
        ("symmetry", "対称性"),
    ),
    demonstrations=(
        Demonstration("by_layer", unit_inputs, seeds=5),
        Demonstration(
            "sweep",
            small_images,
            seeds=10,
            measured=tuple(f"{case}: {part}" for case in CASES for part in ("validation", "test")),
            proven_with={"steps": 3},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
