"""The words of the pages of results."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    # Every page
    "skip": ("Skip to the content", "本文へ移動"),
    "language": ("Language", "言語"),
    "sections": ("Sections", "目次"),
    "concepts": ("Concepts", "コンセプト一覧"),
    "all concepts": ("All concepts", "コンセプト一覧"),
    "site": ("keras-side-by-side: results", "keras-side-by-side：結果"),
    "as file": ("As {kind}", "{kind}画像"),
    "and more": (", ", "、"),
    "said of": ("{what}: {said}", "{what}：{said}"),
    "in brackets": ("{what} ({more})", "{what}（{more}）"),
    # The first page
    "index title": (
        "Deep-learning concepts, twice",
        "ディープラーニングをNumPyとKerasの両方で書く",
    ),
    "index lead": (
        "Every concept here stands once in NumPy that one can read and once in Keras that one "
        "would ship. The two are proven to compute the same, and then measured: how well they "
        "do, how they overfit, how fast they run.",
        "どのコンセプトも、読んで理解するためのNumPyと、実務で使うKerasの両方で実装してある。"
        "まず両者の計算が一致することを検証し、次に性能、過学習、速度を測って比べる。",
    ),
    "number of concepts": ("concepts: {count}", "コンセプト：{count}件"),
    "find": ("Find", "検索"),
    "find example": ("a word, such as dropout", "例：過学習"),
    "found": ("{count} of {total}", "{total}件中{count}件"),
    "chapter": ("{number} {title}", "{number}　{title}"),
    "place": ("{book} · {number} {title}", "{book}　{number}　{title}"),
    "concept": ("Concept", "コンセプト"),
    "introduces": ("Introduces: {names}", "登場するもの：{names}"),
    "checks held": ("Checks held", "検証"),
    "none": ("none", "なし"),
    "milliseconds a step": ("{value} ms/step", "{value} ms/ステップ"),
    "index note": (
        "The first score of each concept on its test data: mean and 95 % interval over seeds (and "
        "folds, corrected for their shared training data). Below it the median time of one "
        "training step, and how many times NumPy's that is. A dash stands where a concept has "
        "nothing to train or the column did not run.",
        "各コンセプトの第一の評価指標をテストデータで測った値。シード（および分割）"
        "にわたる平均と95%信頼区間で、"
        "分割が訓練データを共有する場合は補正してある。その下は学習1ステップの時間の中央値と、"
        "NumPyに対する比。"
        "学習を行わないコンセプトや、実行しなかった実装は「–」で示す。",
    ),
    "without results": (
        "Without results so far: {names}. {command} makes them.",
        "まだ結果のないもの：{names}。{command}で作成できる。",
    ),
    "column left out": ("{column} is left out: {why}", "{column}は実行していない：{why}"),
    # What it is
    "terms": ("Terms", "用語"),
    "checks hold": ("✓ {total} of {total} checks hold", "✓ 検証{total}件すべて一致"),
    "checks fail": ("✗ {failed} of {total} checks fail", "✗ 検証{total}件中{failed}件が不一致"),
    "nothing checked": ("nothing checked", "検証なし"),
    "jobs failed": ("✗ failed jobs: {count}", "✗ 失敗した処理：{count}件"),
    "failures": (
        "These jobs failed twice; the rest of the page is without them",
        "次の処理は2度失敗した。このページの残りは、それらを除いた結果である",
    ),
    "job": ("Job", "処理"),
    "reason": ("Reason", "理由"),
    "job part": ("{action}: {part}", "{action}：{part}"),
    "job seed": ("{job}, seed {seed}", "{job}、シード{seed}"),
    "job check": ("proof", "検証"),
    "job demonstrate": ("computation", "計算"),
    "job train": ("training", "学習"),
    "job baseline": ("baselines", "ベースライン"),
    # What is introduced
    "introduced": ("What is new", "新しく登場するもの"),
    "introduced note": (
        "Each row: the equation, the NumPy that computes it, written out in full, and the Keras "
        "line that does the same.",
        "各行には、数式、それをすべて書き下したNumPyのコード、同じことをするKerasのコードを"
        "順に並べてある。",
    ),
    "equation": ("Equation", "数式"),
    "agrees with": ("Proven equal:", "一致を確認："),
    "differs from": ("Not proven equal:", "一致を確認できず："),
    "worst": ("{share} of the tolerance", "許容誤差の{share}"),
    "fast": ("How the library does it fast", "ライブラリでの高速な実装"),
    "see": (" (see {row})", "（{row}を参照）"),
    # The model
    "model": ("The model", "モデル"),
    "code": ("The code", "コード"),
    "networks": ("The network, layer by layer", "ネットワークの各層"),
    "networks note": (
        "Beside each layer: the shape of what it gives, where None is the number of examples, and "
        "how many parameters it has.",
        "各層の右は、出力の形状（Noneはデータの個数）とパラメータ数。",
    ),
    "elsewhere": ("Introduced elsewhere", "ほかのページで登場したもの"),
    "same text": (
        "The same text in both halves, but for the library's name: {ours} here is {theirs} there.",
        "NumPyとKerasでコードは同じ。違うのはライブラリの名前だけで、"
        "ここでの{ours}がKerasでは{theirs}になる。",
    ),
    "same height": (
        "Definitions of the same name stand together.",
        "同じ名前の定義どうしを並べてある。",
    ),
    # Proof
    "proof": ("Proof", "検証"),
    "fail in group": (
        "{what} against {against} in {dtype}: {count} fail, the worst at {where}, error {error}, "
        "tolerance {tolerance}",
        "{what}（{against}、{dtype}）：{count}件が不一致。最大は{where}で、誤差{error}、"
        "許容誤差{tolerance}",
    ),
    "only calculus": (
        "No Keras column ran: the NumPy half is compared with itself and with calculus alone.",
        "Kerasの実装は実行していない。NumPyの実装どうし、および数値微分との比較だけを行った。",
    ),
    "nothing to compare": (
        "No Keras column ran, so that there was nothing to compare with.",
        "Kerasの実装を実行していないため、比べる相手がない。",
    ),
    "proof note": (
        "Each cell: how many quantities (outputs, gradients, weights, losses) were compared and "
        "agree, and the largest share of its tolerance that any of them needed. At 100 % an error "
        "would be just within it.",
        "各欄は、比べた量（出力、勾配、重み、損失）のうち一致したものの数と、"
        "許容誤差に対する誤差の割合の最大値を示す。100%のとき、誤差は許容誤差にちょうど等しい。",
    ),
    "proof pinned": (
        "Keras is proven in float64 and float32 on the CPU with TF32 off, whatever it trains in.",
        "Kerasの検証は、学習時の精度にかかわらず、CPU上のfloat64とfloat32で、TF32を使わずに行う。",
    ),
    "what": ("What", "対象"),
    "where": ("Where", "量"),
    "against": ("Against", "比較相手"),
    "precision": ("Precision", "精度"),
    "error": ("Error", "誤差"),
    "tolerance": ("Tolerance", "許容誤差"),
    "needed": ("Needed", "許容誤差比"),
    "verdict": ("Verdict", "判定"),
    "known to diverge": ("{count} known to diverge", "既知の相違{count}件"),
    "known divergence": ("known divergence", "既知の相違"),
    "holds": ("✓ holds", "✓ 一致"),
    "fails": ("✗ fails", "✗ 不一致"),
    "exact": ("exact", "完全一致"),
    "needed times": ("{value} times", "{value}倍"),
    "all comparisons": ("All {count} comparisons", "{count}件の比較すべて"),
    "records note": (
        "“Where” is the quantity and, in brackets, the index of its worst element. The tolerance "
        "follows from the size of the quantity, or from how far one rounding of the inputs moves "
        "it; errors are absolute, in the quantity's own unit.",
        "「量」の角括弧内は、誤差が最大となる要素の添字。許容誤差は、量の大きさ、"
        "または入力を1回丸めたときに量が動く幅から決まる。誤差は絶対誤差で、量と同じ単位。",
    ),
    "against calculus": ("calculus", "数値微分"),
    "against written out": ("itself in float64", "自身のfloat64での計算"),
    "against library": ("the library", "ライブラリ"),
    "check model": ("model", "モデル"),
    "check training": ("training", "学習"),
    "check inference": ("inference", "推論"),
    "check layers": ("layers, one at a time", "各層"),
    # Known divergences
    "divergences": ("Where Keras diverges", "Kerasの既知の相違"),
    "divergences lead": (
        "Where Keras or one of its backends computes otherwise than the mathematics says. The "
        "reference keeps the mathematics; the proofs of concepts widen their tolerance for known "
        "divergences alone.",
        "Kerasまたはそのバックエンドの計算が数式と異なる箇所。NumPyの実装は数式に従い、"
        "各コンセプトの検証では、既知の相違に限って許容誤差を広げている。",
    ),
    "conventions": ("Where there is no derivative", "微分できない点での規約"),
    "conventions lead": (
        "At a kink, a tie, a jump or a zero the gradient is a convention. These are the ones that "
        "each column follows, for 1·y₁ + 2·y₂ + … over the outputs, in the order of the arguments.",
        "折れ目、同値、不連続点、0では、勾配は規約で決まる。各実装が従う規約を、"
        "出力の和1·y₁ + 2·y₂ + …の勾配で、引数の順に示す。",
    ),
    "call": ("Call", "呼び出し"),
    "point": ("At", "点"),
    "at length": ("At length, with a reproduction", "詳細と再現コード（英語）"),
    # Figures, training
    "figures": ("Figures", "図"),
    "training": ("Training", "学習"),
    "curves note": (
        "Solid lines are training, dashed lines validation; thin lines are single runs, thick ones "
        "their mean. Click a name in the legend to see one column alone.",
        "実線は訓練データ、破線は検証データ。細い線は1回ごとの学習、太い線はその平均。"
        "凡例の名前をクリックすると、その実装だけが表示される。",
    ),
    "curves of fit": (
        "The training curve is measured during the epoch and in training mode (dropout at work, "
        "weights still moving), the validation curve after it in inference mode: early on, the "
        "distance between them says little about overfitting.",
        "訓練データの曲線は、エポックの途中で（Dropoutが働き、重みが更新されている間に）測り、"
        "検証データの曲線はエポックの後に推論モードで測る。そのため学習の初期における両者の差は、"
        "過学習とはほとんど関係がない。",
    ),
    "cut off": (
        "Some runs diverged; what lies above {top} is cut off.",
        "発散した学習があるため、{top}を超える部分は表示していない。",
    ),
    "by epoch": ("{name} by epoch", "{name}の推移"),
    "loss": ("loss", "損失"),
    "epoch": ("epoch", "エポック"),
    "training data": ("training", "訓練データ"),
    "validation data": ("validation", "検証データ"),
    "overfitting": ("Overfitting", "過学習"),
    "variant": ("Variant", "条件"),
    "runs": ("Runs", "回数"),
    "score on training": ("Training: {score}", "訓練データの{score}"),
    "score on validation": ("Validation: {score}", "検証データの{score}"),
    "score on test": ("Test: {score}", "テストデータの{score}"),
    "gap": ("Gap at the end", "学習終了時の汎化ギャップ"),
    "best epoch": ("Best epoch", "最良のエポック"),
    "best epoch gap": ("Gap at the best epoch", "最良エポックでの汎化ギャップ"),
    "turns": ("Validation turns worse", "悪化に転じるエポック"),
    "turns at": (
        "epoch {epoch} (runs: {count} of {runs})",
        "エポック{epoch}（{runs}回中{count}回）",
    ),
    "in no run": ("in no run", "なし"),
    "overfitting note": (
        "The gap is how much better the first score is on training than on validation data: at the "
        "end with both in inference mode, at the best epoch from the curves. The best epoch is the "
        "one of lowest validation loss, or of the best validation score where no such loss is "
        "measured (median over runs); validation turns worse there if the last epoch is worse.",
        "汎化ギャップは、第一の評価指標が検証データより訓練データでどれだけ良いかを表す。"
        "学習終了時はともに推論モードで、"
        "最良のエポックでは学習曲線から求める。最良のエポックは検証データの損失が最小（損失を測ら"
        "ない場合は評価指標が最良）"
        "のエポックで、値は各回の中央値。最後のエポックがそれより悪ければ、"
        "そこで悪化に転じたとみなす。",
    ),
    # Scores
    "scores": ("Scores", "評価"),
    "with unit": ("{name}, {unit}", "{name}（{unit}）"),
    "points": ("points", "ポイント"),
    "scores caption": (
        "Dot and line: mean and 95 % interval. Ticks: the single runs.",
        "点と線は平均と95%信頼区間、短い縦線は1回ごとの値。",
    ),
    "off the scale": ("Off the scale: {names}.", "範囲外：{names}。"),
    "baseline": ("baseline", "ベースライン"),
    "scores note": (
        "Mean and 95 % interval over the runs of a column: {runs}.",
        "各実装での平均と95%信頼区間。回数：{runs}。",
    ),
    "folds note": (
        "The runs are folds of repeated cross-validation and share training data: their intervals "
        "are corrected for that (Nadeau and Bengio 2003).",
        "各回は反復交差検証の分割で、訓練データを共有するため、信頼区間を補正してある（Nadeau "
        "and Bengio 2003）。",
    ),
    "baselines note": (
        "Baselines are scikit-learn’s, on: {data}.",
        "ベースラインはscikit-learnによる。データ：{data}。",
    ),
    "baselines of folds": (
        "They train on the whole training side of a fold, where a network gives part of it to "
        "validation.",
        "ベースラインは各分割の訓練データをすべて学習に使うが、"
        "ネットワークはその一部を検証データに回す。",
    ),
    "first run on": (
        "The networks’ first run is on: {data}.",
        "ネットワークの1回目の学習に使ったデータ：{data}",
    ),
    "equivalence": ("Are the halves equivalent?", "NumPyとKerasの同等性"),
    "less NumPy's": ("{score}: Keras less NumPy", "{score}（KerasからNumPyを引いた差）"),
    "interval": ("{share} % interval", "{share}%信頼区間"),
    "range": ("{low} to {high}", "{low}～{high}"),
    "margin": ("Margin", "許容差"),
    "p": ("p value", "p値"),
    "equivalent": ("✓ equivalent", "✓ 同等"),
    "not shown": ("? not shown", "? 示せず"),
    "cannot tell": ("one run cannot tell", "1回では判定できない"),
    "equivalence note": (
        "Two one-sided tests (TOST) of the first score on runs paired by seed and fold: equivalent "
        "where the whole 90 % interval lies within the margin. “Not shown” says that the runs are "
        "too few or too spread to tell, not that the halves differ.",
        "第一の評価指標について、シードと分割をそろえた対応のある2つの片側検定（TOST）を行う。"
        "90%信頼区間全体が許容差に収まれば同等とする。「示せず」は、"
        "回数が少ないか、ばらつきが大きいために判定できないという意味であり、"
        "両者が異なるという意味ではない。",
    ),
    # Speed
    "speed": ("Speed", "速度"),
    "speed and memory": ("Speed and memory", "速度とメモリ"),
    "seconds_per_step": ("training step, ms", "学習1ステップ（ms）"),
    "seconds_per_prediction": ("prediction of a batch, ms", "1バッチの推論（ms）"),
    "seconds_per_epoch": ("training epoch, s", "学習1エポック（s）"),
    "compile_seconds": ("compilation, s", "コンパイル（s）"),
    "peak_memory_bytes": ("peak memory, MB", "最大メモリ使用量（MB）"),
    "over NumPy": ("÷ NumPy's", "NumPy比"),
    "parameters": ("parameters", "パラメータ数"),
    "median": ("median", "中央値"),
    "least": ("least", "最小"),
    "most": ("most", "最大"),
    "speed caption": (
        "Median over all runs; the thin line goes from the least to the most.",
        "全回の中央値。細い線は最小から最大まで。",
    ),
    "speed note": (
        "A step is one batch of {batch}, forward, backward and update; a prediction is one batch "
        "of as many. Medians after warm-up, with the device synchronised. Compilation is what the "
        "first step took longer than the median. An epoch has {steps} steps, validation not "
        "counted. Memory is the process's largest resident size while training, framework and "
        "data counted in (1 MB = 10⁶ bytes).",
        "1ステップは、大きさ{batch}のバッチに対する順伝播、逆伝播、更新。"
        "推論も同じ大きさの1バッチ。時間はウォームアップ後の中央値で、デバイスと同期して測る。"
        "コンパイルの時間は、最初のステップの時間から中央値を引いた値。"
        "1エポックは{steps}ステップで、検証データでの評価の時間は含まない。"
        "メモリは学習中のプロセスの最大常駐サイズで、フレームワークとデータを含む（1 MB = "
        "10⁶バイト）。",
    ),
    "timed alone": (
        "Jobs ran side by side, but for those with the first seed, from which these times are.",
        "ほかのジョブは並行して実行したが、"
        "ここに示す時間は、単独で実行した最初のシードの学習で測ったものである。",
    ),
    "speed ratios": ("Time of a training step, Keras over NumPy", "学習1ステップの時間（NumPy比）"),
    "keras over numpy": ("Keras ÷ NumPy", "Keras ÷ NumPy"),
    "speed ratios caption": (
        "Left of the line Keras is faster, right of it NumPy. Where a step is short, what a "
        "framework does around the arithmetic weighs most.",
        "破線より左ではKerasが、右ではNumPyが速い。1ステップが短いほど、"
        "計算そのもの以外にフレームワークが行う処理の影響が大きくなる。",
    ),
    "entry": ("model", "モデル"),
    # Claims
    "claims": ("Claims", "主張の検証"),
    "confirmed": ("confirmed", "支持"),
    "refuted": ("refuted", "反証"),
    "undecided": ("undecided", "判定できず"),
    "effect": ("Effect", "効果"),
    "metric": ("Metric", "指標"),
    "experiment": ("Experiment", "実験"),
    "seeds": ("Runs compared (seeds, folds)", "比較した回数（シード、分割）"),
    "smallest effect": ("Smallest effect that counts", "意味のある最小の効果"),
    "stated in": ("Stated in", "出典"),
    "instead": ("What is true instead", "正しくは"),
    "single run": (
        "A single run does not say how much runs differ, so nothing is decided. "
        "{command} runs as many as it takes.",
        "1回の実行では結果のばらつきがわからないので、判定できない。"
        "{command}を実行すると、必要な回数だけ学習し、判定する。",
    ),
    "claims note": (
        "Confirmed: the whole 95 % interval of the paired difference lies above the smallest "
        "effect that counts (zero where none is named); refuted: wholly below; else undecided. "
        "What mathematics says of every run, one run decides. "
        "The verdict comes from the runs, not from the text.",
        "対応のある差の95%信頼区間全体が、意味のある最小の効果（指定がなければ0）を"
        "上回れば「支持」、下回れば「反証」、それ以外は「判定できず」とする。"
        "数学的に常に成り立つはずのことは、1回の実行で判定する。"
        "判定は説明文ではなく実行結果から決まる。",
    ),
    # How to get the page again
    "run": ("Run it again", "再現"),
    "command": ("This command runs it again:", "次のコマンドで再実行できる。"),
    "open as notebook": ("Open as a notebook", "ノートブックで開く"),
    "runs as CSV": ("All runs as CSV", "すべての学習結果（CSV）"),
    "preset": ("Preset", "規模"),
    "preset default": ("default", "既定"),
    "preset full": ("full", "フルサイズ"),
    "seeds used": ("Seeds", "シード"),
    "settled on others": (
        "smaller ones settled the experiment and are not counted",
        "これより小さいシードは実験条件を決めるために使い、集計には含めない",
    ),
    "epochs": ("Epochs", "エポック数"),
    "batch size": ("Batch size", "バッチサイズ"),
    "device asked for": ("Device asked for", "指定したデバイス"),
    "device auto": ("automatic", "自動"),
    "data file": ("Data file", "データファイル"),
    "data": ("Data drawn", "使用したデータ"),
    "preparation": ("How it was read and prepared", "読み込みと前処理"),
    "draws": ("{count} draws, the first: {first}", "{count}通り。最初は{first}"),
    "columns": ("Columns", "実装"),
    "device": ("Device", "デバイス"),
    "threads": ("Threads", "スレッド"),
    "compiled": ("Training step", "学習ステップの実行方法"),
    "executed so": (
        "{options} concerns the training of the Keras columns. The NumPy column trains in float32 "
        "as ever, demonstrations are computed in float32, and the proof is of the same models in "
        "float64 and float32.",
        "{options}はKerasの学習だけに適用する。NumPyは常にfloat32で学習し、"
        "実演の計算はfloat32、検証は同じモデルのfloat64とfloat32で行う。",
    ),
    "left out": ("left out: {why}", "実行せず：{why}"),
    "environment": ("Environment", "実行環境"),
    "side by side": ("{workers} jobs side by side", "{workers}個のジョブを並行して実行"),
    "cores": ("{processor}, cores: {cores}", "{processor}、{cores}コア"),
}
