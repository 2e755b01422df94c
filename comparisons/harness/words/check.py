"""The words of the page of a check."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    "check title": ("Check of {model}", "{model}の検査"),
    "check lead": (
        "Whether every backend computes what the model says: each layer, and the model whole, "
        "against the NumPy half in float64.",
        "どのバックエンドもモデルのとおりに計算しているか。各層とモデル全体を、"
        "float64のNumPy実装と比べて調べた結果である。",
    ),
    "checked with": (
        "{parameters} parameters; {dtype}; batch of {batch};",
        "パラメータ{parameters}個、{dtype}、バッチサイズ{batch}。",
    ),
    "own part": ("{name}: {how}.", "{name}：{how}。"),
    "training steps": ("Training: {what}.", "学習：{what}。"),
    "beyond the largest": (
        "Not judged, since numbers were beyond {precision}'s largest, {largest}: {where}.",
        "{precision}で表せる最大の数{largest}を超えたため、次は判定していない：{where}。",
    ),
    "ill-conditioned": (
        "Ill-conditioned from {layer} on: one rounding of inputs and weights is {condition} "
        "roundings of its output, and says little about a backend.",
        "{layer}から先は悪条件である。入力と重みの丸め1回分の誤差が、出力では丸め{condition}回分に"
        "拡大されるので、そこでの差からバックエンドの良し悪しは判断できない。",
    ),
    "backends agree": ("✓ all backends agree", "✓ すべてのバックエンドが一致"),
    "finding count": ("✗ findings: {count}", "✗ 不一致：{count}件"),
    "convention count": ("by convention: {count}", "規約による違い：{count}件"),
    "findings": ("Findings", "不一致"),
    "no findings": (
        "Nothing is further apart than rounding explains.",
        "丸め誤差で説明できない差は見つからなかった。",
    ),
    "finding on": ("{layer} on {backend}", "{layer}（{backend}）"),
    "finding size": (
        "Error {error}, tolerance {tolerance}; needed: {needed}.",
        "誤差{error}、許容誤差{tolerance}。許容誤差に対する比は{needed}。",
    ),
    "by convention": ("by convention", "規約による違い"),
    "conventions in full": ("Which conventions there are", "規約の一覧"),
    "new finding": ("new", "未知の相違"),
    "reproduction": (
        "The smallest call that shows it, by Keras alone",
        "Kerasだけで再現する最小のスクリプト",
    ),
    "no reproduction": ("No script: {why}.", "スクリプトはない。{why}。"),
    "graph": ("Graph of the model", "モデルのグラフ"),
    "graph note": (
        "Inputs and layers from top to bottom, with what feeds what. The deeper the green, the "
        "more of its tolerance a layer needed.",
        "上から順に、入力と層、およびその接続を示す。緑が濃いほど許容誤差に近い。",
    ),
    "mark wrong": ("a finding is of this layer", "この層で不一致が生じている"),
    "mark carried": (
        "the layer is sound, and carries on a difference from elsewhere",
        "この層は正しく、よそで生じた差を伝えている",
    ),
    "mark unsure": ("differs by convention alone", "規約による違いだけがある"),
    "mark right": ("within the tolerance", "許容誤差の範囲内"),
    "layers": ("Layers", "層"),
    "layer": ("layer", "層"),
    "layers note": (
        "The share of the tolerance that the worst quantity needed. “Local” is the layer fed with "
        "the oracle's input, “propagated” the layer within the model on its backend, which carries "
        "on what came before.",
        "最も差の大きい量が、許容誤差のどれだけを使ったかを示す。「層単独」は正しい入力を層に"
        "与えた場合、「モデル全体」はそのバックエンドでモデルを通して計算した場合で、"
        "前の層の誤差を引き継ぐ。",
    ),
    "metrics": ("Metrics", "評価指標"),
    "metrics note": (
        "What the model is compiled with as metrics. Each was given the same targets and outputs "
        "on every backend, with the masks that the outputs have, in two batches. The figure is the "
        "share of the tolerance that the worse of the two results needed.",
        "モデルのコンパイル時に指定された評価指標。どのバックエンドにも、同じ正解ラベルと出力"
        "（出力にマスクがあれば、それも）を2バッチ分与えた。数値は、2つの結果のうち差の大きい"
        "ほうが、許容誤差のどれだけを使ったかを示す。",
    ),
    "compiled metric": ("metric", "評価指標"),
    "local": ("local", "層単独"),
    "propagated": ("propagated", "モデル全体"),
    "refused": ("refused: {reason}", "計算できない：{reason}"),
}
