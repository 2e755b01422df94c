"""The recurrent network: a state through time, gradients back through it, and their clipping."""

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
    trained_with,
)
from comparisons.harness.datasets import marked_symbols
from comparisons.harness.drawing import figures

GAPS, SYMBOLS, UNITS, STEPS, BATCH, KEPT = (2, 4, 8, 16), 4, 16, 400, 32, 3
RATES = (0.003, 0.01, 0.03, 0.1)
CLIPPED_GAP, CLIPPED_STEPS, LIMIT = 8, 600, 1.0
SGD_RATES = (0.03, 0.1, 0.2, 0.3, 0.5, 1.0)
SCALES, LENGTH, BACK = (0.5, 0.8, 1.0, 1.5, 2.0), 25, 20
PARTS = ("loss", "validation", "test")


def some_arrays(seed):
    """Five steps of three numbers, four units."""
    draw = np.random.default_rng(seed).normal
    shapes = {"x": (2, 5, 3), "kernel": (3, 4), "recurrent_kernel": (4, 4), "bias": (4,)}
    return {name: draw(size=shape) for name, shape in shapes.items()}


def one_step(seed):
    """The same for one step, from a state of its own."""
    found = some_arrays(seed)
    h = np.random.default_rng(seed + 1).normal(size=(2, 4))
    return {"x": found.pop("x")[:, 0], "h": h, **found}


def some_gradients(seed):
    """Two gradients, and limits above and below their length."""
    draw = np.random.default_rng(seed).normal
    return {"gradients": [draw(size=(3, 4)), draw(size=4)], "limits": (0.5, 2.0, 100.0)}


def initial_weights(seed, units=UNITS, gates=1, inputs=SYMBOLS + 1):
    """Keras's initial weights of a recurrent layer, side by side for its gates, and of a Dense."""
    draw = np.random.default_rng(seed)

    def glorot(*shape):
        return draw.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))

    weights = {
        "kernel": glorot(inputs, gates * units),
        "recurrent_kernel": np.linalg.qr(draw.normal(size=(gates * units, units)))[0].T,
        "bias": np.zeros(gates * units),
        "output_kernel": glorot(units, SYMBOLS),
        "output_bias": np.zeros(SYMBOLS),
    }
    return {name: w.astype("float32") for name, w in weights.items()}


def parts(gap, steps, seed):
    """A batch for each step, and sequences to validate and test."""
    part = marked_symbols(gap, steps * BATCH, 500, 500, seed, SYMBOLS)
    return {"train": (part.x_train, part.y_train), **part.new}


def long_sequences(seed):
    """Sequences whose loss at the end is followed back to their beginning."""
    x, y = parts(LENGTH - 1, 1, seed)["train"]
    return {"x": x, "y": y, "scales": SCALES, **initial_weights(seed)}


def by_gap(seed):
    """The task at each gap, and a recurrent layer's initial weights."""
    return {
        "parts": {gap: parts(gap, STEPS, seed) for gap in GAPS},
        "rates": RATES,
        "batch_size": BATCH,
        "kept": KEPT,
        **initial_weights(seed),
    }


def for_clipping(seed):
    """The task at one gap, for SGD."""
    return {
        "parts": parts(CLIPPED_GAP, CLIPPED_STEPS, seed),
        "rates": SGD_RATES,
        "batch_size": BATCH,
        "limit": LIMIT,
        "kept": KEPT,
        **initial_weights(seed),
    }


def at_best_rate(name):
    """Test accuracy at the rate that is best on the validation sequences."""
    return lambda arrays: float(arrays[f"{name}: test"][arrays[f"{name}: validation"].argmax()])


def accuracy_by_gap(result):
    """Test accuracy at the best rate, (seeds, gaps)."""
    own = [result.of_numpy("remember", at_best_rate(f"gap {gap}")) for gap in GAPS]
    return np.transpose(own)


def losses_by_gap(result):
    """Losses in training by rate, each the mean of ten steps, of the first seed; by gap."""
    arrays, tables = result.arrays("remember"), []
    for gap in GAPS:
        for rate, losses in zip(RATES, arrays[f"gap {gap}: loss"].T):
            shown = {"y": losses.reshape(-1, 10).mean(axis=1), "series": str(rate), "choice": gap}
            tables.append(pd.DataFrame(shown).assign(x=np.arange(10, STEPS + 1, 10)))
    return pd.concat(tables)


def draw(result):
    """The gradient through time, what is remembered, and clipping by rate."""
    back = np.arange(LENGTH)
    rate, accuracy = ("learning rate", "学習率"), ("test accuracy", "テストデータの正解率")
    gradients = {
        scale: {
            both("gradient by the input", "入力についての勾配"): np.array(
                result.of_numpy(
                    "gradient_through_time", lambda a, s=scale: np.log10(a[f"scale {s}"][::-1])
                )
            )
        }
        for scale in SCALES
    }
    names = {"clipped": both("clipped", "クリッピングあり"), "plain": both("plain", "なし")}
    return [
        Figure(
            ("The gradient on its way back", "時間をさかのぼる勾配"),
            figures.slider(
                figures.lines(
                    gradients,
                    back,
                    x_title=("steps before the end", "末尾から何ステップ前か"),
                    y_title=("log₁₀ of the gradient's length", "勾配の大きさの常用対数"),
                    y_domain=(-10, 2),
                ),
                ("recurrent kernel multiplied by", "再帰の重みを何倍にするか"),
                start=1.0,
            ),
            (
                "A network before training; the loss is at the last step. Each step back "
                "multiplies the gradient by U and by the slope of tanh: a straight line downwards "
                "is a gradient that vanishes exponentially. Enlarge U, and it grows instead. "
                "Thin: the single seeds.",
                "学習前のネットワーク。損失は最後のステップだけにある。1ステップさかのぼるたびに、勾配には"
                "Uとtanhの傾きが掛かる。対数が直線的に下がるのは、勾配が指数的に消えていくことを示す。"
                "Uを大きくすると、逆に勾配は大きくなっていく。細い線は個々のシード。",
            ),
        ),
        Figure(
            ("What it remembers", "どこまで覚えていられるか"),
            figures.lines(
                {both("simple recurrent network", "単純なRNN"): accuracy_by_gap(result)},
                GAPS,
                x_title=("longest gap", "最長の間隔"),
                y_title=accuracy,
                unit="%",
                log="x",
                y_domain=(0.2, 1.0),
            ),
            (
                "Trained anew for each gap, each at its own best learning rate. Guessing: 25 %.",
                "間隔ごとに学習し直し、学習率もそれぞれ最良のものを選んだ。当て推量なら25%である。",
            ),
        ),
        Figure(
            ("Learning, gap by gap", "間隔ごとの学習の様子"),
            figures.slider(
                figures.lines(
                    losses_by_gap(result),
                    x_title=("step", "ステップ"),
                    y_title=("loss", "損失"),
                    y_domain=(0, 2),
                ),
                ("longest gap", "最長の間隔"),
            ),
            (
                "One seed, by learning rate. log 4 = 1.39 is the loss of guessing: over long gaps "
                "no rate gets far below it.",
                "1つのシードでの損失を学習率ごとに示す。当て推量の損失はlog 4 = 1.39である。間隔が"
                "長いと、どの学習率でもそこから大きくは下がらない。",
            ),
        ),
        Figure(
            ("Clipping, rate by rate", "学習率とクリッピング"),
            figures.lines(
                {
                    title: np.array(result.of_numpy("clipping", lambda a, n=n: a[f"{n}: test"]))
                    for n, title in names.items()
                },
                SGD_RATES,
                x_title=rate,
                y_title=accuracy,
                unit="%",
                log="x",
                y_domain=(0.2, 1.0),
            ),
            (
                f"SGD, gaps up to {CLIPPED_GAP}. At small rates clipping changes little; it "
                "makes larger ones usable.",
                f"SGD、間隔は{CLIPPED_GAP}まで。学習率が小さいうちは、クリッピングの有無でほとんど差がない。"
                "大きい学習率が使えるのは、クリッピングのおかげである。",
            ),
        ),
    ]


TASK = (
    f"A sequence of symbols, each one of {SYMBOLS}; one place, anywhere, is marked, and at the end "
    "the network says which symbol stood there. ",
    f"{SYMBOLS}種類の記号からなる系列で、どこか1か所に印が付く。系列の最後に、印の付いた記号がどれ"
    "だったかを答える。",
)
TRAINING = (
    f"{UNITS} units, Adam with gradients clipped to length 1, {STEPS} steps of {BATCH} new "
    f"sequences, the best of the learning rates {', '.join(map(str, RATES))} on validation data.",
    f"ユニット数{UNITS}。勾配の大きさを1にクリッピングしたAdamで、毎回新しい系列{BATCH}本を使い"
    f"{STEPS}ステップ学習する。学習率は{len(RATES)}通りから、検証データで最良のものを選ぶ。",
)
CLAIMS = (
    Claim(
        (
            "The gradient vanishes on its way back through time.",
            "勾配は、時間をさかのぼるうちに消えていく。",
        ),
        "Bengio, Simard & Frasconi 1994; Saito, Deep Learning from Scratch 2, 6.1.2",
        (
            f"{TASK[0]}Keras's initial weights, {LENGTH} steps. The length of the loss's gradient "
            f"by the last input, and by that {BACK} steps before it; a tenth matters.",
            f"{TASK[1]}Kerasの重みの初期値、{LENGTH}ステップ。損失の、最後の入力についての勾配の大きさと、"
            f"{BACK}ステップ前の入力についての勾配の大きさを比べる。10分の1以下なら意味があるとみなす。",
        ),
        (
            "powers of ten, last input less earlier one",
            "勾配の大きさの常用対数。最後の入力での値から前の入力での値を引く",
        ),
        lambda result: tuple(
            result.measured(
                "gradient_through_time", lambda a, p=place: float(np.log10(a["scale 1.0"][p]))
            )
            for place in (-1, -1 - BACK)
        ),
        margin=1.0,
    ),
    Claim(
        (
            "A simple recurrent network hardly learns to keep what lies far back.",
            "単純なRNNは、ずっと前の情報を保つことをなかなか学習できない。",
        ),
        "Goodfellow et al., Deep Learning, 10.7",
        (
            f"{TASK[0]}The mark lies up to {GAPS[0]} or up to {GAPS[-1]} steps back. {TRAINING[0]}",
            f"{TASK[1]}印から末尾までの間隔は最長{GAPS[0]}ステップ、または{GAPS[-1]}ステップ。{TRAINING[1]}",
        ),
        (
            f"test accuracy, gap {GAPS[0]} less gap {GAPS[-1]}",
            f"テストデータの正解率。間隔{GAPS[0]}の値から間隔{GAPS[-1]}の値を引く",
        ),
        lambda result: tuple(
            result.of_numpy("remember", at_best_rate(f"gap {gap}")) for gap in (GAPS[0], GAPS[-1])
        ),
        unit="%",
        margin=0.1,
    ),
    Claim(
        (
            "Clipping saves the training from gradients that explode.",
            "勾配クリッピングは、勾配爆発で学習が壊れるのを防ぐ。",
        ),
        "Pascanu, Mikolov & Bengio 2013; Saito, Deep Learning from Scratch 2, 6.1.4",
        (
            f"{TASK[0]}Gaps up to {CLIPPED_GAP}, {UNITS} units, SGD, {CLIPPED_STEPS} steps of "
            f"{BATCH}. Both at the best of {len(SGD_RATES)} learning rates on validation data.",
            f"{TASK[1]}間隔は{CLIPPED_GAP}まで、ユニット数{UNITS}、SGDで{CLIPPED_STEPS}ステップ、"
            f"バッチサイズ{BATCH}。学習率は{len(SGD_RATES)}通りから、検証データで最良のものをそれぞれに選ぶ。",
        ),
        (
            f"test accuracy, clipped to {LIMIT:g} less plain",
            f"テストデータの正解率。{LIMIT:g}にクリッピングした値から、しない値を引く",
        ),
        lambda result: tuple(
            result.of_numpy("clipping", at_best_rate(name)) for name in ("clipped", "plain")
        ),
        unit="%",
        margin=0.05,
    ),
)

CONCEPT = Concept(
    title=("The recurrent network", "リカレントニューラルネットワーク（RNN）"),
    chapter=chapters.SEQUENCES.section(1),
    summary=(
        "A recurrent network reads a sequence, such as a sentence, step by step and keeps what it "
        "has read in a state: the same weights turn input and last state into the next state. "
        "Unrolled in time it is a deep network, a layer a step, and backpropagation goes back "
        "through all of them. On that way the gradient shrinks or grows step by step.",
        "RNNは文章のような系列を1ステップずつ読み、読んだ内容を隠れ状態に蓄える。入力と前の状態から次の"
        "状態を作る重みは、どのステップでも同じである。時間方向に展開すれば、1ステップを1層とする深い"
        "ネットワークになり、誤差逆伝播法もその全体をさかのぼる。その途中で、勾配はステップごとに"
        "小さくなったり大きくなったりする。",
    ),
    introduces=(
        Introduced(
            "simple_rnn_cell",
            r"h_t = \tanh z_t, \quad z_t = x_t W + h_{t-1} U + b, \quad \frac{\partial L}"
            r"{\partial h_{t-1}} = \left( \frac{\partial L}{\partial h_t} \odot (1 - h_t^2) "
            r"\right) U^\top",
            (
                "One step: input x times W, last state h times U and the bias b give the next "
                "state (⊙: entry by entry). On the way back the gradient of the state is "
                "multiplied by the slope of tanh, which is 1 at most, and by U.",
                "1ステップ分の計算。入力xに重みW、前の状態hに重みUを掛け、バイアスbを足して次の状態を作る"
                "（⊙は要素ごとの積）。逆伝播では、状態の勾配に、1を超えないtanhの傾きと、Uが掛かる。",
            ),
            one_step,
            inputs=2,
        ),
        Introduced(
            "simple_rnn",
            r"\frac{\partial L}{\partial W} = \sum_t x_t^\top \frac{\partial L}{\partial z_t}, "
            r"\quad \frac{\partial L}{\partial U} = \sum_t h_{t-1}^\top "
            r"\frac{\partial L}{\partial z_t}, \quad h_0 = 0",
            (
                "The step over a sequence. Backpropagation through time goes from the last step to "
                "the first and adds up what each says of the same weights.",
                "1ステップの計算を系列にわたって繰り返す。通時的誤差逆伝播法（BPTT）では、最後のステップから"
                "最初のステップへさかのぼり、共通の重みについての勾配を足し合わせる。",
            ),
            some_arrays,
            helpers=(
                "through_time",
                "through_time_backward",
                "from_zeros",
                "from_zeros_backward",
            ),
        ),
        Introduced(
            "clip_by_global_norm",
            r"g \leftarrow g \, \frac{c}{\max(\| g \|, c)}, \quad \| g \|^2 = \sum_i \| g_i \|^2",
            (
                "Where all gradients together are longer than c they are shortened to c; their "
                "direction stays.",
                "すべての勾配を合わせた大きさがcを超えたら、向きは変えずに大きさをcに縮める。",
            ),
            demonstration="clipped",
        ),
    ),
    terms=(
        (
            "recurrent neural network (RNN)",
            "リカレントニューラルネットワーク（RNN）",
            "layers.SimpleRNN",
        ),
        ("hidden state", "隠れ状態"),
        ("backpropagation through time", "通時的誤差逆伝播法（BPTT）"),
        ("vanishing gradient", "勾配消失"),
        ("exploding gradient", "勾配爆発"),
        ("gradient clipping", "勾配クリッピング"),
    ),
    demonstrations=(
        Demonstration("clipped", some_gradients),
        Demonstration(
            "gradient_through_time",
            long_sequences,
            seeds=6,
            proven_with={"scales": (0.8, 1.5)},
        ),
        Demonstration(
            "remember",
            by_gap,
            seeds=8,
            subject=trained_with("Adam"),
            measured=tuple(f"gap {gap}: {part}" for gap in GAPS for part in PARTS),
            proven_with={"parts": {GAPS[0]: parts(GAPS[0], KEPT, 0)}},
        ),
        Demonstration(
            "clipping",
            for_clipping,
            seeds=8,
            measured=tuple(f"{name}: {part}" for name in ("clipped", "plain") for part in PARTS),
            proven_with={"parts": parts(CLIPPED_GAP, KEPT, 0)},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
