"""Addition as translation: an encoder reads "48+57", a decoder writes "105"."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Task
from comparisons.harness.datasets import Dataset
from comparisons.harness.scores import Score

PLAIN, REVERSED, ATTENTION = "as written", "reversed", "with attention"
JAPANESE = {PLAIN: "そのまま", REVERSED: "入力を反転", ATTENTION: "Attentionあり"}
LETTERS = "0123456789+= "
EXACT = Score(
    "exact_match",
    ("sums answered exactly", "完全に正しい答えの割合"),
    lambda y, answers: float(np.mean((answers == y).all(axis=1))),
    unit="%",
    margin=0.05,
)


def tokens(texts, length):
    """Texts as numbers of letters, filled up with blanks."""
    return np.array([[LETTERS.index(c) for c in text.ljust(length)] for text in texts], "int32")


def data(settings, seed):
    """Sums of two numbers from 0 to 99; no sum is in two parts."""
    size = 8_000 if settings.preset == "full" else 5_000
    parts, pairs = [], np.random.default_rng(seed).permutation(10_000)
    for chosen in np.split(pairs[: size + 2_000], [size, size + 1_000]):
        a, b = np.divmod(chosen, 100)
        question = tokens([f"{one}+{other}" for one, other in zip(a, b)], 5)
        answer = tokens([str(total) for total in a + b], 3)
        previous = np.insert(answer[:, :-1], 0, LETTERS.index("="), axis=1)
        parts += [[question, previous], answer]
    return Dataset(
        *parts,
        (
            f"{size:,} of the 10,000 sums from 0+0 to 99+99, 1,000 others each to validate and "
            f"test, drawn with seed {seed}",
            f"0+0から99+99までの10,000通りの足し算から{size:,}問、検証とテストに別の1,000問ずつ"
            f"（シード{seed}）",
        ),
    )


def arguments(seed):
    """Three letters of 2 numbers each, 3 units, for 4 rows; `encoder` starts from no state."""
    generator = np.random.default_rng(seed)
    shapes = {"x": (4, 3, 2), "h": (4, 3), "c": (4, 3), "kernel": (2, 12)}
    shapes |= {"recurrent_kernel": (3, 12), "bias": (12,)}
    return {name: generator.normal(size=shape) for name, shape in shapes.items()}


def while_learning(run):
    """The share of the validation sums that are answered exactly, the mean of all epochs."""
    return float(np.mean(run["history"]["val_exact_match"]))


def draw(result):
    """What is answered to ten questions, as the network learns."""

    def text(row):
        return "".join(LETTERS[token] for token in row)

    variants = [both(variant, JAPANESE[variant]) for variant in (PLAIN, REVERSED, ATTENTION)]
    rows = [
        {
            "variant": both(variant, JAPANESE[variant]),
            "epoch": epoch,
            "question": text(question).strip() + "=",
            "answer": text(answer) + " ✓" * bool((answer == right).all()),
        }
        for variant in (PLAIN, REVERSED, ATTENTION)
        for epoch, kept in result.kept(variant).items()
        for question, answer, right in zip(kept["question"], kept["answer"], kept["right"])
    ]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_text(fontSize=12)
        .encode(
            x=alt.X("epoch:O").axis(labelAngle=0).title(both("epoch", "エポック")),
            y=alt.Y("question:N").title(None),
            text="answer:N",
        )
        .properties(width=230, height=220)
        .facet(alt.Facet("variant:N", sort=variants).title(None), columns=3)
    )
    caption = (
        "Ten test sums and what NumPy's network answers, the right ones with ✓. First it learns "
        "how long answers are, then the leading digits, the last digit at the end.",
        "テスト用の足し算10問と、NumPyのネットワークの答え。✓が正解。まず答えの長さ、次に上の桁を覚え、"
        "最後の桁は最後に正しくなる。",
    )
    return [Figure(("Learning to add", "足し算ができるようになるまで"), chart, caption)]


SETTING = (
    "5,000 sums, LSTMs of 64 units, Adam with learning rate 0.01, 20 epochs of 50 steps; 1,000 "
    "sums that were never seen. On two other seeds none of the rates 0.0025, 0.005 and 0.02 "
    "answered a point more in the end in any of the three networks",
    "足し算5,000問、64ユニットのLSTM、学習率0.01のAdam、1エポック50ステップで20エポック。"
    "学習に使っていない1,000問で測る。別のシード2つでは、どのネットワークでも、学習率0.0025、0.005、0.02は"
    "学習終了時の値を1ポイント以上は改善しなかった",
)
CLAIMS = (
    Claim(
        claim=(
            "Reversing the input makes learning faster and answers more accurate.",
            "入力データを反転すると、学習が速く進み、正解率が上がる。",
        ),
        source="Sutskever et al. 2014; Saito, Deep Learning from Scratch 2, 7.3.1",
        experiment=(
            f"{SETTING[0]}; the encoder reads from left to right, or from right to left.",
            f"{SETTING[1]}。エンコーダは左から、または右から読む。",
        ),
        metric=(
            "sums answered exactly, mean of all epochs, reversed less as written",
            "完全に正しい答えの割合（全エポックの平均）。反転した値からそのままの値を引く",
        ),
        measure=lambda result: (
            result.by_seed(while_learning, variant=REVERSED),
            result.by_seed(while_learning, variant=PLAIN),
        ),
        unit="%",
        margin=0.05,
    ),
    Claim(
        claim=(
            "Attention helps more than reversing.",
            "Attentionの効果は、入力の反転より大きい。",
        ),
        source="Bahdanau et al. 2014; Saito, Deep Learning from Scratch 2, 8.3",
        experiment=(
            f"{SETTING[0]}; attention over the encoder's outputs (left to right), or reversing.",
            f"{SETTING[1]}。エンコーダの全出力へのAttention（左から読む）と、入力の反転を比べる。",
        ),
        metric=(
            "sums answered exactly, mean of all epochs, attention less reversed",
            "完全に正しい答えの割合（全エポックの平均）。Attentionの値から反転の値を引く",
        ),
        measure=lambda result: (
            result.by_seed(while_learning, variant=ATTENTION),
            result.by_seed(while_learning, variant=REVERSED),
        ),
        unit="%",
        margin=0.05,
        instead=(
            "Not where the question is short: five letters fit into the encoder's state, so there "
            "is no bottleneck for attention to widen. In the end all three are about as accurate.",
            "質問が短い場合には当てはまらない。5文字ならエンコーダの状態に収まるので、Attentionが解消すべき"
            "ボトルネックがない。学習後の正解率は3つともほぼ同じである。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Sequence to sequence: learning to add", "seq2seq：足し算を学ぶ"),
    chapter=chapters.SEQUENCES.section(6),
    summary=(
        "Sequence to sequence turns one sequence into another of any length: a sentence into its "
        "translation, here a sum into its result. One LSTM, the encoder, reads the letters of a "
        "question and keeps what it has read in its state. Another, the decoder, starts from that "
        "state and writes the answer letter by letter. In training it is given the right letter "
        "before each one it has to write; when it answers, it has only those it wrote itself.",
        "seq2seqは、系列を長さの違う別の系列に変換する。翻訳がその例で、ここでは足し算の式を答えに変換する。"
        "エンコーダのLSTMは質問を1文字ずつ読み、その内容を状態に蓄える。デコーダのLSTMはその状態から始めて、"
        "答えを1文字ずつ書く。学習時には直前の正しい文字が与えられるが（教師強制）、推論時に使えるのは"
        "自分が書いた文字だけである。",
    ),
    introduces=(
        Introduced(
            "encoder",
            r"(h_t, c_t) = \mathrm{LSTM}(x_t, h_{t-1}, c_{t-1}), \quad h_0 = c_0 = 0",
            (
                "The same cell for every letter of the question. The last state is all that the "
                "decoder gets to know of it.",
                "質問のどの文字にも同じセルを使う。デコーダが質問について知るのは最後の状態だけである。",
            ),
            arguments,
            helpers=("decoder", "decoder_backward"),
        ),
        Introduced(
            "decoder",
            r"(h_t, c_t) = \mathrm{LSTM}(y_{t-1}, h_{t-1}, c_{t-1}), \quad "
            r"\frac{\partial L}{\partial W} = \sum_t \frac{\partial L_t}{\partial W}",
            (
                "It starts from the encoder's last state and reads the answer's letters y so far. "
                "Backpropagation through time goes from the last letter to the first and on into "
                "the encoder; what each letter t says of the weights W adds up.",
                "エンコーダの最後の状態から始め、答えyのそれまでの文字を読む。勾配は最後の文字から最初の文字へと"
                "時間をさかのぼり（BPTT）、さらにエンコーダへ伝わる。重みWの勾配には、各文字tの分を足し合わせる。",
            ),
            arguments,
            inputs=3,
        ),
    ),
    equations=(
        (
            r"p(y_t \mid y_{<t}, x) = \mathrm{softmax}(h_t W + b)",
            ("training: the teacher's letters before t", "学習時：tより前は正解の文字（教師強制）"),
        ),
        (
            r"\hat{y}_t = \mathrm{argmax}_y \; p(y \mid \hat{y}_{<t}, x)",
            ("answering: the letters that it wrote itself", "推論時：tより前は自分が書いた文字"),
        ),
    ),
    terms=(
        ("sequence to sequence (seq2seq)", "系列変換モデル（seq2seq）"),
        ("encoder, decoder", "エンコーダ、デコーダ"),
        ("long short-term memory (LSTM)", "長短期記憶（LSTM）", "layers.LSTM"),
        ("teacher forcing", "教師強制"),
        ("backpropagation through time", "通時的誤差逆伝播法（BPTT）"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(20, 100), "full": Preset(60, 100)},
        scores=(EXACT,),
        variants={PLAIN: {}, REVERSED: {"reverse": True}, ATTENTION: {"attention": True}},
        variants_ja=JAPANESE,
        train="train",
        predict="greedy",
        keep="answers",
        keep_at=(0.05, 0.25, 0.5, 0.75, 1.0),
        seeds=5,
        proven_steps=10,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
