"""The words of the page of a conformance run."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    "conformance title": ("Keras against the mathematics", "Kerasは数式どおりに計算するか"),
    "conformance lead": (
        "Every case of every class, on the installed Keras: outputs, gradients of inputs and "
        "weights, states, and weights after steps of training, against the NumPy half in float64. "
        "A case passes where rounding explains the difference.",
        "インストールされているKerasの各クラスについて、出力、入力と重みの勾配、状態、学習ステップ後の"
        "重みを、float64のNumPy実装と比べた結果である。差が丸め誤差で説明できれば合格とする。",
    ),
    "kind layer": ("layers", "層"),
    "kind operation": ("operations", "演算"),
    "kind activation": ("activation functions", "活性化関数"),
    "kind loss": ("losses", "損失関数"),
    "kind metric": ("metrics", "評価指標"),
    "kind optimizer": ("optimizers", "オプティマイザ"),
    "kind schedule": ("learning rate schedules", "学習率スケジュール"),
    "kind initializer": ("initializers", "初期化"),
    "kind regularizer": ("regularizers", "正則化"),
    "kind constraint": ("constraints", "重みの制約"),
    "verdict passed": ("passed", "合格"),
    "verdict convention": ("convention", "規約による違い"),
    "verdict known divergence": ("known divergence", "既知の相違"),
    "verdict refused": ("refused", "計算できない"),
    "verdict new": ("new", "未知の相違"),
    "totals": ("In all", "全体"),
    "classes": ("Classes", "クラスごと"),
    "classes note": (
        "Cases that passed, of all; below them what the others were.",
        "合格した件数と全件数。その下に、残りの内訳を示す。",
    ),
    "class": ("class", "クラス"),
    "differing": ("Cases that did not pass", "合格しなかった場合"),
    "all passed": ("Every case passed.", "すべて合格した。"),
    "case": ("case", "場合"),
    "what came of it": ("what came of it", "結果"),
}
