"""Names as numbers: ordinal, one-hot and embedded; which suits what, and what it costs."""

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
    trained_with,
    versus,
)
from comparisons.harness.drawing import figures

KINDS, ROWS, NEW, HIDDEN, NOISE, SEEDS, UPDATES = 12, 60, 1200, 16, 0.5, 10, 300
RATES = (0.005, 0.01, 0.02, 0.04, 0.08)
DATA = {"names": both("names", "名前（順序なし）"), "grades": both("grades", "段階（順序あり）")}
CODES = {"ordinal": both("ordinal", "順序符号化"), "one-hot": both("one-hot", "one-hot表現")}
GROUPS = [(data, code, rate) for data in DATA for code in CODES for rate in RATES]
NUMBERS, DIMENSIONS, BATCH = (10, 100, 1000, 10_000), 16, 256
JUDGED = 1000  # the vocabulary of the claim on speed
WAYS = {"lookup": both("looking up", "表を引く"), "product": both("multiplying", "行列の積")}
HOURS, MEASUREMENTS = 24, 6
STEPS = [0, 10, 20, 50, 100, 200]


def some_names(seed):
    """Names (numbers here), one of which is not in the vocabulary."""
    return {
        "x": np.array([10, 20, 30, 99, 40, 20, 10, 30]),
        "vocabulary": np.array([30, 10, 40, 20]),
    }


def some_places(seed):
    """Places, one of them of a name that is not known."""
    return {"x": np.array([2, 0, 3, -1, 1, 2, 2]), "number": 4}


def some_table(seed):
    """Places that recur, and a table of vectors."""
    return {
        "x": np.array([2, 0, 2, 4, 2, 0]),
        "table": np.random.default_rng(seed).normal(size=(5, 3)),
    }


def places(seed):
    """Vocabularies of several sizes, one table for all."""
    generator = np.random.default_rng(seed)
    return {
        "table": generator.normal(size=(NUMBERS[-1], DIMENSIONS)),
        "places": np.stack([generator.integers(0, number, BATCH) for number in NUMBERS]),
        "dy": generator.normal(size=(BATCH, DIMENSIONS)),
        "numbers": NUMBERS,
        "repeats": 3,
    }


def effects(seed):
    """What each kind does, mean 0 and deviation 1: names without any order, grades evenly."""
    drawn = {"names": np.random.default_rng(seed).normal(size=KINDS), "grades": np.arange(KINDS)}
    return {data: (effect - effect.mean()) / effect.std() for data, effect in drawn.items()}


def tables(seed):
    """Which of KINDS each row is of, as often each; and the answers, by data."""
    generator = np.random.default_rng([seed, 1])
    kind = np.concatenate([np.arange(rows) % KINDS for rows in (ROWS, ROWS, NEW)])
    noise = NOISE * generator.normal(size=len(kind))
    return kind, {data: own[kind] + noise for data, own in effects(seed).items()}, generator


def coded(kind, code):
    """The kinds as columns: a number of mean 0 and deviation 1 and nothing else, or one-hot."""
    if code == "one-hot":
        return np.eye(KINDS)[kind]
    even = np.arange(KINDS)
    return np.outer((kind - even.mean()) / even.std(), even == 0)


def encodings(seed):
    """A network for each data, code and learning rate, all from the same weights."""
    kind, answers, generator = tables(seed)
    return {
        "x": np.stack([coded(kind, code) for _, code, _ in GROUPS], axis=1),
        "y": np.stack([answers[data] for data, *_ in GROUPS], axis=1),
        "rate": np.array([rate for *_, rate in GROUPS]),
        "train": ROWS,
        "first": 2**0.5 * generator.normal(size=(KINDS, HIDDEN)),
        "second": (2 / HIDDEN) ** 0.5 * generator.normal(size=(HIDDEN, 1)),
        "steps": UPDATES,
    }


def by_hour(seed):
    """Measurements that go up and down over the day, each at hours of its own."""
    generator = np.random.default_rng(seed)
    angle = (
        2 * np.pi / HOURS * (np.arange(HOURS)[:, None] - generator.uniform(0, HOURS, MEASUREMENTS))
    )
    noise = 0.1 * generator.normal(size=angle.shape)
    table, kernel = (
        0.1 * generator.normal(size=shape) for shape in ((HOURS, 2), (2, MEASUREMENTS))
    )
    given = {"y": np.cos(angle) + noise, "table": table, "kernel": kernel}
    return {**given, "learning_rate": 0.5, "steps": STEPS}


def chosen(arrays, data, code):
    """The group whose learning rate is best on the validation rows."""
    groups = [GROUPS.index((data, code, rate)) for rate in RATES]
    # A network that diverged is none to choose.
    return groups[np.nanargmin(arrays["error"][ROWS : 2 * ROWS, groups].mean(axis=0))]


def explained(data, code):
    """The share of the new rows' variance that the chosen network explains."""

    def measure(arrays):
        error = arrays["error"][2 * ROWS :, chosen(arrays, data, code)]
        return float(1 - error.mean() / (1 + NOISE**2))

    return measure


def slower(arrays):
    """How many times as long as looking up multiplying takes, by size of the vocabulary."""
    return arrays["product: seconds"] / arrays["lookup: seconds"]


def answers(result):
    """The last seed's answers, kind by kind: the true ones, and those of the two networks."""
    seed = result.seeds_of("networks")[-1]
    arrays = result.arrays("networks", seed=seed)
    found = {}
    for data, title in DATA.items():
        own = {both("truth", "真の値"): effects(seed)[data]}
        for code, name in CODES.items():
            own[name] = arrays["prediction"][:KINDS, chosen(arrays, data, code)]
        found[title] = own
    return found


def clock(result):
    """The vectors of the hours after some steps, each written as its hour."""
    vectors = result.arrays("hours")["vectors"]
    size = 1.1 * np.abs(vectors).max()
    table = pd.DataFrame(
        {"choice": step, "x": x, "y": y, "hour": hour}
        for step, own in zip(STEPS, vectors)
        for hour, (x, y) in enumerate(own)
    )
    chart = alt.Chart(table).mark_text(fontSize=13)
    chart = chart.encode(
        x=alt.X("x:Q").scale(domain=[-size, size]).title("E₁"),
        y=alt.Y("y:Q").scale(domain=[-size, size]).title("E₂"),
        text="hour:N",
    )
    return figures.slider(chart.properties(width=300, height=300), ("step", "ステップ"), STEPS[-1])


def draw(result):
    """What each code makes of names and grades, the clock, and the times."""
    times = {
        name: np.array(result.of_numpy("lookups", lambda a, k=key: 1e3 * a[f"{k}: seconds"]))
        for key, name in WAYS.items()
    }
    return [
        Figure(
            ("Names and grades", "名前と段階"),
            figures.selection(
                figures.lines(
                    answers(result),
                    x_title=("kind", "種類の番号"),
                    y_title=("answer", "出力"),
                ),
                ("the kinds are", "種類の性質"),
            ),
            (
                f"{KINDS} kinds, {ROWS // KINDS} noisy examples of each. As one number the kinds "
                "stand in a row, and the network must bend from one to the next. One-hot each has "
                "a weight of its own. Where the order means something, the row is what it needs.",
                f"{KINDS}種類、各{ROWS // KINDS}個のデータ（ノイズあり）。1つの数にすると種類は"
                "一列に並び、ネットワークの出力は隣の種類に移るたびに折れ曲がらなければならない。one-hot表現"
                "では種類ごとに専用の重みがある。順序に意味がある場合には、一列に並んでいることが役立つ。",
            ),
        ),
        Figure(
            ("A table of vectors learns the clock", "ベクトルの表が時計を学ぶ"),
            clock(result),
            (
                f"Each hour is looked up as two numbers, which predict {MEASUREMENTS} values. "
                "Nobody said that 0 comes after 23: hours that behave alike get vectors alike.",
                f"各時刻を2つの数のベクトルに変換し、そこから{MEASUREMENTS}種類の測定値を予測する。23時の次が"
                "0時だとは教えていない。似たふるまいの時刻には、似たベクトルが学習される。",
            ),
        ),
        Figure(
            ("What it costs", "計算時間"),
            figures.lines(
                times,
                NUMBERS,
                x_title=("size of the vocabulary", "語彙の大きさ"),
                y_title=("milliseconds", "時間（ミリ秒）"),
                log="xy",
            ),
            (
                f"{BATCH} vectors of {DIMENSIONS} numbers, forward and backward in NumPy, one-hot "
                "rows made on the way. The results are the same. The product grows with the "
                "vocabulary; with a few names it is the faster one.",
                f"{DIMENSIONS}次元のベクトル{BATCH}個の順伝播と逆伝播（NumPy、one-hot表現の作成を含む）。"
                "計算結果は同じである。積の時間は語彙とともに増えるが、名前が少ないうちは積のほうが速い。",
            ),
        ),
    ]


NETWORK = (
    f"{KINDS} kinds, {ROWS} examples to learn from, {ROWS} to choose the learning rate on, {NEW:,} "
    f"new ones. A hidden layer of {HIDDEN} with ReLU, {UPDATES} steps at the best of {len(RATES)} "
    "rates; ",
    f"{KINDS}種類。学習に{ROWS}個、学習率の選択に{ROWS}個、評価に{NEW:,}個のデータを使う。ReLUの隠れ層"
    f"（{HIDDEN}ユニット）をもつネットワークを、{len(RATES)}通りのうち最良の学習率で{UPDATES}ステップ学習する。",
)
VARIANCE = ("share of the variance of new answers explained, ", "新しいデータでの決定係数。")
ONE_HOT_LESS = (
    f"{VARIANCE[0]}one-hot less ordinal",
    f"{VARIANCE[1]}one-hot表現の値から順序符号化の値を引く",
)
CLAIMS = (
    Claim(
        claim=(
            "For names one-hot beats ordinal numbers.",
            "順序のない名前には、順序符号化よりone-hot表現が良い。",
        ),
        source="scikit-learn user guide, Preprocessing data: Encoding categorical features",
        experiment=(
            f"{NETWORK[0]}each name has an effect of its own, without any order.",
            f"{NETWORK[1]}名前ごとの効果は順序と無関係である。",
        ),
        metric=ONE_HOT_LESS,
        measure=versus("networks", explained("names", "one-hot"), explained("names", "ordinal")),
        unit="%",
        margin=0.05,
    ),
    Claim(
        claim=(
            "One-hot is the better code for every category, graded ones too.",
            "順序のあるカテゴリも含めて、常にone-hot表現が良い。",
        ),
        source=("a common habit", "よくある習慣"),
        experiment=(
            f"{NETWORK[0]}the effect grows evenly from grade to grade.",
            f"{NETWORK[1]}効果は段階とともに一定の割合で増える。",
        ),
        metric=ONE_HOT_LESS,
        measure=versus("networks", explained("grades", "one-hot"), explained("grades", "ordinal")),
        unit="%",
        instead=(
            "Where the order means something, one number tells it, and few examples suffice. "
            "One-hot has to learn every grade by itself.",
            "順序に意味があるなら、1つの数でそれを伝えられるので、少ないデータで足りる。one-hot表現では段階を"
            "1つずつ別々に学ばなければならない。",
        ),
    ),
    Claim(
        claim=(
            "With many names looking up is faster than multiplying with one-hot rows.",
            "名前が多いときは、表を引くほうが、one-hot表現との行列の積より速い。",
        ),
        source="Saito, Deep Learning from Scratch 2, 4.1.1",
        experiment=(
            f"{JUDGED:,} names, {BATCH} vectors of {DIMENSIONS} numbers, forward and backward in "
            "NumPy, side by side; the fastest of three passes.",
            f"名前{JUDGED:,}個、{DIMENSIONS}次元のベクトル{BATCH}個の順伝播と逆伝播をNumPyで続けて測る"
            "（3回の最短）。",
        ),
        metric=(
            "time of multiplying in times of looking up, less 2",
            "行列の積の時間が表を引く時間の何倍かから、2を引いた値",
        ),
        measure=lambda result: (
            result.of_numpy("lookups", lambda a: float(slower(a)[NUMBERS.index(JUDGED)])),
            2.0,
        ),
        unit="×",
    ),
)

CONCEPT = Concept(
    title=(
        "Categories: ordinal, one-hot, embedded",
        "カテゴリ変数：順序符号化、one-hot表現、埋め込み",
    ),
    chapter=chapters.DATA.section(3),
    summary=(
        "A network computes with numbers. One number a name puts the names in an order that means "
        "nothing. One-hot gives each a column of its own, and so a weight of its own. An embedding "
        "is the product of such a row with a matrix, computed by looking up its row: with many "
        "names that is much cheaper, and names that behave alike get vectors alike.",
        "ネットワークが扱えるのは数だけである。名前を1つの数で表すと、意味のない順序が生じる。one-hot表現では"
        "名前ごとに専用の列、つまり専用の重みができる。埋め込み（Embedding）はone-hot表現と行列の積を、"
        "行を抜き出すだけで計算する。名前が多いときは計算がはるかに軽く、似たふるまいの名前には似たベクトルが"
        "学習される。",
    ),
    introduces=(
        Introduced(
            "ordinal",
            r"x = v_i \; \mapsto \; i, \quad v = (v_0, v_1, \dots, v_{K - 1})",
            (
                "A name x becomes its place i in the vocabulary v, which is made of the training "
                "rows; a name that is not in it gets −1. "
                "Keras's `StringLookup` does this for text (it needs TensorFlow and counts an "
                "unknown name as 0, the others from 1).",
                "名前xを、語彙vの中での位置iで表す。語彙は訓練データから作り、語彙にない名前は−1とする。"
                "Kerasでは、文字列には`StringLookup`を使う（TensorFlowが必要。未知の名前が0で、ほかは1から"
                "始まる）。",
            ),
            some_names,
        ),
        Introduced(
            "one_hot",
            r"o_k = \begin{cases} 1 & (k = i) \\ 0 & (k \ne i) \end{cases}",
            (
                "All names are equally far from one another. An unknown one is a row of zeros.",
                "どの名前どうしも距離が等しい。未知の名前はすべて0になる。",
            ),
            some_places,
        ),
        Introduced(
            "embedding",
            r"y = o^T E = E_i, \quad \frac{\partial L}{\partial E_k} = "
            r"\sum_{n:\, i_n = k} \frac{\partial L}{\partial y_n}",
            (
                "E is a table of vectors, a row a name. The row is looked up: no product is "
                "needed. A name that occurs twice in a batch gets both gradients, added up.",
                "Eは、名前ごとに1行のベクトルをもつ表。積を計算せず、行を抜き出す。バッチに同じ名前が2回"
                "現れたら、勾配は両方を足し合わせる。",
            ),
            some_table,
        ),
    ),
    terms=(
        ("categorical variable", "カテゴリ変数"),
        ("ordinal encoding", "順序符号化（Ordinal Encoding）"),
        ("one-hot encoding", "one-hotエンコーディング", "layers.CategoryEncoding"),
        ("embedding", "埋め込み（Embedding）", "layers.Embedding"),
        ("vocabulary", "語彙", "layers.StringLookup"),
    ),
    demonstrations=(
        # On seeds from 0 ordinal numbers were not offered the rates that suit them.
        Demonstration("networks", encodings, SEEDS, first_seed=10, subject=trained_with("SGD")),
        Demonstration("hours", by_hour, subject=trained_with("SGD")),
        Demonstration("lookups", places, 5, measured=("lookup: seconds", "product: seconds")),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
