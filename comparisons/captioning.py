"""Captions of scenes of two digits: word by word or all at once, and beam search."""

import functools

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
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
from comparisons.harness.datasets import Dataset, load_mnist, shrunk
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

BY_WORD, AT_ONCE = "word by word", "all at once"
JAPANESE = {BY_WORD: "1語ずつ", AT_ONCE: "全語を一度に"}
NAMES = {variant: both(variant, JAPANESE[variant]) for variant in (BY_WORD, AT_ONCE)}
OPPOSITE = {"left of": "right of", "above": "below"}
# The cells of two digits, and how the first stands to the second.
RELATIONS = {(0, 1): "left of", (2, 3): "left of", (0, 2): "above", (1, 3): "above"}
RELATIONS |= {(q, p): OPPOSITE[said] for (p, q), said in RELATIONS.items()}
# The full preset: four times the units.
EPOCHS, BATCH = 12, 100
LARGE = {"rate": 0.003, "units": 256, "steps": EPOCHS * 100_000 // BATCH}
FULL = {BY_WORD: LARGE, AT_ONCE: LARGE}
CELL = 7  # pixels; a picture has 2×2 cells


def half():
    """The functions that the NumPy half writes out."""
    return reference_half("captioning")


def data(settings, seed):
    """Pictures with their two sentences each."""
    return drawn(settings.preset, seed)


@functools.cache
def drawn(preset, seed):
    """The data of a seed."""
    counts = (100_000, 1_000, 2_000) if preset == "full" else (5_000, 300, 500)
    (x, y), of_test = load_mnist()
    pools = (x[:-10_000], y[:-10_000]), (x[-10_000:], y[-10_000:]), of_test
    draw, parts = np.random.default_rng(seed), []
    for count, pool in zip(counts, pools):
        pictures, sentences = composed(count, *pool, draw)
        parts += [[pictures, half().told(sentences[:, 0])], sentences]
    said = (
        f"{counts[0]:,} pictures of 14×14 pixels to train on, {counts[1]:,} and {counts[2]:,} to "
        "validate and test: two MNIST digits of 7×7 pixels side by side or one above the other, "
        f"in two of four cells (seed {seed}); two right sentences each. The test pictures are "
        "composed of MNIST's test images",
        f"14×14画素の画像。訓練データ{counts[0]:,}枚、検証データ{counts[1]:,}枚、テストデータ{counts[2]:,}枚。"
        f"7×7画素に縮めたMNISTの数字が2個、4つのマスのうち左右か上下に並ぶ2つにある（シード{seed}）。"
        "正しい文は1枚に2つずつある。テストデータはMNISTのテスト画像から作った。",
    )
    return Dataset(*parts, said)


def composed(count, images, labels, draw):
    """Pictures (count, 14, 14, 1), and their two sentences each."""
    chosen = draw.integers(0, len(labels), (count, 2))
    cells = np.array(list(RELATIONS))[draw.integers(0, len(RELATIONS), count)]
    pictures = np.zeros((count, 4, CELL, CELL), "float32")
    small = shrunk(images[chosen].reshape(-1, 28, 28), CELL) / 255
    pictures[np.arange(count)[:, None], cells] = small.reshape(count, 2, CELL, CELL)
    pictures = pictures.reshape(count, 2, 2, CELL, CELL).swapaxes(2, 3)
    sentences = [
        [tokens(a, RELATIONS[p, q], b), tokens(b, RELATIONS[q, p], a)]
        for (a, b), (p, q) in zip(labels[chosen], cells)
    ]
    return pictures.reshape(count, 2 * CELL, 2 * CELL, 1), np.array(sentences, "int32")


def tokens(a, relation, b):
    """The numbers of the words of a sentence, filled up with full stops."""
    words = [half().DIGITS[a], *relation.split(), half().DIGITS[b]]
    words += ["."] * (half().LONGEST - len(words))
    return [half().WORDS.index(word) for word in words]


def text(sentence):
    """A sentence without its full stops."""
    return " ".join(half().WORDS[word] for word in sentence if word != half().EDGE)


def is_right(y, sentences):
    """Whether a sentence is one of the two that are right, for each picture."""
    return (sentences[:, None] == y).all(axis=-1).any(axis=-1)


def exact_match(y, sentences):
    """Share of the sentences of which each word is right."""
    return float(is_right(y, sentences).mean())


def loss_arguments(seed):
    """Two sentences of three and of two words, of a vocabulary of four."""
    draw = np.random.default_rng(seed).normal
    return {"y_true": np.array([[1, 3, 0], [2, 0, -1]], "int32"), "y_pred": draw(size=(2, 3, 4))}


def chain(seed):
    """How likely each of five words follows each, in three languages."""
    draw = np.random.default_rng(seed).normal(0, 1.5, (3, 5, 5))
    log_p = draw - np.log(np.exp(draw).sum(axis=-1, keepdims=True))
    return {"log_p": log_p.astype("float32").astype("float64"), "widths": (1, 2, 5), "length": 4}


def last_kept(result, run):
    """What was kept of a run at its end."""
    found = result.kept(run["variant"], run["implementation"], run["seed"])
    return found[max(found)]


def matches(key, variant=BY_WORD):
    """A claim's side: how often the sentences of this kind are right, by seed."""

    def share(result, run):
        y = drawn(result.settings.preset, run["seed"]).y_test
        return exact_match(y, last_kept(result, run)[key])

    return lambda result: result.by_seed(lambda run: share(result, run), variant=variant)


def of_first(result, variant):
    """Test data of the first seed, and what NumPy's network kept of it."""
    run = result.runs(variant=variant, implementation="numpy")[0]
    return drawn(result.settings.preset, run["seed"]), last_kept(result, run)


def captions(result):
    """Test pictures, and what each network writes about them."""
    pictures, labels = {}, {}
    for variant, name in NAMES.items():
        part, kept = of_first(result, variant)
        marks = np.where(is_right(part.y_test, kept["greedy"]), "✓", "✗")
        pictures[name] = part.x_test[0][: half().SHOWN, ..., 0]
        labels[name] = [f"{m} {text(s)}" for m, s in zip(marks[: half().SHOWN], kept["greedy"])]
    return figures.images(pictures, labels, columns=3, size=130)


def chances(result):
    """The probabilities of each next word, picture by picture and network by network."""
    squares, written = {}, {}
    for variant, name in NAMES.items():
        _, kept = of_first(result, variant)
        for number in range(1, half().SHOWN + 1):
            sentence = kept["greedy"][number - 1]
            length = 1 + int(np.argmax(sentence == half().EDGE))
            squares.setdefault(number, {})[name] = kept["chances"][number - 1, :length]
            written.setdefault(number, {})[name] = [half().WORDS[w] for w in sentence[:length]]
    chart = figures.heat_map(squares, half().WORDS, written, size=36, panels=1)
    return figures.slider(chart, ("picture", "画像"))


def draw(result):
    """Captions, and the probabilities of each next word."""
    return [
        Figure(
            ("What is written", "書かれた文"),
            captions(result),
            (
                "The same test pictures, and what two networks write; ✓ marks one of the two right "
                "sentences. Written all at once, a sentence may take one word from either: no "
                "word knows which sentence the others belong to.",
                "同じテスト画像について、2つのネットワークが書いた文。✓は、2つの正しい文のどちらかと完全に一致した"
                "もの。全語を一度に書くと、ほかの語がどちらの文のものかわからないまま選ぶので、2つの文の語が"
                "混ざりうる。",
            ),
        ),
        Figure(
            ("The probability of each next word", "次の語の確率"),
            chances(result),
            (
                "A row is a step, left of it the likeliest word, which is written. The first word "
                "is open: the probability is shared, for the most part by the digits in sight. "
                "Word by word, what was written makes the place and the other digit surer; all at "
                "once nothing is decided, and the words of both sentences go on sharing it.",
                "1行が1ステップで、左に最も確率が高く実際に書かれた語を示す。"
                "最初の語はまだ決まっておらず、確率は主に、画像に見える数字に分かれる。"
                "1語ずつ書く場合は、書いた語によって、位置関係ともう一方の数字の見当が"
                "つきやすくなる。全語を一度に書く場合は何も決まらないので、"
                "確率は2つの文の語に分かれたままである。",
            ),
        ),
    ]


SETTING = (
    "5,000 pictures of two digits, each with one of its two sentences at each step, 7 epochs of "
    "Adam; 500 test pictures (full preset: 100,000 pictures, four times the units, 12 epochs, the "
    "rate 0.003 falling to 0; 2,000 test pictures). ",
    "数字が2個ある画像5,000枚を、ステップごとに2つの文の一方とともに与え、Adamで7エポック学習する。"
    "テスト画像は500枚（fullでは画像10万枚、ユニット数4倍、12エポックで、学習率を0.003から0まで下げる。"
    "テスト画像は2,000枚）。",
)


def better(sentence, source, experiment, metric, larger, smaller, margin):
    """A claim of one share above another."""
    return Claim(
        sentence,
        source,
        tuple(map("".join, zip(SETTING, experiment))),
        metric,
        lambda result: (larger(result), smaller(result)),
        unit="%",
        margin=margin,
    )


CLAIMS = (
    better(
        (
            "A sentence has to be written word by word, each word knowing those before.",
            "文は、前の語を見ながら1語ずつ書く必要がある。",
        ),
        "Gu et al. 2018, Non-autoregressive neural machine translation, 2.2",
        (
            "The same network, told the words before or not; each at the best of the learning "
            "rates 0.005, 0.01, 0.02 on seeds apart.",
            "同じネットワークに、前の語を与える場合と与えない場合を比べる。学習率は、別のシードで0.005、0.01、"
            "0.02の中からそれぞれ最良のものを選んだ。",
        ),
        (
            "sentences of which each word is right, word by word less all at once",
            "すべての語が正しい文の割合。1語ずつの値から一度に書く値を引く",
        ),
        matches("greedy"),
        matches("greedy", AT_ONCE),
        0.05,
    ),
    better(
        ("Beam search writes better sentences.", "ビームサーチを使うと、より良い文が書ける。"),
        "Vinyals et al. 2015, Show and tell, 3.1",
        (
            "The same networks with a beam of five, or greedily.",
            "同じネットワークに、幅5のビームサーチと貪欲法で書かせる。",
        ),
        (
            "sentences of which each word is right, beam less greedy",
            "すべての語が正しい文の割合。ビームサーチの値から貪欲法の値を引く",
        ),
        matches("beam"),
        matches("greedy"),
        0.01,
    ),
)

CONCEPT = Concept(
    title=("Captions: an image and a recurrent decoder", "画像キャプション生成"),
    chapter=chapters.USES.section(4),
    summary=(
        "A convolutional network turns the picture into features; a recurrent decoder starts "
        "from them and writes word by word, from a full stop to a full stop. There are two right "
        "sentences about each picture: “three left of seven” and “seven right of three”. Which "
        "one it writes is open until the first word is chosen, and decided from then on.",
        "畳み込みニューラルネットワークが画像を特徴量に変え、再帰型のデコーダが、それを初期状態として、"
        "文頭の記号から文末の記号まで1語ずつ文を書く。どの画像にも、"
        "“three left of seven”と“seven right of three”のように正しい文が2つある。"
        "どちらになるかは、最初の語を選ぶまでは決まっておらず、選んだあとは残りが決まる。",
    ),
    introduces=(
        Introduced(
            "sentence_loss",
            r"L = - \frac{1}{N} \sum_{t \le T} \log p(w_t \mid w_{<t}, x), \quad "
            r"\frac{\partial L}{\partial z_t} = \frac{p_t - 1_{w_t}}{N}",
            (
                "Cross-entropy of the right words w, summed over all sentences of a batch too; "
                "sentences differ in length T, and what comes after the end is no word. N is the "
                "number of words in the batch, z are the logits of p; 1 is w's one-hot vector.",
                "正しい語wの交差エントロピー誤差で、バッチのすべての文についても和をとる。"
                "文の長さTはさまざまで、文末より後は数えない。Nはバッチにある語の総数、"
                "zはpのロジット。最後の1は、正しい語のone-hot表現。",
            ),
            loss_arguments,
        ),
        Introduced(
            "beam_search",
            r"\log p(b w) = \log p(b) + \log p(w \mid b), \quad "
            r"B_t = \mathrm{top}_k \{ b w : b \in B_{t-1} \}",
            (
                "Of all ways to go on from the k best beginnings b by a word w, the k likeliest "
                "are kept. "
                "With k = 1 it is greedy: each word is the likeliest.",
                "上位k個の書き出しbに1語wを足すすべての候補から、確率の高いk個だけを残す。"
                "k = 1なら、毎回最も確率の高い語を選ぶ貪欲法になる。",
            ),
            demonstration="search_in_chain",
        ),
    ),
    equations=(
        (
            r"p(w_1 \dots w_T \mid x) = \prod_t p(w_t \mid w_{<t}, x)",
            (
                "word by word: any distribution over sentences can be written so",
                "1語ずつ書く場合。文のどのような分布も、この形で表せる",
            ),
        ),
        (
            r"p(w_1 \dots w_T \mid x) = \prod_t p(w_t \mid x)",
            (
                "all at once: the words are independent given the picture",
                "全語を一度に書く場合。画像が与えられたもとで、語どうしは独立になる",
            ),
        ),
    ),
    terms=(
        ("image captioning", "画像キャプション生成"),
        ("greedy decoding", "貪欲法による生成"),
        ("beam search", "ビームサーチ"),
        ("autoregressive generation", "自己回帰生成"),
    ),
    demonstrations=(Demonstration("search_in_chain", chain),),
    task=Task(
        data=data,
        presets={"default": Preset(7, 50), "full": Preset(EPOCHS, BATCH, build=FULL)},
        scores=(
            Score(
                "exact_match",
                ("sentences all right", "すべての語が正しい文の割合"),
                exact_match,
                unit="%",
                margin=0.1,
            ),
        ),
        variants={BY_WORD: {}, AT_ONCE: {"reads": False}},
        variants_ja=JAPANESE,
        train="train",
        predict="greedy",
        keep="written",
        proven_steps=5,
        seeds=5,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=1.0,
)

if __name__ == "__main__":
    run_script(__file__)
