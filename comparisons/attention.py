"""Attention: looking up by content, the scale of its scores, and several heads."""

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
from comparisons.lstm import doublings, mean_loss, named
from comparisons.recurrent_network import PARTS, at_best_rate

PAIRS, STEPS, BATCH, KEPT, KEYS, VALUES = (2, 4, 8), 500, 32, 3, 16, 4
HEAD, UNITS, WIDE = 16, 16, 32
RATES = {"attention": (0.01, 0.03, 0.1), "GRU": (0.003, 0.01, 0.03, 0.1)}
RATES["wide GRU"] = RATES["GRU"]
SIZE, SIZES, SCALED_STEPS = 64, (4, 16, 64, 256, 1024), 200
SCALED_RATES = (0.0003, 0.001, 0.003, 0.01)
HEADS_STEPS, HEADS_RATES = 400, (0.003, 0.01, 0.03, 0.1)
NAMES = {
    "attention": both("attention, a head of 16", "Attention、大きさ16のヘッド1つ"),
    "GRU": both(f"GRU, {UNITS} units", f"GRU、{UNITS}ユニット"),
    "wide GRU": both(f"GRU, {WIDE} units", f"GRU、{WIDE}ユニット"),
}
KINDS = {"scaled": both("with 1/√d", "1/√dあり"), "plain": both("without", "なし")}


def three_arrays(seed):
    """Three queries, four places."""
    draw = np.random.default_rng(seed).normal
    shapes = {"query": (2, 3, 5), "value": (2, 4, 6), "key": (2, 4, 5), "scale": ()}
    return {name: np.asarray(draw(size=shape)) for name, shape in shapes.items()}


def projections(seed):
    """The same with projections of two heads."""
    draw = np.random.default_rng(seed).normal
    shapes = {"query": (2, 3, 5), "value": (2, 4, 5)}
    for name in "qkv":
        shapes |= {f"{name}_kernel": (5, 2, 4), f"{name}_bias": (2, 4)}
    shapes |= {"o_kernel": (2, 4, 5), "o_bias": (5,)}
    return {name: draw(size=shape) for name, shape in shapes.items()}


def glorot(draw, inputs, outputs, *shape):
    """Keras's initial kernel."""
    kernel = draw.uniform(-1, 1, shape or (inputs, outputs)) * np.sqrt(6 / (inputs + outputs))
    return kernel.astype("float32")


def zeros(*shape):
    """Initial biases."""
    return np.zeros(shape, "float32")


def head_weights(seed, count, size, inputs, classes):
    """Initial weights of heads, of the same limits whatever their number, and of a Dense."""
    draw, weights, width = np.random.default_rng(seed), {}, count * size
    for name in "qkv":
        weights[f"{name}_kernel"] = glorot(draw, inputs, width, inputs, count, size)
        weights[f"{name}_bias"] = zeros(count, size)
    weights["o_kernel"] = glorot(draw, width, inputs, count, size, inputs)
    dense = {"output_kernel": glorot(draw, inputs, classes), "output_bias": zeros(classes)}
    return {**weights, "o_bias": zeros(inputs), **dense}


def gru_weights(seed, units):
    """Keras's initial weights of a GRU and a Dense."""
    draw, inputs = np.random.default_rng(seed), KEYS + VALUES
    return {
        "kernel": glorot(draw, inputs, 3 * units),
        "recurrent_kernel": np.linalg.qr(draw.normal(size=(3 * units, units)))[0].T.astype("f4"),
        "bias": zeros(2, 3 * units),
        "output_kernel": glorot(draw, units, VALUES),
        "output_bias": zeros(VALUES),
    }


def pairs_to_recall(pairs, steps, seed, questions=1):
    """Sequences of pairs of key and value; the last step asks for the value of one key, or two.

    Returns:
        x and y of each part: one-hot keys (asked ones, by question, too), then one-hot values.
    """
    draw, found = np.random.default_rng(seed), {}
    for name, n in (("train", steps * BATCH), ("validation", 500), ("test", 500)):
        keys = np.argsort(draw.random((n, KEYS)), axis=1)[:, :pairs]
        values, rows = draw.integers(0, VALUES, (n, pairs)), np.arange(n)
        x = np.zeros((n, pairs + 1, questions * KEYS + VALUES), "float32")
        x[rows[:, None], np.arange(pairs), keys] = 1
        x[rows[:, None], np.arange(pairs), questions * KEYS + values] = 1
        asked = np.argsort(draw.random((n, pairs)), axis=1)[:, :questions]
        y = np.zeros(n, "int32")
        for question, place in enumerate(asked.T):
            x[rows, -1, question * KEYS + keys[rows, place]] = 1
            y = VALUES * y + values[rows, place]
        found[name] = x, y
    return found


def by_pairs(seed):
    """The task with each number of pairs, for attention and GRUs."""
    networks = {"GRU": gru_weights(seed, UNITS), "wide GRU": gru_weights(seed, WIDE)}
    networks["attention"] = head_weights(seed, 1, HEAD, KEYS + VALUES, VALUES)
    parts = {pairs: pairs_to_recall(pairs, STEPS, seed) for pairs in PAIRS}
    return {"parts": parts, "rates": RATES, "batch_size": BATCH, "kept": KEPT, **named(networks)}


def embedded(steps, seed):
    """The task with eight pairs, each symbol a vector of 64 numbers of variance one."""
    vectors = np.random.default_rng(seed + 1).normal(size=(KEYS + VALUES, SIZE)).astype("float32")
    return {part: (x @ vectors, y) for part, (x, y) in pairs_to_recall(8, steps, seed).items()}


def two_scales(seed):
    """The embedded task, for one head with the scale and without, from the same kernels."""
    draw = np.random.default_rng(seed)
    own = {name: glorot(draw, SIZE, SIZE) for name in "qkv"}
    own |= {"output_kernel": glorot(draw, SIZE, VALUES), "output_bias": zeros(VALUES)}
    given = {"parts": embedded(SCALED_STEPS, seed), "batch_size": BATCH, "kept": KEPT}
    return {**given, "rates": SCALED_RATES, **named(dict.fromkeys(KINDS, own))}


def two_questions(seed):
    """The task with eight pairs and two keys asked for, for one head and for four."""
    inputs, classes = 2 * KEYS + VALUES, VALUES**2
    networks = {
        name: head_weights(seed, count, HEAD // count, inputs, classes)
        for name, count in (("one head", 1), ("four heads", 4))
    }
    given = {"rates": HEADS_RATES, "batch_size": BATCH, "kept": KEPT}
    return {"parts": pairs_to_recall(8, HEADS_STEPS, seed, 2), **given, **named(networks)}


def random_vectors(seed):
    """Six queries and twelve keys of numbers of variance one."""
    draw = np.random.default_rng(seed).normal
    return {"query": draw(size=(6, 1024)), "key": draw(size=(12, 1024)), "sizes": SIZES}


def written(x):
    """A sequence as letters: "c2", and "c?" at the end."""
    keys = [chr(ord("a") + row[:KEYS].argmax()) for row in x]
    return [f"{key}{row[KEYS:].argmax()}" for key, row in zip(keys, x[:-1])] + [f"{keys[-1]}?"]


def draw(result):
    """Where attention looks, how many pairs are recalled, and what the scale does."""
    arrays, vectors = result.arrays("recall"), result.arrays("saturation")
    numbers = range(1, len(arrays["x"]) + 1)
    before, after = both("before training", "学習前"), both("after training", "学習後")
    when = {"untrained": before, "trained": after}
    maps = {n: {t: arrays[k][n - 1][None] for k, t in when.items()} for n in numbers}
    texts = {n: written(x) for n, x in zip(numbers, arrays["x"])}
    saturated = {d: {t: vectors[f"{k}, {d}"] for k, t in KINDS.items()} for d in SIZES}

    def accuracy(arrays, name):
        return [at_best_rate(f"{name}, gap {pairs}")(arrays) for pairs in PAIRS]

    def losses(k):
        return lambda a, name: a[f"{name}, loss"][:, k].reshape(-1, 10).mean(axis=1)

    by_rate = {
        rate: result.of_each(KINDS, "scaling", losses(k)) for k, rate in enumerate(SCALED_RATES)
    }
    return [
        Figure(
            ("Where it looks", "どこに注目するか"),
            figures.slider(figures.heat_map(maps, texts, size=26, panels=1), ("sequence", "系列")),
            (
                "The weights of the last step's query over all steps: a letter is a key, the "
                "number its value. After training the query finds its own key wherever it stands.",
                "最後のステップのクエリが各ステップに付けた重み。文字がキー、数字がその値である。学習後は、"
                "どこにあっても自分と同じキーを見つける。",
            ),
        ),
        Figure(
            ("How many pairs are recalled", "何組まで思い出せるか"),
            figures.lines(
                result.of_each(NAMES, "recall", accuracy),
                PAIRS,
                x_title=("pairs", "組の数"),
                y_title=("test accuracy", "テストデータの認識精度"),
                unit="%",
                log="x",
                y_domain=(0.2, 1.0),
            ),
            (
                f"Trained anew, {STEPS} steps, each at its own best rate. Guessing: 25 %. A GRU "
                "has to keep every pair: what is asked for comes last.",
                f"組の数ごとに{STEPS}ステップ学習し直し、学習率はそれぞれ最良のものを選んだ。当て推量なら25%。"
                "GRUは、何を問われるか最後まで分からないので、すべての組を隠れ状態に入れておくしかない。",
            ),
        ),
        Figure(
            ("What the scale is for", "1/√dは何のためか"),
            figures.slider(figures.heat_map(saturated, size=20), ("d", "d"), start=64),
            (
                "Softmax over 12 random keys (across) for 6 random queries (down), all of "
                "variance 1. Without the scale, scores grow as √d: one key takes all the weight.",
                "乱数のクエリ6個（縦）が、乱数のキー12個（横）に付けるソフトマックスの重み。要素の分散はどれも1。"
                "1/√dがないとスコアが√dに比例して大きくなり、1つのキーが重みを独占する。",
            ),
        ),
        Figure(
            ("Learning with the scale and without", "1/√dの有無と学習"),
            figures.slider(
                figures.lines(
                    by_rate,
                    np.arange(10, SCALED_STEPS + 1, 10),
                    x_title=("step", "ステップ"),
                    y_title=("loss", "損失"),
                    y_domain=(0, 2.5),
                ),
                ("learning rate", "学習率"),
                start=SCALED_RATES[1],
            ),
            (
                f"Eight pairs, symbols as vectors of {SIZE} numbers of variance 1, d = {SIZE}.",
                f"8組。記号は分散1の{SIZE}次元ベクトルで、d = {SIZE}である。",
            ),
        ),
    ]


TASK = (
    f"Pairs of a key (of {KEYS}) and a value (of {VALUES}) come one a step; then one of the keys "
    "is asked for, and its value is the answer. ",
    f"キー（{KEYS}種類）と値（{VALUES}種類）の組が1ステップに1組ずつ現れ、最後にキーの1つが問われる。その"
    "値を答える。",
)
TRAINING = (
    "Adam with gradients clipped to length 1, {} steps of 32 new sequences, each at its own best "
    "of {} learning rates",
    "勾配の大きさを1にクリッピングしたAdamで、毎回新しい系列32本を使い{}ステップ学習する。学習率は"
    "{}通りからそれぞれ最良のものを選ぶ",
)
CLAIMS = (
    Claim(
        (
            "Attention finds what is asked for in longer sequences than a GRU.",
            "Attentionは、GRUより長い系列から、問われたものを見つけ出せる。",
        ),
        "Bahdanau et al. 2014; Saito, Deep Learning from Scratch 2, 8.1",
        (
            f"{TASK[0]}{', '.join(map(str, PAIRS))} pairs. {TRAINING[0].format(STEPS, '3 or 4')} "
            "on validation data. One head, 1,432 weights, against the better of two GRUs of 1,892 "
            "and 5,316. A number of pairs is learned where test accuracy reaches 90%.",
            f"{TASK[1]}{'、'.join(map(str, PAIRS))}組の3通り。{TRAINING[1].format(STEPS, '3〜4')}"
            "（検証データで選ぶ）。ヘッド1つ（重み1,432個）を、2つのGRU（1,892個と5,316個）のうち良いほうと"
            "比べる。テストデータの認識精度が90%に達した組数を「学習できた」とする。",
        ),
        (
            f"doublings of the most pairs learned ({PAIRS[-1]} at most), attention less GRU",
            f"学習できた最大の組数（{PAIRS[-1]}まで）の2を底とする対数。Attentionの値からGRUの値を引く",
        ),
        lambda result: (
            result.of_numpy("recall", doublings(PAIRS, "attention")),
            result.of_numpy("recall", doublings(PAIRS, "GRU", "wide GRU")),
        ),
        margin=0.5,
    ),
    Claim(
        (
            "Without 1/√d attention learns more slowly where d is large.",
            "dが大きいとき、1/√dで割らないとAttentionの学習は遅くなる。",
        ),
        "Vaswani et al. 2017, Attention is all you need, 3.2.1",
        (
            f"{TASK[0]}Eight pairs, symbols as vectors of {SIZE} numbers of variance 1, one head "
            f"of d = {SIZE}. {TRAINING[0].format(SCALED_STEPS, 4)}: the one with the smallest mean "
            "loss. A tenth of a nat matters.",
            f"{TASK[1]}8組。記号は分散1の{SIZE}次元ベクトルで、d = {SIZE}のヘッド1つ。"
            f"{TRAINING[1].format(SCALED_STEPS, 4)}（損失の平均が最小のもの）。0.1以上の差が"
            "あれば意味があるとみなす。",
        ),
        (
            "mean loss of all steps, without less with",
            "全ステップの損失の平均。「なし」から「あり」を引く",
        ),
        lambda result: tuple(
            result.of_numpy("scaling", mean_loss(name)) for name in ("plain", "scaled")
        ),
        unit="nats",
        margin=0.1,
    ),
    Claim(
        (
            "Several heads learn better than one with as many weights.",
            "重みの数が同じなら、ヘッドは1つより複数のほうがよく学習する。",
        ),
        "commonly told of multi-head attention",
        (
            f"The same with two keys asked for, and {VALUES}² answers; eight pairs. Four heads of "
            f"4 against one of {HEAD}. {TRAINING[0].format(HEADS_STEPS, 4)}: the one with the "
            "smallest mean loss. A tenth of a nat matters.",
            f"同じ課題で、キーを2つ問う（答えは{VALUES}²通り）。8組。大きさ4のヘッド4つと、大きさ{HEAD}のヘッド"
            f"1つを比べる。{TRAINING[1].format(HEADS_STEPS, 4)}（損失の平均が最小のもの）。0.1以上"
            "の差があれば意味があるとみなす。",
        ),
        (
            "mean loss of all steps, one head less four",
            "全ステップの損失の平均。1つの値から4つの値を引く",
        ),
        lambda result: tuple(
            result.of_numpy("heads", mean_loss(name)) for name in ("one head", "four heads")
        ),
        unit="nats",
        margin=0.1,
    ),
)

CONCEPT = Concept(
    title=("Attention", "Attention（注意機構）"),
    chapter=chapters.SEQUENCES.section(5),
    summary=(
        "Attention is a dictionary that can be differentiated. A query is compared with all keys; "
        "softmax turns the scores into weights, and the answer is the mean of the values with "
        "these weights. However far apart two places are, they are one step from each other.",
        "Attentionは、微分できる辞書引きである。クエリをすべてのキーと比べ、そのスコアをソフトマックスで重みに"
        "変え、値をその重みで平均したものが答えになる。2つの場所がどれだけ離れていても、1ステップで届く。",
    ),
    introduces=(
        Introduced(
            "attention",
            r"y = A v, \quad A = \mathrm{softmax}(\sigma \, q k^\top), \quad \frac{\partial L}"
            r"{\partial s_{ij}} = A_{ij} \left( g_{ij} - \textstyle\sum_m g_{im} A_{im} \right), "
            r"\quad g = \frac{\partial L}{\partial y} v^\top",
            (
                "Scores s of every query with every key, softmax over the keys, a mean of the "
                "values. Keras's Attention learns σ from 1, or leaves it out.",
                "すべてのクエリとキーの組のスコアsをキーの方向にソフトマックスし、値を加重平均する。Kerasの"
                "Attentionは、σを1から学習するか、使わない。",
            ),
            three_arrays,
            inputs=3,
        ),
        Introduced(
            "multi_head_attention",
            r"y = \sum_n A_n v_n W^o_n + b^o, \quad A_n = \mathrm{softmax}\left( "
            r"\frac{q_n k_n^\top}{\sqrt{d}} \right), \quad q_n = x_q W^q_n + b^q_n",
            (
                "Each head n compares in projections of its own. A score is a sum of d products; "
                "its deviation is √d, by which it is divided.",
                "ヘッドnは、それぞれの射影で比べる。スコアはd個の積の和で、標準偏差が√dになるので、それで割る。",
            ),
            projections,
            inputs=2,
            helpers=("projected",),
        ),
    ),
    terms=(
        ("attention", "Attention（注意機構）", "layers.Attention"),
        ("query, key, value", "クエリ、キー、バリュー"),
        ("multi-head attention", "マルチヘッドAttention", "layers.MultiHeadAttention"),
    ),
    demonstrations=(
        Demonstration("saturation", random_vectors),
        Demonstration(
            "recall",
            by_pairs,
            seeds=8,
            subject=trained_with("Adam"),
            measured=(
                *(f"{n}, gap {pairs}: {part}" for n in NAMES for pairs in PAIRS for part in PARTS),
                *("x", "untrained", "trained"),
            ),
            proven_with={"parts": {2: pairs_to_recall(2, KEPT, 0)}},
        ),
        Demonstration(
            "scaling",
            two_scales,
            seeds=10,
            subject=trained_with("Adam"),
            measured=tuple(f"{name}, {part}" for name in KINDS for part in PARTS),
            proven_with={"parts": embedded(KEPT, 0)},
        ),
        Demonstration(
            "heads",
            two_questions,
            seeds=10,
            subject=trained_with("Adam"),
            measured=tuple(f"{n}, {part}" for n in ("one head", "four heads") for part in PARTS),
            proven_with={"parts": pairs_to_recall(2, KEPT, 0, 2)},
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
