"""What the harness writes into its records, in English there, and the same in Japanese.

Each pair is a regular expression and its replacement, whose groups are translated in turn.
"""

import re

from comparisons.harness.bilingual import Words
from comparisons.harness.divergences import DIVERGENCES

PHRASES: tuple[Words, ...] = (
    # Of a check: a quantity, and how the model was computed
    (r"(.+), (inference|training)((?: on \w+ inputs)?)", r"\1、\2\3"),
    (r"(.+), training with (\w+)", r"\1、\2での学習"),
    (r"inference", "推論時"),
    (r"training", "訓練時"),
    (r"(\d+) steps? with (\w+)", r"\2で\1ステップ"),
    (r"(\d+) steps? with (\w+) and MSE, the default", r"\2と平均二乗誤差（既定）で\1ステップ"),
    (
        r"(.+); not compared on (.+), where a call of the model in training differs already",
        r"\1（\2では、訓練時の呼び出しですでに差があるため比べていない）",
    ),
    (
        r"(.+); not compared on (.+), where a call of the model in training differs by convention "
        r"alone",
        r"\1（\2では、訓練時の呼び出しに規約による違いだけがあるため比べていない）",
    ),
    (r"not compared: (.+)", r"比較していない（\1）"),
    (r"no targets are drawn for the loss (\w+)", r"損失関数\1の正解ラベルは用意できない"),
    (r"not every output has a loss", "損失関数のない出力がある"),
    (r"the weight (.+) holds NaN or infinity", r"重み\1にNaNか無限大が含まれる"),
    (
        r"(\S+) adds a loss of its own, which has no NumPy half",
        r"\1が加える損失（add_loss）には、NumPyによる実装がない",
    ),
    (r"metrics are not judged in (\w+)", r"\1では評価指標を判定しない"),
    (r"outputs are NaN", "出力がNaNになる"),
    (
        r"float32 does not hold the squares of all outputs",
        "出力の2乗がfloat32の範囲に収まらない",
    ),
    (r"not judged: (.+)", r"判定していない（\1）"),
    (r"it is no metric of Keras's own", "Kerasの評価指標ではない"),
    (r"metric, result after batch (\d+)", r"評価指標、バッチ\1までの値"),
    (r"no more digits than in float32", "float32と同じ桁数しかない"),
    (r"gradient by differences", "勾配は数値微分で求めた"),
    (
        r"taken from (\w+), not judged",
        r"\1で計算した値をそのまま使っており、この層自体は判定していない",
    ),
    (r" on tied inputs", "（同じ値や0を含む入力）"),
    (r" on large inputs", "（大きな値の入力）"),
    (r" on tiny inputs", "（ごく小さな値の入力）"),
    (r" on left-padded inputs", "（先頭にパディングのある入力）"),
    # What is compared
    (r"input", "入力"),
    (r"layer (\S+)", r"\1層"),
    (r"output (\d+)", r"出力\1"),
    (r"output", "出力"),
    (r"input (\d+)", r"入力\1"),
    (r"weight (\d+) \((.+)\)", r"重み\1（\2）"),
    (r"weight (\d+)", r"重み\1"),
    (r"(\w+) weight (\d+)", r"\1の重み\2"),
    (r"way", "重みの移動量"),
    (r"(\w+) way", r"\1の重みの移動量"),
    (r"weights after each step", "各ステップ後の重み"),
    (r"state (\d+) after the call", r"呼び出し後の状態\1"),
    (r"gradient of (.+)", r"\1の勾配"),
    (r"(.+) after step (\d+)", r"ステップ\2後の\1"),
    (r"loss", "損失"),
    (r"shapes differ: (.+) and (.+)", r"形状が異なる：\1と\2"),
    (r"(.+) does not give it", r"\1に値がない"),
    (r"nothing compared", "比べたものがない"),
    (r"the concept declares nothing to compare", "比べる対象が宣言されていない"),
    (r"(\w+) came out where float32 went in", r"float32の入力に対し、出力が\1になった"),
    (
        r"beyond step (\d+) rounding decides where it goes",
        r"ステップ\1より先は、丸め誤差によって結果が変わる",
    ),
    (r"(\w+) is not installed \((.+)\)", r"\1がインストールされていない（\2）"),
    (r"not asked for", "指定されていない"),
    (r"no script of less than \d+ lines shows it", "短いスクリプトでは再現できないため"),
    (
        r"no short script makes such a call: .+",
        "辞書や入れ子のリストを渡す呼び出しは、短いスクリプトにできないため",
    ),
    (
        r"of random numbers, of which a script .+",
        "乱数を使う計算であり、Kerasだけのスクリプトでは同じ乱数にならないため",
    ),
    (r"the output is integers there, .+", "出力が整数になり、微分できないため"),
    (r"seen in the operations together, .+", "複数の演算を合わせたときにだけ現れるため"),
    (r"the call alone, by the numbers that were seen, .+", "その呼び出しだけでは現れないため"),
    (r"no part of the model, trained alone, .+", "モデルの一部だけを学習させても現れないため"),
    (r"no batch of few numbers .+", "少数の値だけでは現れず、短いスクリプトにできないため"),
    (r"seen in the whole model alone; .+", "モデル全体でだけ現れ、各層単独では正しいため"),
    (r"of somebody's own code, .+", "独自のコードは、Kerasだけのスクリプトに入らないため"),
    (r"a script was found, which by itself .+", "単独で実行したときには再現しなかったため"),
    (
        r"not compared in float16: .+",
        "float16では比べない。1ステップの変化が重みの丸めより小さいことがあるため",
    ),
    (
        r"not compared in mixed_float16: .+",
        "mixed_float16では比べない。どのステップを飛ばすかを損失のスケーリングが決めるため",
    ),
    # Threads and precision
    (r"as the framework sets them", "フレームワークの設定のまま"),
    (
        r"(\d+) for products, all cores for convolutions and parts of a batch",
        r"行列積は\1、畳み込みとバッチの分割計算は全コア",
    ),
    (r"(.+), TF32 as the framework sets it", r"\1、TF32はフレームワークの設定のまま"),
    (
        r"Keras on PyTorch does one step a call, whatever --steps-per-execution says",
        "PyTorch上のKerasは、--steps-per-executionの値にかかわらず1回の呼び出しで1ステップだけ実行する",
    ),
    # Why Keras is known to diverge
    *(
        (re.escape(known.told[0]), known.told[1])
        for known in DIVERGENCES.values()
        if known.shows is not None
    ),
)
