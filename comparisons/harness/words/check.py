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
        "Error {error}, tolerance {tolerance}; {needed} of the tolerance.",
        "誤差{error}、許容誤差{tolerance}。許容誤差に対する比は{needed}。",
    ),
    "by convention": ("by convention", "規約による違い"),
    "new finding": ("new", "未知の相違"),
    "reproduction": (
        "The smallest call that shows it, by Keras alone",
        "Kerasだけで再現する最小のスクリプト",
    ),
    "layers": ("Layers", "層"),
    "layer": ("layer", "層"),
    "layers note": (
        "The share of the tolerance that the worst quantity needed. “Local” is the layer fed with "
        "the oracle's input, “propagated” the layer within the model on its backend, which carries "
        "on what came before.",
        "もっとも差の大きい量が、許容誤差のどれだけを使ったかを示す。「層単独」は正しい入力を層に"
        "与えた場合、「モデル全体」はそのバックエンドでモデルを通して計算した場合で、"
        "前の層の誤差を引き継ぐ。",
    ),
    "local": ("local", "層単独"),
    "propagated": ("propagated", "モデル全体"),
    "refused": ("refused: {reason}", "計算できない：{reason}"),
}
