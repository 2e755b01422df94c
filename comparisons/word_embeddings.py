"""Word vectors from sentences of a small grammar: what they answer, and how they are learned."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters, grammar
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
from comparisons.harness.drawing import figures, palette

SENTENCES, WINDOW, DIMS, BATCH, NOISE, LOOKS = 3_000, 4, 32, 16, 5, (0, 1, 2, 3, 5, 10, 20)
RATES = {"negative sampling": 0.35, "softmax": 0.25}
SIZES, REPEATS = (100, 300, 1_000, 3_000, 10_000, 30_000), 15
NAMES = {
    "softmax": both("full softmax", "全語彙のソフトマックス"),
    "negative sampling": both("negative sampling", "負例サンプリング"),
}
JUDGED = ("vectors", "nearest", "answer", "neighbour")
KINDS = [both("others", "ほかの語"), both("in the sum", "式に含まれる語")]
SHOWN = {"gender": both("gender", "性別"), "capital": both("country and capital", "国と首都")}


def to_learn(seed, number=SENTENCES):
    """The text, vectors to begin with, and the questions."""
    start = np.random.default_rng(seed).uniform(-0.2, 0.2, (len(grammar.NUMBER), DIMS))
    sizes = {"batch_size": BATCH, "noise": NOISE, "dims": 100, "kept": 3}
    given = {"embeddings": start.astype("float32"), "questions": grammar.questions()[0][:, :3]}
    text = grammar.in_context(grammar.sentences(number, seed)[0], WINDOW)
    return {**text, **given, "rates": RATES, "looks": LOOKS, **sizes}


def of_any_size(seed):
    """A batch of numbers of words, and vectors for the largest vocabulary."""
    draw = np.random.default_rng(seed)
    context, candidates = (draw.integers(0, 2**31, (BATCH, n)) for n in (2 * WINDOW, 1 + NOISE))
    embeddings = draw.uniform(-0.2, 0.2, (SIZES[-1], DIMS)).astype("float32")
    given = {"context": context, "candidates": candidates, "embeddings": embeddings}
    return {**given, "sizes": SIZES, "repeats": REPEATS}


def some_vectors(seed):
    """Four words around, three candidates, six words, and how often they meet."""
    draw = np.random.default_rng(seed)
    return {
        "rows": draw.normal(size=(2, 4, 3)),
        "h": draw.normal(size=(2, 3)),
        "vectors": draw.normal(size=(6, 3)),
        "questions": np.array([[0, 1, 2], [3, 1, 5]]),
        "counts": draw.poisson(1.0, (6, 6)) + np.eye(6),
        "power": 0.75,
    }


def share(result, name, judge=lambda found, asked: found == asked[:, 3], apart=False):
    """Share of the questions for which `judge` holds of what was answered, seed by seed."""
    (asked, pairs), found = grammar.questions(), []
    for seed in result.seeds_of("learn"):
        right = judge(result.arrays("learn", seed=seed)[name], asked)
        own = ~grammar.sentences(SENTENCES, seed)[1][pairs].any(axis=1) if apart else slice(None)
        found.append(float(right[own].mean()))
    return found


def at_the_largest(arrays):
    """How many times as long the softmax takes with the largest vocabulary."""
    times = (arrays[f"{name}: seconds"][-1] for name in ("softmax", "negative sampling"))
    return float(np.divide(*times))


def in_question(found, asked):
    """Whether it is one of the three words that the question names."""
    return (found[:, None] == asked[:, :3]).any(axis=1)


def plane_of_words(result):
    """Words of two families, across the mean difference of the pairs at the end."""
    looks, tables = unit(result.arrays("learn")["negative sampling: vectors"]), []
    for kind, panel in SHOWN.items():
        words = [word for family, a, b, *_ in grammar.PAIRS if family == kind for word in (a, b)]
        own = looks[:, [grammar.NUMBER[word] for word in words]]
        own = own - own.mean(axis=1, keepdims=True)
        across = unit((own[-1, 1::2] - own[-1, ::2]).mean(axis=0))
        up = np.linalg.svd(own[-1] - np.outer(own[-1] @ across, across))[2][0]
        for look, xy in zip(LOOKS, own @ np.stack([across, up], axis=1)):
            table = pd.DataFrame(xy, columns=["x", "y"]).assign(word=words, choice=look)
            tables.append(table.assign(pair=np.arange(len(words)) // 2, panel=panel))
    base = alt.Chart().encode(x=alt.X("x:Q").axis(None), y=alt.Y("y:Q").axis(None))
    lines = base.mark_line(color=palette.CATEGORIES[0], opacity=0.5).encode(detail="pair:N")
    words = base.mark_text(fontSize=11).encode(text="word:N")
    chart = alt.layer(lines, words, data=pd.concat(tables)).properties(width=270, height=330)
    chart = chart.facet(alt.Facet("panel:N", sort=list(SHOWN.values())).title(None), columns=2)
    return figures.slider(chart, ("epochs", "エポック"), start=LOOKS[-1])


def unit(vectors):
    """Vectors of length 1."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def nearest_words(result):
    """The eight words nearest to sums of vectors, the words of the sum in another colour."""
    vectors, rows = unit(result.arrays("learn")["negative sampling: vectors"][-1]), []
    for asked in ("king − man + woman", "paris − france + japan", "walked − walk + play", "king"):
        named = asked.split()[::2]
        signs = np.array([1, -1, 1][: len(named)])
        cosines = vectors @ unit(signs @ vectors[[grammar.NUMBER[word] for word in named]])
        for number in cosines.argsort()[::-1][:8]:
            word = grammar.WORDS[number]
            rows.append((asked, word, cosines[number], KINDS[word in named]))
    table = pd.DataFrame(rows, columns=["choice", "word", "cosine", "kind"])
    chart = alt.Chart(table, width=420, height=200).mark_bar(cornerRadiusEnd=2)
    chart = chart.encode(
        x=alt.X("cosine:Q").title(both("cosine", "コサイン類似度")),
        y=alt.Y("word:N", sort="-x").title(None),
        color=alt.Color("kind:N", sort=KINDS).title(None),
    )
    return figures.selection(chart, ("nearest to", "次に最も近い語："))


def draw(result):
    """Words in a plane, nearest words, who answers what, and the time of a step."""
    shares = {
        both("CBOW, negative sampling", "CBOW、負例サンプリング"): ("negative sampling: answer",),
        both("– nearest of all words", "――質問の語も含めた最近傍"): ("negative sampling: nearest",),
        both("– c's nearest neighbour", "――cの最近傍"): ("negative sampling: neighbour",),
        both("CBOW, full softmax", "CBOW、全語彙のソフトマックス"): ("softmax: answer",),
        both("counted: PPMI and SVD", "カウント：PPMIとSVD"): ("counted: answer",),
    }
    times = {
        title: 1000 * np.array(result.of_numpy("step_times", lambda a, n=n: a[f"{n}: seconds"]))
        for n, title in NAMES.items()
    }
    return [
        Figure(
            ("Words in a plane", "単語ベクトルの平面図"),
            plane_of_words(result),
            (
                "Across: the pairs' mean difference at the end; up: how words differ most besides. "
                "At first the lines between partners point anywhere. Learning turns them one way: "
                "so one pair's difference, added to another word, leads to its partner.",
                "横軸は学習後の対の差の平均、縦軸はそれ以外で最もばらつく方向。対になる語を結ぶ線の向きは、"
                "学習とともにそろう。ある対の差を別の語に足すと対の相手に近づくのは、このためである。",
            ),
        ),
        Figure(
            ("Nearest words", "最も近い語"),
            nearest_words(result),
            (
                "One seed. Words of the sum are near it too; for an answer they are struck out.",
                "1つのシードの例。式に含まれる語も近くにあり、類推問題に答えるときは候補から除く。",
            ),
        ),
        Figure(
            ("Who answers", "類推問題の正解率"),
            figures.bars(
                {title: share(result, *own) for title, own in shares.items()},
                x_title=("questions answered", "正解率"),
                unit="%",
            ),
            (
                "Guessing answers below 1 %. Counted vectors have 100 numbers, learned ones 32.",
                "当て推量の正解率は1%に満たない。カウントによるベクトルは100次元、学習したベクトルは32次元。",
            ),
        ),
        Figure(
            ("Time of a step", "1ステップの計算時間"),
            figures.lines(
                times,
                SIZES,
                x_title=("words of the vocabulary", "語彙数"),
                y_title=("milliseconds", "ミリ秒"),
                log="xy",
            ),
            (
                "The softmax's time grows with the vocabulary: every word has a score and a "
                "gradient. With a few hundred words the softmax is the faster one.",
                "ソフトマックスではすべての語についてスコアと勾配を計算するので、時間は語彙数とともに増える。"
                "負例サンプリングの時間は変わらない。数百語なら、ソフトマックスのほうが速い。",
            ),
        ),
    ]


SETTING = (
    f"{SENTENCES:,} sentences of the grammar, vectors of {DIMS} numbers, {LOOKS[-1]} epochs of SGD "
    f"in batches of {BATCH}, the rate falling to 0 from the best one on other seeds. ",
    f"文法から作った{SENTENCES:,}文、{DIMS}次元、バッチサイズ{BATCH}のSGDで{LOOKS[-1]}エポック。学習率は別の"
    "シードで選んだ最良の値から0まで下げる。",
)
CLAIMS = (
    Claim(
        (
            "Differences of word vectors answer analogies: king − man + woman leads to queen.",
            "単語ベクトルの差で類推問題が解ける。king − man + womanはqueenに行き着く。",
        ),
        "Mikolov, Yih & Zweig 2013; Saito, Deep Learning from Scratch 2, 4.3.3",
        (
            f"{SETTING[0]}Pairs whose two words never share a sentence. The word nearest to b − a "
            "+ c against the one nearest to c alone; in both a, b, c are struck out.",
            f"{SETTING[1]}2語が同じ文に一度も現れない対だけを使う。b − a + cに最も近い語を"
            "答えにする場合と、cに最も近い語を答えにする場合を比べる。どちらもa、b、cは候補から除く。",
        ),
        (
            "questions answered, difference less c's neighbour",
            "正解率。差を使った値からcの最近傍の値を引く",
        ),
        lambda result: tuple(
            share(result, f"negative sampling: {name}", apart=True)
            for name in ("answer", "neighbour")
        ),
        unit="%",
        margin=0.05,
    ),
    Claim(
        (
            "With no word struck out, queen rather than king is nearest to king − man + woman.",
            "式の語を除かなくても、king − man + womanに最も近い語はkingではなくqueenである。",
        ),
        ("introductory articles; but Nissim et al. 2020", "入門記事。ただしNissim et al. 2020"),
        (
            f"{SETTING[0]}Nothing is struck out: how often the nearest word is the answer, and how "
            "often a word of the question.",
            f"{SETTING[1]}どの語も除かずに最も近い語を求め、正解である割合と、質問の語である割合を比べる。",
        ),
        (
            "share of the questions, answer less word of the question",
            "問題数に対する割合。正解の値から質問の語の値を引く",
        ),
        lambda result: (
            share(result, "negative sampling: nearest"),
            share(result, "negative sampling: nearest", in_question),
        ),
        unit="%",
        margin=0.05,
        instead=(
            "Often a word of the question is nearer, mostly c, which is part of the sum.",
            "質問の語、特に和に含まれるc自身のほうが近いことが多い。",
        ),
    ),
    Claim(
        (
            "With negative sampling vectors become as good as with the full softmax.",
            "負例サンプリングでも、全語彙のソフトマックスと同じくらい良いベクトルが得られる。",
        ),
        "Mikolov et al. 2013, Distributed representations of words and phrases",
        (
            f"{SETTING[0]}{NOISE} words drawn for each right one; both with the same batches. "
            "Less than 5 points worse counts as equal.",
            f"{SETTING[1]}正例1つにつき負例{NOISE}個、バッチは両者で共通。差が5ポイント未満なら同等とみなす。",
        ),
        (
            "questions answered, negative sampling less softmax",
            "正解率。負例サンプリングの値からソフトマックスの値を引く",
        ),
        lambda result: tuple(share(result, f"{method}: answer") for method in RATES),
        unit="%",
        margin=-0.05,
        instead=(
            "Not in as many epochs on a small text: the softmax pushes against all words at each "
            "step, negative sampling against a few. It saves time where the vocabulary is large.",
            "小さなコーパスを同じエポック数だけ学習した場合には及ばない。ソフトマックスは毎回すべての語と比べるが、"
            "負例サンプリングは数語としか比べない。語彙が大きいときに、時間を節約できる。",
        ),
    ),
    Claim(
        (
            "With a large vocabulary, negative sampling takes a fraction of the softmax's time.",
            "語彙が大きければ、負例サンプリングの計算時間はソフトマックスの何分の1かで済む。",
        ),
        "Mikolov et al. 2013; Saito, Deep Learning from Scratch 2, 4.2",
        (
            f"NumPy, a step on {BATCH} words, vocabulary {SIZES[-1]:,}, one after the other; a "
            "tenth of the time counts.",
            f"NumPyで、語彙数{SIZES[-1]:,}、バッチサイズ{BATCH}の1ステップを順に計る。10分の1以下なら意味が"
            "あるとみなす。",
        ),
        (
            "time of a softmax step over that of negative sampling",
            "ソフトマックスの時間を負例サンプリングの時間で割った値",
        ),
        lambda result: (result.of_numpy("step_times", at_the_largest), 0.0),
        margin=10.0,
    ),
)

CONCEPT = Concept(
    title=("Word vectors", "単語ベクトル（word2vec）"),
    chapter=chapters.SEQUENCES.section(4),
    summary=(
        "You know a word by its neighbours. CBOW guesses the word in the middle from the mean of "
        "the vectors of those around it; words that stand among the same others get vectors alike. "
        "Negative sampling does not score the whole vocabulary, but the right word against a few "
        "that are drawn: each step touches a few rows of two matrices. The text here is made by a "
        "small grammar with a seed (“the queen liked her throne”, “shops in paris sell wine”): it "
        "shows how such vectors arise, not what real English holds.",
        "単語の意味は、周囲の単語からわかる。CBOWは、周囲の単語ベクトルの平均から中央の単語を推測する。似た文脈に"
        "現れる単語には、似たベクトルが学習される。負例サンプリングでは、語彙全体ではなく、正解の単語と、確率的に"
        "選んだ数個の単語についてだけスコアを計算する。1ステップで更新されるのは、2つの行列の数行だけである。"
        "ここで使う文は、シードを決めて小さな文法から作った（“the queen liked her throne”など）。"
        "示すのはベクトルができる仕組みであり、実際の英語ではない。",
    ),
    introduces=(
        Introduced(
            "continuous_bag_of_words",
            r"h = \frac{1}{C} \sum_{j=1}^{C} W_{\mathrm{in}}[c_j]",
            (
                "The mean of the input matrix's rows of the C words c around, in whatever order.",
                "周囲のC個の単語cについて、入力側の行列の行を平均する。語順は考えない。",
            ),
            some_vectors,
        ),
        Introduced(
            "negative_sampling",
            r"L = -\sum_{k=0}^{K} \log \sigma(s_k \, h \cdot u_k), \quad "
            r"\frac{\partial L}{\partial u_k} = (\sigma(h \cdot u_k) - t_k) \, h, \quad "
            r"\frac{\partial L}{\partial h} = \sum_{k=0}^{K} (\sigma(h \cdot u_k) - t_k) \, u_k",
            (
                "Is this the word in the middle? Yes (t = 1, s = 1) for u₀, no (t = 0, s = −1) for "
                "K drawn ones; u are rows of the output matrix. The gradient: σ (sigmoid) less t.",
                "「これが中央の単語か」という2値分類。正解の単語u₀ではt = 1、s = 1、選んだK個の"
                "単語ではt = 0、s = −1とする。uは出力側の行列の行。勾配はシグモイド関数σの値 − t。",
            ),
            some_vectors,
            inputs=2,
        ),
        Introduced(
            "noise_distribution",
            r"P(w) = \frac{n_w^{3/4}}{\sum_v n_v^{3/4}}",
            (
                "How likely each word w, met n times, is among the K drawn ones. With counts 990 "
                "and 10 the rare word is drawn in 3 % of the cases and not in 1 %.",
                "K個の単語を選ぶ確率分布（nは単語の出現回数）。出現回数が990回と10回なら、まれなほうの単語が"
                "選ばれる確率は1%から3%に上がる。",
            ),
            some_vectors,
        ),
        Introduced(
            "positive_pmi",
            r"\mathrm{PPMI}(w, c) = \max \left( 0, \log_2 \frac{P(w, c)}{P(w) P(c)} \right)",
            (
                "The older way, without learning: count which words meet, compare with chance, and "
                "take the first singular vectors of that matrix.",
                "学習を使わない従来の手法。共起回数を数え、偶然の場合と比べた行列を特異値分解（SVD）し、上位の"
                "特異ベクトルをとる。",
            ),
            some_vectors,
            kinks=True,
        ),
        Introduced(
            "analogy",
            r"d = \mathrm{argmax}_w \; \cos(v_w, \; v_b - v_a + v_c)",
            (
                "a is to b as c is to d; vectors are taken at length 1.",
                "「a対bは、c対d」。ベクトルは長さ1にそろえておく。",
            ),
            some_vectors,
            kinks=True,
        ),
    ),
    terms=(
        ("word vector, distributed representation", "単語ベクトル（分散表現）", "layers.Embedding"),
        ("continuous bag of words (CBOW)", "CBOWモデル"),
        ("negative sampling", "負例サンプリング（Negative Sampling）"),
        ("positive pointwise mutual information (PPMI)", "正の相互情報量（PPMI）"),
        ("analogy", "類推問題"),
    ),
    demonstrations=(
        Demonstration(
            "learn",
            to_learn,
            seeds=8,
            first_seed=10,
            subject=trained_with("SGD"),  # whose falling rate is a float32 in Keras
            measured=tuple(f"{m}: {own}" for m in ("counted", *RATES) for own in JUDGED),
            proven_with={**to_learn(0, 20), "looks": (0, 1)},
        ),
        Demonstration(
            "step_times",
            of_any_size,
            seeds=8,
            measured=tuple(f"{method}: seconds" for method in RATES),
            proven_with={"sizes": (20, 300), "repeats": 1},
            timed=True,
        ),
    ),
    claims=CLAIMS,
    figures=draw,
)

if __name__ == "__main__":
    run_script(__file__)
