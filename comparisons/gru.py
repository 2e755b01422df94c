"""The GRU: one gate that keeps or replaces, fewer weights than an LSTM, and two ways to reset."""

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
from comparisons.lstm import doublings, lstm_weights, mean_loss, named, read_by_gates
from comparisons.recurrent_network import PARTS, TASK, at_best_rate, initial_weights, parts

GAPS, STEPS, BATCH, KEPT, READ, UNITS, WIDE = (8, 16, 32), 400, 32, 3, 16, 16, 30
LONG, LONG_STEPS, SMALL = 48, 300, 14
LONG_RATES = (0.03, 0.1, 0.3)
RATES = {"RNN": (0.003, 0.01, 0.03), "wide RNN": (0.001, 0.003, 0.01), "GRU": (0.01, 0.03, 0.1)}
NAMES = {
    "RNN": both(f"RNN, {UNITS} units", f"RNN、{UNITS}ユニット"),
    "wide RNN": both(f"RNN, {WIDE} units", f"RNN、{WIDE}ユニット"),
    "GRU": both(f"GRU, {UNITS} units", f"GRU、{UNITS}ユニット"),
}
# Weights with the affine layer: 1,172; 1,124; 1,476; 1,180. A wide RNN has 1,204.
LEARNERS = {
    "GRU": NAMES["GRU"],
    "GRU, reset before": both("GRU, reset before the product", "GRU、積の前にリセット"),
    "LSTM": both(f"LSTM, {UNITS} units", f"LSTM、{UNITS}ユニット"),
    "small LSTM": both(f"LSTM, {SMALL} units", f"LSTM、{SMALL}ユニット"),
}
GATES = {
    "u": both("update gate u: keeps", "更新ゲートu（保つ）"),
    "r": both("reset gate r", "リセットゲートr"),
    "v": both("new content v", "新しい内容v"),
    "h": both("state h", "隠れ状態h"),
}


def some_arrays(seed):
    """Five steps of three numbers, four units."""
    draw = np.random.default_rng(seed).normal
    shapes = {"x": (2, 5, 3), "kernel": (3, 12), "recurrent_kernel": (4, 12), "bias": (2, 12)}
    return {name: draw(size=shape) for name, shape in shapes.items()}


def one_step(seed):
    """The same for one step, from a state of its own."""
    found = some_arrays(seed)
    h = np.random.default_rng(seed + 1).normal(size=(2, 4))
    return {"x": found.pop("x")[:, 0], "h": h, **found}


def with_one_bias(seed):
    """The same for the cell that has one bias."""
    found = one_step(seed)
    return {**found, "bias": found["bias"][0]}


def gru_weights(seed, biases=2):
    """Keras's initial weights of a GRU and a Dense."""
    weights = initial_weights(seed, UNITS, gates=3)
    return {**weights, "bias": np.zeros((biases, 3 * UNITS), "float32")}


def by_gap(seed):
    """The task at each gap, for a GRU and RNNs of as many units and of as many weights."""
    rnns = {"RNN": initial_weights(seed, UNITS), "wide RNN": initial_weights(seed, WIDE)}
    return {
        "parts": {gap: parts(gap, STEPS, seed) for gap in GAPS},
        "rates": RATES,
        "batch_size": BATCH,
        "kept": KEPT,
        "read": READ,
        **named({**rnns, "GRU": gru_weights(seed)}),
    }


def four_learners(seed):
    """The task at one long gap, for GRUs and LSTMs."""
    before = gru_weights(seed)
    networks = {
        "GRU": gru_weights(seed),
        "GRU, reset before": {**before, "bias": before["bias"][0]},
        "LSTM": lstm_weights(seed),
        "small LSTM": lstm_weights(seed, units=SMALL),
    }
    return {
        "parts": parts(LONG, LONG_STEPS, seed),
        "rates": dict.fromkeys(LEARNERS, LONG_RATES),
        "batch_size": BATCH,
        "kept": KEPT,
        **named(networks),
    }


def in_the_end(arrays, name):
    """Test accuracy of a network at the rate that is best on the validation sequences."""
    return float(arrays[f"{name}, test"][arrays[f"{name}, validation"].argmax()])


def draw(result):
    """The gates, how fast GRU and LSTM learn, and how far back a GRU remembers."""

    def accuracy(arrays, name):
        return [at_best_rate(f"{name}, gap {gap}")(arrays) for gap in GAPS]

    def losses(k):
        return lambda a, name: a[f"{name}, loss"][:, k].reshape(-1, 10).mean(axis=1)

    by_rate = {
        rate: result.of_each(LEARNERS, "learn", losses(k)) for k, rate in enumerate(LONG_RATES)
    }
    return [
        Figure(
            ("The gates while it reads", "系列を読むときのゲート"),
            read_by_gates(result.arrays("remember"), GATES),
            (
                f"A trained GRU reads test sequences from left to right; a row is one of {UNITS} "
                "units. Where the update gate is blue the state stays as it is. At the marked "
                "symbol, in a circle, it goes white in many units: they take the new content.",
                f"学習済みのGRUが、テスト用の系列を左から右へ読む。1行が{UNITS}個のユニットの1つを表す。更新"
                "ゲートが青いところでは、状態がそのまま残る。印の付いた記号（丸囲みの文字）では多くのユニットで"
                "白くなり、新しい内容に置き換わる。",
            ),
        ),
        Figure(
            ("GRU and LSTM learning", "GRUとLSTMの学習"),
            figures.slider(
                figures.lines(
                    by_rate,
                    np.arange(10, LONG_STEPS + 1, 10),
                    x_title=("step", "ステップ"),
                    y_title=("loss", "損失"),
                    y_domain=(0, 1.6),
                ),
                ("learning rate", "学習率"),
                start=LONG_RATES[1],
            ),
            (
                f"Gaps up to {LONG}. A GRU of {UNITS} units has as many weights as an LSTM of "
                f"{SMALL}.",
                f"間隔は最長{LONG}。{UNITS}ユニットのGRUと{SMALL}ユニットのLSTMは、重みの数がほぼ等しい。",
            ),
        ),
        Figure(
            ("What it remembers", "どこまで覚えていられるか"),
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
                f"Trained anew for each gap, {STEPS} steps, each at its own best learning rate. "
                "Guessing: 25 %.",
                f"間隔ごとに{STEPS}ステップ学習し直し、学習率はそれぞれ最良のものを選んだ。当て推量なら25%である。",
            ),
        ),
    ]


TRAINING = (
    "Adam with gradients clipped to length 1, {} steps of {} new sequences, each network at the "
    "best of {} learning rates",
    "勾配の大きさを1にクリッピングしたAdamで{}ステップ、バッチサイズ{}、毎回新しい系列で学習する。学習率は"
    "ネットワークごとに{}通りから最良のものを選ぶ",
)
LONG_TRAINING = tuple(
    f"{task}{gap}{training.format(LONG_STEPS, BATCH, 3)}"
    for task, gap, training in zip(TASK, (f"Gaps up to {LONG}. ", f"間隔は最長{LONG}。"), TRAINING)
)
CLAIMS = (
    Claim(
        (
            "A GRU is as good as an LSTM of as many units, with fewer weights.",
            "GRUは、重みがより少ないのに、同じユニット数のLSTMに劣らない。",
        ),
        "Chung et al. 2014, Empirical evaluation of gated recurrent neural networks",
        (
            f"{LONG_TRAINING[0]}: the one with the smallest mean loss. {UNITS} units each, 1,172 "
            "weights against 1,476. At the end both answer every test sequence correctly, so that "
            "the loss on the way there is compared; each step's sequences are new. Less than a "
            "tenth of a nat does not matter.",
            f"{LONG_TRAINING[1]}（損失の平均が最小のもの）。どちらも{UNITS}ユニットで、重みは1,172個と"
            "1,476個。学習後はどちらもテストデータにすべて正解するので、そこに至るまでの損失を比べる"
            "（各ステップの系列は新しい）。0.1未満の差は問題にしない。",
        ),
        (
            "mean loss of all steps, LSTM less GRU",
            "全ステップの損失の平均。LSTMの値からGRUの値を引く",
        ),
        lambda result: tuple(result.of_numpy("learn", mean_loss(name)) for name in ("LSTM", "GRU")),
        unit="nats",
        margin=-0.1,
    ),
    Claim(
        (
            "A GRU learns faster than an LSTM with as many weights.",
            "GRUは、重みの数が同じLSTMより速く学習する。",
        ),
        "Chung et al. 2014",
        (
            f"{LONG_TRAINING[0]}: the one with the smallest mean loss. {UNITS} and {SMALL} units, "
            "1,172 and 1,180 weights. A tenth of a nat matters.",
            f"{LONG_TRAINING[1]}（損失の平均が最小のもの）。ユニット数は{UNITS}と{SMALL}、重みは1,172個と"
            "1,180個。0.1以上の差があれば意味があるとみなす。",
        ),
        (
            "mean loss of all steps, LSTM less GRU",
            "全ステップの損失の平均。LSTMの値からGRUの値を引く",
        ),
        lambda result: tuple(
            result.of_numpy("learn", mean_loss(name)) for name in ("small LSTM", "GRU")
        ),
        unit="nats",
        margin=0.1,
    ),
    Claim(
        (
            "Whether the reset comes before the product or after it makes no difference.",
            "リセットを積の前に掛けても後に掛けても、学習の結果は変わらない。",
        ),
        (
            "Keras's reset_after, chosen for speed on GPUs",
            "GPUでの速さのために選ばれたKerasのreset_after",
        ),
        (
            f"{LONG_TRAINING[0]}: the one with the smallest mean loss. The same initial kernels. "
            "Less than a tenth of a nat does not matter, in either direction.",
            f"{LONG_TRAINING[1]}（損失の平均が最小のもの）。重みの初期値は同じ。どちら向きでも0.1未満の差は"
            "問題にしない。",
        ),
        (
            "a tenth of a nat less the distance of the mean losses of all steps",
            "0.1から、全ステップの損失の平均の差の絶対値を引いた値",
        ),
        lambda result: (
            0.1,
            result.of_numpy(
                "learn", lambda a: abs(mean_loss("GRU")(a) - mean_loss("GRU, reset before")(a))
            ),
        ),
        unit="nats",
    ),
    Claim(
        (
            "A GRU remembers over longer gaps than a simple recurrent network.",
            "GRUは、単純なRNNより長い間隔にわたって情報を保てる。",
        ),
        "Cho et al. 2014; Saito, Deep Learning from Scratch 2, appendix C",
        (
            f"{TASK[0]}Gaps up to {', '.join(map(str, GAPS))}. "
            f"{TRAINING[0].format(STEPS, BATCH, 3)} on validation data. {UNITS} units against the "
            f"better of two RNNs: as many units, or as many weights ({WIDE} units). A gap is "
            "learned where test accuracy reaches 90%.",
            f"{TASK[1]}間隔は最長{'、'.join(map(str, GAPS))}の3通り。"
            f"{TRAINING[1].format(STEPS, BATCH, 3)}（検証データで選ぶ）。{UNITS}ユニットのGRUを、"
            f"ユニット数が同じRNNと、重みの数がほぼ同じRNN（{WIDE}ユニット）のうち良いほうと比べる。テストデータ"
            "の正解率が90%に達した間隔を「学習できた」とする。",
        ),
        (
            f"doublings of the longest gap learned ({GAPS[-1]} at most), GRU less RNN",
            f"学習できた最長の間隔（{GAPS[-1]}まで）の2を底とする対数。GRUの値からRNNの値を引く",
        ),
        lambda result: (
            result.of_numpy("remember", doublings(GAPS, "GRU")),
            result.of_numpy("remember", doublings(GAPS, "RNN", "wide RNN")),
        ),
        margin=0.5,
    ),
)

CONCEPT = Concept(
    title=("The GRU", "GRU"),
    chapter=chapters.SEQUENCES.section(3),
    summary=(
        "A GRU is a simpler LSTM, without a memory beside its state h. One gate, u, does the work "
        "of the forget and input gates: it keeps a share u of the old state and takes the share "
        "1 − u of the new content. A second gate, r, hides the old state where new content is "
        "made. That is three kernels where an LSTM has four.",
        "GRUはLSTMを簡単にしたもので、隠れ状態hのほかに記憶セルをもたない。1つの更新ゲートuが、LSTMの"
        "忘却ゲートと入力ゲートを兼ねる。古い状態を割合uで残し、新しい内容を割合1 − uで取り込む。"
        "もう1つのリセットゲートrは、新しい内容を作るときに古い状態を隠す。LSTMに4組ある重みが、GRUでは3組で済む。",
    ),
    introduces=(
        Introduced(
            "gru_cell",
            r"h' = u \odot h + (1 - u) \odot v, \quad (u, r) = \mathrm{sigmoid}(x W_{ur} + b_{ur} "
            r"+ h U_{ur} + b'_{ur}), \quad v = \tanh(x W_v + b_v + r \odot (h U_v + b'_v))",
            (
                "The new state is a mean of the old one and of new content, weighted by u. So u = "
                "1 keeps the state, and lets its gradient through, unchanged. r acts after the "
                "product with U, which is Keras's default: one product of h serves all gates.",
                "新しい状態は、古い状態と新しい内容とをuで加重平均したものである。u = 1なら、状態も"
                "その勾配もそのまま通る。rはUとの積のあとに掛かる。これがKerasの既定で、hの積が1回で済む。",
            ),
            one_step,
            inputs=2,
        ),
        Introduced(
            "gru_cell_reset_before",
            r"v = \tanh(x W_v + (r \odot h) U_v + b_v)",
            (
                "The other order, reset_after=False: r picks from the state before the product, "
                "which therefore has to wait for r. One bias is enough.",
                "もう1つの順序（reset_after=False）。rで状態を選んでから積をとるので、rが求まるまで積を計算"
                "できない。バイアスは1つでよい。",
            ),
            with_one_bias,
            inputs=2,
        ),
        Introduced(
            "gru",
            r"\frac{\partial L}{\partial h_{t-1}} = \frac{\partial L}{\partial h_t} \odot u_t + "
            r"[dz_u, dz_r, r_t \odot dz_v] \, U^\top",
            (
                "The step over a sequence, and back through time (dz: the gradients by what the "
                "sigmoids and tanh take): where u is near 1 the gradient passes nearly untouched.",
                "1ステップの計算を系列にわたって繰り返し、時間をさかのぼる（dzは活性化関数の入力についての"
                "勾配）。uが1に近ければ、勾配はほとんどそのまま伝わる。",
            ),
            some_arrays,
        ),
    ),
    terms=(
        ("gated recurrent unit (GRU)", "ゲート付き回帰型ユニット（GRU）", "layers.GRU"),
        ("update gate", "更新ゲート"),
        ("reset gate", "リセットゲート"),
    ),
    demonstrations=(
        Demonstration(
            "remember",
            by_gap,
            seeds=6,
            subject=trained_with("Adam"),
            measured=(
                *(f"{n}, gap {gap}: {part}" for n in NAMES for gap in GAPS for part in PARTS),
                *("x", *GATES),
            ),
            proven_with={"parts": {GAPS[0]: parts(GAPS[0], KEPT, 0)}, "read": GAPS[0]},
        ),
        Demonstration(
            "learn",
            four_learners,
            seeds=8,
            subject=trained_with("Adam"),
            measured=(
                *(f"{n}, {part}" for n in LEARNERS for part in PARTS),
                *(f"{n}, first losses" for n in ("LSTM", "small LSTM")),
            ),
            proven_with={"parts": parts(4, KEPT, 0)},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
