"""The LSTM: a memory behind gates, how far back it reaches, and what its gates learn."""

import numpy as np

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
from comparisons.harness.drawing import figures
from comparisons.recurrent_network import PARTS, TASK, at_best_rate, initial_weights, parts

GAPS, STEPS, BATCH, KEPT, READ = (4, 8, 16, 32), 400, 32, 3, 16
LONGEST, LEARNED = GAPS[-1], 0.9
UNITS, WIDE = 16, 34  # 34 units of an RNN have the weights of 16 of an LSTM: 1,500 and 1,476
RATES = {"RNN": (0.003, 0.01, 0.03), "wide RNN": (0.001, 0.003, 0.01), "LSTM": (0.01, 0.03, 0.1)}
BIAS_RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
NEAR, FAR = slice(0, 5), slice(20, 25)  # steps before the end
LETTERS, MARKED = "abcd", "ⒶⒷⒸⒹ"
NAMES = {
    "RNN": both(f"RNN, {UNITS} units", f"RNN、{UNITS}ユニット"),
    "wide RNN": both(f"RNN, {WIDE} units", f"RNN、{WIDE}ユニット"),
    "LSTM": both(f"LSTM, {UNITS} units", f"LSTM、{UNITS}ユニット"),
}
BIASES = {"LSTM": both("begins at 1", "初期値1"), "LSTM, bias 0": both("begins at 0", "初期値0")}
GATES = {
    "i": both("input gate i", "入力ゲートi"),
    "f": both("forget gate f", "忘却ゲートf"),
    "o": both("output gate o", "出力ゲートo"),
    "tanh c": both("memory, tanh c", "記憶セル tanh c"),
}


def some_arrays(seed):
    """Five steps of three numbers, four units."""
    draw = np.random.default_rng(seed).normal
    shapes = {"x": (2, 5, 3), "kernel": (3, 16), "recurrent_kernel": (4, 16), "bias": (16,)}
    return {name: draw(size=shape) for name, shape in shapes.items()}


def one_step(seed):
    """The same for one step, from a state of its own."""
    found = some_arrays(seed)
    h, c = np.random.default_rng(seed + 1).normal(size=(2, 2, 4))
    return {"x": found.pop("x")[:, 0], "h": h, "c": c, **found}


def lstm_weights(seed, forget_bias=1.0, units=UNITS):
    """Keras's initial weights of an LSTM and a Dense: the forget gates' biases are one."""
    weights = initial_weights(seed, units, gates=4)
    bias = np.repeat(np.array([0, forget_bias, 0, 0], "float32"), units)
    return {**weights, "bias": bias}


def named(networks):
    """The arrays of several networks in one dictionary."""
    return {f"{name}: {key}": w for name, own in networks.items() for key, w in own.items()}


def three_networks(seed):
    """The initial weights of an LSTM, and of RNNs of as many units and of as many weights."""
    rnns = {"RNN": initial_weights(seed, UNITS), "wide RNN": initial_weights(seed, WIDE)}
    return named({**rnns, "LSTM": lstm_weights(seed)})


def untrained(seed):
    """New sequences, and networks that were never trained."""
    x, y = parts(LONGEST, 1, seed)["test"]
    return {"x": x, "y": y, **three_networks(seed)}


def by_gap(seed):
    """The task at each gap."""
    return {
        "parts": {gap: parts(gap, STEPS, seed) for gap in GAPS},
        "rates": RATES,
        "batch_size": BATCH,
        "kept": KEPT,
        "read": READ,
        **three_networks(seed),
    }


def two_biases(seed):
    """The task at the longest gap, for two LSTMs from the same kernels."""
    networks = {"LSTM": lstm_weights(seed), "LSTM, bias 0": lstm_weights(seed, 0.0)}
    given = {"parts": parts(LONGEST, STEPS, seed), "rates": BIAS_RATES, "batch_size": BATCH}
    return {**given, **named(networks)}


def drop(lengths):
    """How many powers of ten are lost between near and far marks."""
    powers = np.log10(lengths)
    return float(powers[NEAR].mean() - powers[FAR].mean())


def doublings(gaps, *names):
    """Of networks: the longest gap that one of them has learned, as a power of two."""

    def learned(gap, arrays):
        return max(at_best_rate(f"{n}, gap {gap}")(arrays) for n in names) >= LEARNED

    return lambda a: float(np.log2(max((gap for gap in gaps if learned(gap, a)), default=1)))


def mean_loss(name):
    """Mean loss of all steps, each on new sequences, at the rate where it is smallest."""
    return lambda arrays: float(arrays[f"{name}, loss"].mean(axis=0).min())


def read_by_gates(arrays, gates):
    """Gates, as they are called by name, over time and under the letters that were read."""
    sequences = range(1, len(arrays["x"]) + 1)
    letters = {
        n: [(MARKED if symbol[-1] else LETTERS)[symbol[:-1].argmax()] for symbol in x]
        for n, x in zip(sequences, arrays["x"])
    }
    values = {n: {title: arrays[g][n - 1].T for g, title in gates.items()} for n in sequences}
    return figures.slider(figures.heat_map(values, letters), ("sequence", "系列"))


def draw(result):
    """How far back the networks remember and their gradients reach; gates; the first biases."""

    def accuracy(arrays, name):
        return [at_best_rate(f"{name}, gap {gap}")(arrays) for gap in GAPS]

    def reached(function, key):
        return result.of_each(NAMES, function, lambda a, name: np.log10(a[key.format(name)]))

    def losses(k):
        return lambda a, name: a[f"{name}, loss"][:, k].reshape(-1, 10).mean(axis=1)

    by_training = {
        both("before training", "学習前"): reached("reach", "{}"),
        both("after training", "学習後"): reached("remember", "{}, reach"),
    }
    by_rate = {
        rate: result.of_each(BIASES, "forget_bias", losses(k)) for k, rate in enumerate(BIAS_RATES)
    }
    return [
        Figure(
            ("What they remember", "どこまで覚えていられるか"),
            figures.lines(
                result.of_each(NAMES, "remember", accuracy),
                GAPS,
                x_title=("longest gap", "最長の間隔"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
                log="x",
                y_domain=(0.2, 1.0),
            ),
            (
                f"Trained anew for each gap, each at its own best learning rate, {STEPS} steps; "
                "with more steps the RNNs reach further. Guessing: 25 %.",
                f"間隔ごとに{STEPS}ステップ学習し直し、学習率はそれぞれ最良のものを選んだ。ステップを増やせば、RNNも"
                "もう少し長い間隔まで届く。当て推量なら25%である。",
            ),
        ),
        Figure(
            ("How far back the answer reaches", "勾配は何ステップ前まで届くか"),
            figures.selection(
                figures.lines(
                    by_training,
                    np.arange(LONGEST + 1),
                    x_title=("steps from the mark to the end", "印から末尾までのステップ数"),
                    y_title=("log₁₀ of the gradient's length", "勾配の大きさの常用対数"),
                    y_domain=(-6, 1.5),
                ),
                ("networks", "ネットワーク"),
            ),
            (
                "The gradient of the right answer's score by the marked input. Before training "
                "the LSTM's falls as well: its forget gates are near sigmoid(1) = 0.73. Trained on "
                f"gaps up to {LONGEST}, which the RNNs fail to learn, it is larger and falls less.",
                "正解のスコアの、印の付いた入力についての勾配。学習前はLSTMの勾配も小さくなっていく。忘却ゲートの"
                "値がsigmoid(1) = 0.73に近いからである。RNNには学習できない最長"
                f"{LONGEST}の間隔を学習したLSTMでは、勾配は全体に大きく、減り方もゆるやかになる。",
            ),
        ),
        Figure(
            ("The gates while it reads", "系列を読むときのゲート"),
            read_by_gates(result.arrays("remember"), GATES),
            (
                f"A trained LSTM reads test sequences from left to right; a row is one of {UNITS} "
                "units, blue an open gate. At the marked symbol, in a circle, most forget gates "
                "close, input gates open, and the memory is written anew; then they keep it.",
                f"学習済みのLSTMが、テスト用の系列を左から右へ読む。1行が{UNITS}個のユニットの1つで、青いほど"
                "ゲートが開いている。印の付いた記号（丸囲みの文字）では、多くの忘却ゲートが閉じ、入力ゲートが"
                "開いて、記憶セルが書き換わる。そのあとは忘却ゲートが開いたままになり、値を保つ。",
            ),
        ),
        Figure(
            ("Forget gates that begin open", "忘却ゲートを開いた状態から始める"),
            figures.slider(
                figures.lines(
                    by_rate,
                    np.arange(10, STEPS + 1, 10),
                    x_title=("step", "ステップ"),
                    y_title=("loss", "損失"),
                    y_domain=(0, 1.6),
                ),
                ("learning rate", "学習率"),
                start=BIAS_RATES[1],
            ),
            (
                f"Gaps up to {LONGEST}; the forget gates' bias begins at 1, as in Keras, or at 0.",
                f"間隔は最長{LONGEST}。忘却ゲートのバイアスを、Kerasと同じく1から、または0から始める。",
            ),
        ),
    ]


TRAINING = (
    f"Adam with gradients clipped to length 1, {STEPS} steps of {BATCH} new sequences",
    f"勾配の大きさを1にクリッピングしたAdamで、毎回新しい系列{BATCH}本を使い{STEPS}ステップ学習する",
)
CLAIMS = (
    Claim(
        (
            "An LSTM remembers over longer gaps than a simple recurrent network.",
            "LSTMは、単純なRNNより長い間隔にわたって情報を保てる。",
        ),
        "Hochreiter & Schmidhuber 1997; Saito, Deep Learning from Scratch 2, 6.2",
        (
            f"{TASK[0]}Gaps up to {', '.join(map(str, GAPS))}. {TRAINING[0]}; each network at the "
            f"best of 3 learning rates on validation data. {UNITS} units against the better of two "
            f"RNNs: as many units, or as many weights ({WIDE} units). A gap is learned where test "
            f"accuracy reaches {LEARNED:.0%}.",
            f"{TASK[1]}間隔は最長{'、'.join(map(str, GAPS))}の4通り。{TRAINING[1]}。学習率は3通り"
            f"から、検証データで最良のものを選ぶ。{UNITS}ユニットのLSTMを、ユニット数が同じRNNと、重みの数がほぼ"
            f"同じRNN（{WIDE}ユニット）のうち良いほうと比べる。テストデータの正解率が{LEARNED:.0%}に達した間隔を"
            "「学習できた」とする。",
        ),
        (
            f"doublings of the longest gap learned ({LONGEST} at most), LSTM less RNN",
            f"学習できた最長の間隔（{LONGEST}まで）の2を底とする対数。LSTMの値からRNNの値を引く",
        ),
        lambda result: (
            result.of_numpy("remember", doublings(GAPS, "LSTM")),
            result.of_numpy("remember", doublings(GAPS, "RNN", "wide RNN")),
        ),
        margin=0.5,
    ),
    Claim(
        (
            "Unlike an RNN's, an LSTM's gradient does not vanish.",
            "LSTMの勾配は、単純なRNNと違って消えない。",
        ),
        ("commonly told of the LSTM's memory", "LSTMの記憶セルの一般的な説明"),
        (
            f"{TASK[0]}Keras's initial weights, {UNITS} units each, no training. The gradient of "
            "the right answer's score by the marked input: powers of ten that are lost from marks "
            "0 to 4 steps before the end to marks 20 to 24 before it. A factor of 3 (0.5) matters.",
            f"{TASK[1]}Kerasの重みの初期値、どちらも{UNITS}ユニット、学習はしない。正解のスコアの、印の付いた"
            "入力についての勾配を、印が末尾の0〜4ステップ前にある場合と20〜24ステップ前にある場合とで比べ、"
            "何桁小さくなるかを測る。3倍（0.5）の差があれば意味があるとみなす。",
        ),
        ("powers of ten lost, RNN less LSTM", "失われる桁数。RNNの値からLSTMの値を引く"),
        lambda result: (
            result.measured("reach", lambda a: drop(a["RNN"])),
            result.measured("reach", lambda a: drop(a["LSTM"])),
        ),
        margin=0.5,
        instead=(
            "Before training it vanishes in both: an LSTM's forget gates begin at sigmoid(1) = "
            "0.73, and 0.73²⁰ is 0.002. What the LSTM has is a gate that can learn to stay open.",
            "学習前は、どちらの勾配も消えていく。LSTMの忘却ゲートはsigmoid(1) = 0.73から始まり、"
            "0.73の20乗は0.002だからである。LSTMの強みは、ゲートが開いたままでいることを学習できる点にある。",
        ),
    ),
    Claim(
        ("An LSTM learns to let its gradient through.", "LSTMは、勾配を通すことを学習する。"),
        "Gers, Schmidhuber & Cummins 2000",
        (
            f"The same before training, and after it on gaps up to {LONGEST}: {TRAINING[0]}, the "
            "best of 3 learning rates on validation data. A factor of 3 (0.5) matters.",
            f"上と同じ量を、学習の前と後で比べる。間隔は最長{LONGEST}。{TRAINING[1]}。学習率は3通りから、"
            "検証データで最良のものを選ぶ。3倍（0.5）の差があれば意味があるとみなす。",
        ),
        ("powers of ten lost, before less after", "失われる桁数。学習前の値から学習後の値を引く"),
        lambda result: (
            result.of_numpy("reach", lambda a: drop(a["LSTM"])),
            result.of_numpy("remember", lambda a: drop(a["LSTM, reach"])),
        ),
        margin=0.5,
    ),
    Claim(
        (
            "An LSTM learns sooner when its forget gates begin open, with biases of one.",
            "忘却ゲートのバイアスを1で初期化すると、LSTMの学習が速くなる。",
        ),
        "Jozefowicz, Zaremba & Sutskever 2015; Keras's unit_forget_bias",
        (
            f"{TASK[0]}Gaps up to {LONGEST}. {TRAINING[0]}. The same initial kernels, each at its "
            f"own best of {len(BIAS_RATES)} learning rates. A tenth of a nat matters.",
            f"{TASK[1]}間隔は最長{LONGEST}。{TRAINING[1]}。重みの初期値は同じで、学習率は"
            f"{len(BIAS_RATES)}通りからそれぞれ最良のものを選ぶ。0.1以上の差があれば意味があるとみなす。",
        ),
        (
            "mean loss of all steps, biases of zero less biases of one",
            "全ステップの損失の平均。0で始めた値から1で始めた値を引く",
        ),
        lambda result: tuple(
            result.of_numpy("forget_bias", mean_loss(name)) for name in reversed(BIASES)
        ),
        unit="nats",
        margin=0.1,
        instead=(
            "At a learning rate of its own each learns as fast. The open gates help where the "
            "rate is small: move the slider.",
            "それぞれに合った学習率を選べば、速さはほとんど変わらない。開いたゲートが役立つのは、学習率が"
            "小さいときである。図のスライダーで確かめてほしい。",
        ),
    ),
)

CONCEPT = Concept(
    title=("The LSTM", "LSTM"),
    chapter=chapters.SEQUENCES.section(2),
    summary=(
        "Beside its state h an LSTM has a memory c. A step does not compute it anew: the forget "
        "gate f keeps a share of it and the input gate i adds something. On the way back along c "
        "the gradient is multiplied by f alone, with no matrix in between. Gates are learned: "
        "where f stays near 1, what was stored and its gradient outlast many steps.",
        "LSTMは、隠れ状態hのほかに記憶セルcをもつ。cは毎ステップ作り直すのではなく、忘却ゲートfを掛けて一部を"
        "残し、入力ゲートiを通った分を足すだけである。逆伝播でcに沿って伝わる勾配にもfが掛かるだけで、"
        "行列は掛からない。ゲートの開き方は学習で決まる。fが1に近ければ、蓄えた情報も勾配も長く残る。",
    ),
    introduces=(
        Introduced(
            "lstm_cell",
            r"c' = f \odot c + i \odot g, \quad h' = o \odot \tanh c', \quad g = \tanh z_g, \quad "
            r"(i, f, o) = \mathrm{sigmoid}(z_{i, f, o}), \quad z = x W + h U + b",
            (
                "Gates between 0 and 1, each from its quarter of z: i adds g to the memory c, f "
                "keeps c, o lets it out; c′, h′ are new. The gradient along c meets no matrix.",
                "zを4つに分け、0〜1のゲートと新しい内容gを作る。入力ゲートiはgを記憶セルcに取り込み、忘却ゲートfはcを"
                "保ち、出力ゲートoはcから取り出す（c′とh′が新しい値）。cに沿う勾配は、ステップからステップへ行列を通らずに伝わる。",
            ),
            one_step,
            inputs=3,
        ),
        Introduced(
            "lstm",
            r"\frac{\partial L}{\partial c_{t-1}} = \frac{\partial L}{\partial c_t} \odot f_t, "
            r"\quad \frac{\partial L}{\partial c_t} \leftarrow \frac{\partial L}{\partial c_t} + "
            r"\frac{\partial L}{\partial h_t} \odot o_t \odot (1 - \tanh^2 c_t)",
            (
                "The step over a sequence, and back through time: along the memory the gradient "
                "is multiplied by one forget gate a step.",
                "1ステップの計算を系列にわたって繰り返し、時間をさかのぼる。記憶セルに沿って伝わる勾配には、"
                "1ステップごとに忘却ゲートの値が1回掛かるだけである。",
            ),
            some_arrays,
        ),
    ),
    terms=(
        ("long short-term memory (LSTM)", "長短期記憶（LSTM）", "layers.LSTM"),
        ("gate", "ゲート"),
        ("memory cell", "記憶セル"),
        ("forget gate", "忘却ゲート"),
    ),
    demonstrations=(
        Demonstration(
            "reach", untrained, seeds=6, proven_with=dict(zip("xy", parts(5, 1, 0)["test"]))
        ),
        Demonstration(
            "remember",
            by_gap,
            seeds=6,
            subject=trained_with("Adam"),
            measured=(
                *(f"{n}, gap {gap}: {part}" for n in NAMES for gap in GAPS for part in PARTS),
                *(f"{n}, reach" for n in NAMES),
                *("x", "g", *GATES),
            ),
            proven_with={"parts": {GAPS[0]: parts(GAPS[0], KEPT, 0)}, "read": GAPS[0]},
        ),
        Demonstration(
            "forget_bias",
            two_biases,
            seeds=10,
            measured=tuple(f"{name}, {part}" for name in BIASES for part in PARTS),
            proven_with={"parts": parts(GAPS[0], 1, 0)},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
