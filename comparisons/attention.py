"""Attention: looking up by content, the scale of its scores, and how many places a head sees."""

import numpy as np

from comparisons.gru import TRAINING, in_the_end
from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures
from comparisons.lstm import mean_loss, named
from comparisons.recurrent_network import PARTS, at_best_rate, initial_weights

PAIRS, STEPS, BATCH, KEPT, KEYS, VALUES = (2, 4, 16), 400, 32, 2, 16, 4
HEAD, UNITS, RATES = 16, 32, dict.fromkeys(("attention", "GRU"), (0.003, 0.01, 0.03, 0.1))
SIZE, SIZES, SCALED_STEPS, SCALED_RATES = 64, (4, 16, 64, 256, 1024), 150, (0.001, 0.003, 0.01)
HEADS_STEPS, HEADS_RATES, HELD = 400, (0.005, 0.01, 0.02, 0.05), 8
NAMES = {
    "attention": both("attention, a head of 16", "Attention、大きさ16のヘッド1つ"),
    "GRU": both(f"GRU, {UNITS} units", f"GRU、{UNITS}ユニット"),
}
KINDS = {
    "scaled": both("with 1/√d", "1/√dあり"),
    "plain": both("without", "なし"),
    "small": both("without, initial W^q / √d", "なし、W^qの初期値 / √d"),
}
HEADS = {f"{name}, {keys}": (count, keys) for keys in (2, 3)
         for name, count in (("one head", 1), ("four heads", 4))}  # fmt: skip


def some_arrays(seed):
    """Three queries, four places; projections of two heads."""
    draw = np.random.default_rng(seed).normal
    shapes = {"query": (2, 3, 5), "value": (2, 4, 6), "key": (2, 4, 5), "scale": ()}
    for name, inputs in (("q", 5), ("k", 6), ("v", 6)):
        shapes |= {f"{name}_kernel": (inputs, 2, 4), f"{name}_bias": (2, 4)}
    shapes |= {"o_kernel": (2, 4, 5), "o_bias": (5,)}
    return {name: np.asarray(draw(size=shape)) for name, shape in shapes.items()}


def random_vectors(seed):
    """Six queries and twelve keys of numbers of variance one."""
    query, key = np.split(np.random.default_rng(seed).normal(size=(18, 1024)), [6])
    return {"query": query, "key": key, "sizes": SIZES}


def glorot(draw, *shape):
    """Keras's initial kernel."""
    return (draw.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))).astype("float32")


def head_weights(seed, count, size, inputs, classes):
    """Initial weights of heads, of the same limits whatever their number, and of a Dense."""
    draw, weights, width = np.random.default_rng(seed), {}, count * size
    for name in "qkv":
        weights[f"{name}_kernel"] = glorot(draw, inputs, width).reshape(inputs, count, size)
        weights[f"{name}_bias"] = np.zeros((count, size), "float32")
    weights["o_kernel"] = glorot(draw, width, inputs).reshape(count, size, inputs)
    return {**weights, "o_bias": np.zeros(inputs, "float32"), **dense(draw, inputs, classes)}


def dense(draw, *shape):
    """Initial weights of the layer at the end."""
    return {"output_kernel": glorot(draw, *shape), "output_bias": np.zeros(shape[1], "float32")}


def pairs_to_recall(pairs, steps, seed, questions=1, new=500):
    """Sequences of pairs of key and value; the last step asks for the values of keys.

    x of each part: one-hot keys (asked ones, by question, too), then one-hot values.
    """
    draw, found = np.random.default_rng(seed), {}
    for name, n in (("train", steps * BATCH), ("validation", new), ("test", new)):
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
    """The task with each number of pairs, for attention and a GRU."""
    networks = {"attention": head_weights(seed, 1, HEAD, KEYS + VALUES, VALUES)}
    gru = initial_weights(seed, UNITS, 3, KEYS + VALUES)
    networks["GRU"] = {**gru, "bias": np.zeros((2, 3 * UNITS), "float32")}
    parts = {pairs: pairs_to_recall(pairs, STEPS, seed) for pairs in PAIRS}
    return {"parts": parts, "rates": RATES, "batch_size": BATCH, "kept": KEPT, **named(networks)}


def embedded(steps, seed, new=500):
    """The task with eight pairs, each symbol a vector of 64 numbers of variance one."""
    vectors = np.random.default_rng(seed + 1).normal(size=(KEYS + VALUES, SIZE)).astype("float32")
    parts = pairs_to_recall(HELD, steps, seed, new=new)
    return {part: (x @ vectors, y) for part, (x, y) in parts.items()}


def two_scales(seed):
    """The embedded task, for one head with the scale and without."""
    draw = np.random.default_rng(seed)
    own = {name: glorot(draw, SIZE, SIZE) for name in "qvk"} | dense(draw, SIZE, VALUES)
    networks = dict.fromkeys(KINDS, own) | {"small": {**own, "q": own["q"] / np.float32(SIZE**0.5)}}
    parts = dict.fromkeys(KINDS, embedded(SCALED_STEPS, seed))
    given = {"rates": SCALED_RATES, "batch_size": BATCH, "kept": KEPT}
    return {"parts": parts, **given, **named(networks)}


def several_keys(seed):
    """The task with two keys asked for and with three, for one head and for four."""
    parts = {keys: pairs_to_recall(HELD, HEADS_STEPS, seed, keys) for keys in (2, 3)}
    networks = {
        name: head_weights(seed, count, HEAD // count, keys * KEYS + VALUES, VALUES**keys)
        for name, (count, keys) in HEADS.items()
    }
    given = {"rates": HEADS_RATES, "batch_size": BATCH, "kept": KEPT, **named(networks)}
    return {"parts": {name: parts[keys] for name, (_, keys) in HEADS.items()}, **given}


def written(x):
    """A sequence as letters: what is asked for, "c?" or "c? f?"; and the pairs, "c2"."""
    letters, asked = "abcdefghijklmnop", x[-1, :-VALUES].reshape(-1, KEYS).argmax(axis=1)
    pairs = [f"{letters[row[:KEYS].argmax()]}{row[-VALUES:].argmax()}" for row in x[:-1]]
    return " ".join(f"{letters[key]}?" for key in asked), pairs


def where_it_looks(result):
    """Attention of every head over a few sequences, with one key asked for and with two."""
    data, across, down = {}, {}, {}
    for function, name, title in (
        ("recall_pairs", "attention", both("one key, one head", "キー1つ、ヘッド1つ")),
        ("number_of_heads", "one head, 2", both("two keys, one head", "キー2つ、ヘッド1つ")),
        ("number_of_heads", "four heads, 2", both("two keys, four heads", "キー2つ、ヘッド4つ")),
    ):
        arrays = result.arrays(function)
        maps, texts = arrays[f"{name}, maps"], map(written, arrays[f"{name}, x"])
        for number, ((asked, pairs), own) in enumerate(zip(texts, maps), 1):
            data.setdefault(title, {})[f"{number}. {asked}"] = own
            across.setdefault(title, {})[f"{number}. {asked}"] = pairs
        down[title] = range(1, len(own) + 1)
    return figures.heat_map(data, across, down, size=22, panels=1)


def draw(result):
    """Where attention looks, how many pairs are recalled, and what the scale does."""
    vectors = result.arrays("saturation")
    saturated = {d: {KINDS[k]: vectors[f"{k}, {d}"] for k in ("scaled", "plain")} for d in SIZES}
    return [
        Figure(
            ("Where it looks", "どこに注目するか"),
            figures.selection(where_it_looks(result), ("asked for", "問い")),
            (
                "Five test sequences and, as titles, what they ask for: a letter is a key, the "
                "number its value; a row is a head. A trained query finds its own key wherever "
                "that stands. Asked for two keys, one head gives them unequal weights.",
                "テスト用の系列5本と、見出しにその問い。文字がキー、数字がその値、1行が1つのヘッドで、青が重みである。"
                "学習後のクエリは、同じキーがどこにあっても見つける。キー2つを1つのヘッドで探すと、重みに差が付く。",
            ),
        ),
        Figure(
            ("How many pairs are recalled", "何組まで思い出せるか"),
            figures.lines(
                result.of_each(NAMES, "recall_pairs", by_number),
                PAIRS,
                x_title=("pairs", "組の数"),
                y_title=("test accuracy", "テストデータの正解率"),
                unit="%",
            ),
            (
                f"Trained anew, {STEPS} steps, each at its own best rate. Guessing: 25 %. What is "
                "asked for comes last, so a GRU has to keep all pairs in its state of fixed size.",
                f"組の数ごとに{STEPS}ステップ学習し直し、学習率はそれぞれ最良のものを選んだ。当て推量なら25%。"
                "何を問われるか最後までわからないので、GRUは大きさの決まった隠れ状態に全組を詰め込むしかない。",
            ),
        ),
        Figure(
            ("What the scale is for", "1/√dは何のためか"),
            figures.slider(figures.heat_map(saturated, size=20), ("d", "d"), start=64),
            (
                "Weights of 12 random keys (across) for 6 random queries (down), all of variance "
                "1. Without the scale, scores grow as √d: one key takes all the weight, and at 0 "
                "and 1 softmax has no gradient.",
                "乱数のクエリ6個（縦）が乱数のキー12個（横）に付ける重み。要素の分散はどれも1。1/√dがないとスコアが"
                "√dに比例して大きくなり、1つのキーが重みを独占する。重みが0や1だと、ソフトマックスの勾配は消える。",
            ),
        ),
        Figure(
            ("Learning with the scale and without", "1/√dの有無と学習"),
            figures.bars(
                result.of_each(KINDS, "scaling", lambda arrays, name: mean_loss(name)(arrays)),
                x_title=("mean loss of all steps", "全ステップの損失の平均"),
            ),
            (
                "What hurts is to begin with saturated weights: where the query's initial kernel "
                "is divided by √d, once, it learns without the scale too.",
                "問題は、飽和した重みから始まることにある。クエリの重みの初期値を√dで割っておけば、スコアを"
                "割らなくても学習できる。",
            ),
        ),
    ]


TASK = (
    f"Pairs of a key (of {KEYS}) and a value (of {VALUES}) come one a step; then one of the keys "
    "is asked for, and its value is the answer. ",
    f"キー（{KEYS}種類）と値（{VALUES}種類）の組が1ステップに1組ずつ現れ、最後にキーの1つが問われる。その"
    "値を答える。",
)


def recalled(arrays, name, pairs=PAIRS[-1]):
    """Test accuracy of a network trained on one number of pairs."""
    return at_best_rate(f"{name}, gap {pairs}")(arrays)


def by_number(arrays, name):
    """The same for every number of pairs."""
    return [recalled(arrays, name, pairs) for pairs in PAIRS]


def sides(function, measure, *names):
    """A claim's sides: a measure of two networks, by seed."""
    return lambda result: tuple(result.of_numpy(function, measure, name) for name in names)


def of_heads(keys, words, source, instead=None):
    """The claim that four heads do better than one where two or three keys are asked for."""
    experiment = (
        f"The same with {keys} keys asked for; their values, in order, are the answer. {HELD} "
        f"pairs, four heads of 4 against one of {HEAD}, as many weights. "
        f"{TRAINING[0].format(HEADS_STEPS, BATCH, 4)} on validation data. 5 points matter.",
        f"同じ課題で{keys}つのキーを問い、その値を順に答える。{HELD}組。重みの数が等しい、大きさ4のヘッド4つと"
        f"大きさ{HEAD}のヘッド1つを比べる。{TRAINING[1].format(HEADS_STEPS, BATCH, 4)}"
        "（検証データで選ぶ）。5ポイント以上の差があれば意味があるとみなす。",
    )
    return Claim(
        words,
        source,
        experiment,
        ("test accuracy, four less one", "テストデータの正解率。ヘッド4つの値から1つの値を引く"),
        sides("number_of_heads", in_the_end, f"four heads, {keys}", f"one head, {keys}"),
        "%",
        0.05,
        instead,
    )


CLAIMS = (
    Claim(
        (
            "Attention soon learns to find the right place over long gaps; a GRU does not.",
            "Attentionは、長い系列から目当ての場所を見つけることをすぐに学習する。GRUはそうはいかない。",
        ),
        "Bahdanau et al. 2014; Saito, Deep Learning from Scratch 2, 8.1",
        (
            f"{TASK[0]}{PAIRS[-1]} pairs. {TRAINING[0].format(STEPS, BATCH, 4)} on validation "
            f"data. A head of {HEAD}, 1,432 weights; a GRU of {UNITS}, 5,316. 10 points matter.",
            f"{TASK[1]}{PAIRS[-1]}組。{TRAINING[1].format(STEPS, BATCH, 4)}（検証データで選ぶ）。"
            f"大きさ{HEAD}のヘッド1つ（重み1,432個）を、{UNITS}ユニットのGRU（5,316個）と比べる。10ポイント"
            "以上の差があれば意味があるとみなす。",
        ),
        ("test accuracy, attention less GRU", "正解率。Attentionの値からGRUの値を引く"),
        sides("recall_pairs", recalled, "attention", "GRU"),
        unit="%",
        margin=0.1,
    ),
    Claim(
        (
            "Without 1/√d attention learns more slowly where d is large.",
            "dが大きいとき、1/√dで割らないとAttentionの学習は遅くなる。",
        ),
        "Vaswani et al. 2017, Attention is all you need, 3.2.1",
        (
            f"{TASK[0]}Eight pairs, symbols as vectors of {SIZE} numbers of variance 1, one head "
            f"of d = {SIZE}, Keras's initial weights. {TRAINING[0].format(SCALED_STEPS, BATCH, 3)}"
            ": the one with the smallest mean loss. A tenth of a nat matters.",
            f"{TASK[1]}8組。記号は分散1の{SIZE}次元ベクトル、d = {SIZE}のヘッド1つ。重みの初期値は"
            f"Kerasと同じ。{TRAINING[1].format(SCALED_STEPS, BATCH, 3)}（損失の平均が最小のもの）。"
            "0.1以上の差があれば意味があるとみなす。",
        ),
        ("mean loss, without less with", "損失の平均。「なし」から「あり」を引く"),
        sides("scaling", lambda a, name: mean_loss(name)(a), "plain", "scaled"),
        unit="nats",
        margin=0.1,
    ),
    of_heads(
        2,
        (
            "A single head cannot look at two places: averaging inhibits this.",
            "1つのヘッドでは、平均してしまうため、2か所を同時に見ることはできない。",
        ),
        "Vaswani et al. 2017, Attention is all you need, 3.2.2",
        (
            "It can: it gives one place about twice the other's weight, and so their mean still "
            "tells both values and which is which.",
            "見ることができる。一方に他方の約2倍の重みを付けるので、平均からでも2つの値とその順序がわかる。",
        ),
    ),
    of_heads(
        3,
        ("Several heads find three sooner.", "3つを探すなら、ヘッドは複数のほうが早く学習する。"),
        ("commonly told of multi-head attention", "マルチヘッドAttentionの一般的な説明"),
    ),
)


def learning(function, arguments, subject, measured, **given):
    """A demonstration of networks in training, whose first losses are proven on a few sequences."""
    measured = tuple(measured)
    return Demonstration(function, arguments, 5, 0, lambda quantity: subject, measured, given)


ADAM = "Optimizer", {"name": "Adam"}
# Heads of size 3 in the proof: Keras has their scale in float32, like Adam's constants.
ODD_HEADS = "MultiHeadAttention", {"key_dim": 3}
CONCEPT = Concept(
    title=("Attention", "Attention（注意機構）"),
    chapter=chapters.SEQUENCES.section(5),
    summary=(
        "Attention is a dictionary that can be differentiated. A query is compared with all keys; "
        "softmax turns the scores into weights, and the answer is the mean of the values with "
        "these weights. However far apart two places are, they are one step from each other; the "
        "price is that every step is kept, and compared with every other.",
        "Attentionは、微分できる辞書引きである。クエリをすべてのキーと比べ、そのスコアをソフトマックスで重みに"
        "変え、値をその重みで平均したものが答えになる。2つの場所がどれだけ離れていても、1ステップで届く。その"
        "代わり、全ステップを残しておき、互いにすべて比べる必要がある。",
    ),
    introduces=(
        Introduced(
            "attention",
            r"y = A v, \quad A = \mathrm{softmax}(\sigma \, q k^\top), \quad \frac{\partial L}"
            r"{\partial s_{ij}} = A_{ij} \left( g_{ij} - \textstyle\sum_m g_{im} A_{im} \right), "
            r"\quad g = \frac{\partial L}{\partial y} v^\top",
            (
                "Scores s of every query with every key, softmax over the keys, a mean of the "
                "values. σ is a scale that Keras's Attention learns from 1 on, or leaves out.",
                "すべてのクエリとキーの組についてスコアsを求め、キーの方向にソフトマックスをとり、値を加重平均"
                "する。σはスコアに掛ける係数で、KerasのAttentionは、初期値1から学習するか、まったく使わない。",
            ),
            some_arrays,
            inputs=3,
        ),
        Introduced(
            "multi_head_attention",
            r"y = \sum_n A_n v_n W^o_n + b^o, \quad A_n = \mathrm{softmax}\left( "
            r"\frac{q_n k_n^\top}{\sqrt{d}} \right), \quad q_n = x_q W^q_n + b^q_n",
            (
                "Each head n compares in projections of its own, of size d (k, v as q). A score "
                "adds d products: of numbers of variance 1 it has standard deviation √d; so 1/√d.",
                "ヘッドnは、それぞれd次元への射影（k、vもqと同様）で比べる。スコアはd個の積の和で、要素の分散が1なら"
                "標準偏差は√dになるので、√dで割る。",
            ),
            some_arrays,
            inputs=2,
        ),
    ),
    terms=(
        ("attention", "Attention（注意機構）", "layers.Attention"),
        ("query, key, value", "クエリ、キー、バリュー（値）"),
        ("multi-head attention", "マルチヘッドAttention", "layers.MultiHeadAttention"),
    ),
    demonstrations=(
        Demonstration("saturation", random_vectors),
        learning(
            "recall_pairs",
            by_pairs,
            ODD_HEADS,
            [f"{n}, gap {pairs}: {part}" for n in NAMES for pairs in PAIRS for part in PARTS]
            + ["attention, x", "attention, maps"],
            parts={2: pairs_to_recall(2, KEPT, 0, new=2)},
            **named({"attention": head_weights(0, 1, 3, KEYS + VALUES, VALUES)}),
        ),
        learning(
            "scaling",
            two_scales,
            ADAM,
            [f"{name}, {part}" for name in KINDS for part in PARTS],
            parts=dict.fromkeys(("scaled", "plain"), embedded(KEPT, 0, new=2)),
        ),
        learning(
            "number_of_heads",
            several_keys,
            ODD_HEADS,
            [f"{name}, {part}" for name in HEADS for part in (*PARTS, "x", "maps")],
            parts={"four heads, 2": pairs_to_recall(2, KEPT, 0, 2, new=2)},
            **named({"four heads, 2": head_weights(0, 4, 3, 2 * KEYS + VALUES, VALUES**2)}),
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.5,
)

if __name__ == "__main__":
    run_script(__file__)
