"""The words of the page of a bench."""

from comparisons.harness.bilingual import Words

WORDS: dict[str, Words] = {
    "bench title": ("How fast: NumPy and Keras", "速さの比較：NumPyとKeras"),
    "bench lead": (
        "Milliseconds of training and prediction in float32, on {cores} of the machine’s cores. "
        "Every implementation has a process of its own, starts from the same weights, and is timed "
        "in turn with the others: {repeats} times after a first call, of which the median counts.",
        "float32での学習と予測にかかる時間（ミリ秒）。使用コア数は{cores}。各実装は別々のプロセスで、"
        "同じ初期重みから始め、最初の呼び出しのあと、交互に{repeats}回ずつ測った中央値を示す。",
    ),
    "bench settings": (
        "Each backend computes at the fastest of its settings (`jit_compile`, "
        "`steps_per_execution`, TensorFlow with oneDNN and without), which are tried before; the "
        "points of a sweep have those of its middle.",
        "各バックエンドは、事前に試した設定（`jit_compile`、`steps_per_execution`、TensorFlowでは"
        "oneDNNの有無）のうち最も速いもので計算する。掃引では中央の点で選んだ設定を全点に使う。",
    ),
    "bench textbook": (
        "“Textbook” is composed of the functions that the concepts write out, as a reader is shown "
        "them: the difference to NumPy is what readable costs and fast gains.",
        "「NumPy · textbook」は教科書どおりの実装で、各コンセプトのページに示す関数をそのまま"
        "組み合わせたもの。NumPyとの差が、読みやすさの代償であり、高速化の成果である。",
    ),
    "bench ceilings": (
        "Ceilings, measured in turn with the models: {products} GFLOP/s in a large matrix product, "
        "{copies} GB/s read and written in a copy.",
        "上限（モデルと交互に測定）：大きな行列積で{products} GFLOP/s、メモリのコピーで"
        "{copies} GB/s（読み書きの合計）。",
    ),
    "bench floor": (
        "The floor is what a step takes at least: its multiplications at the one rate, or its "
        "bytes at the other, whichever is longer. Bytes are those of the samples and the weights, "
        "in training with gradients and what the optimizer keeps, and of each layer’s output, "
        "written once and read once.",
        "下限は、乗算回数と読み書きするバイト数をそれぞれの上限で割った値の大きいほう。バイト数には"
        "入力と重み、学習では勾配とオプティマイザの状態、各層の出力の書き込みと読み出し1回ずつを"
        "数える。",
    ),
    "start-up": ("Start-up", "起動"),
    "start-up note": (
        "Seconds until a fresh Python has imported it.",
        "新しいPythonがインポートを終えるまでの秒数。",
    ),
    "phase train_step": ("A training step", "学習1ステップ"),
    "phase predict": ("Prediction of a batch", "1バッチの予測"),
    "phase epoch": ("An epoch with its validation", "検証を含む1エポック"),
    "relative to the fastest": (
        "time, in times of Keras’s fastest backend",
        "Kerasの最速バックエンドを1とした時間",
    ),
    "bars caption": (
        "Shorter is faster; at 1 stands the fastest backend of Keras.",
        "短いほど速い。Kerasの最も速いバックエンドが1。",
    ),
    "milliseconds": ("milliseconds", "ミリ秒"),
    "median and quartiles": ("ms: median, quartiles", "ミリ秒（中央値、四分位）"),
    "floor": ("floor, ms", "下限（ミリ秒）"),
    "share reached": ("share reached", "下限への到達率"),
    "first call": ("first call, ms", "最初の呼び出し（ミリ秒）"),
    "setting": ("setting", "設定"),
    "memory note": (
        "Peak memory is that of the process; the samples that it was given are of it {samples} MB "
        "at most.",
        "最大メモリはプロセス全体の値で、そのうち測定用のデータは最大{samples} MB。",
    ),
    "sweeps": ("How the time grows", "時間の増え方"),
    "sweep batch": ("With the batch", "バッチサイズ"),
    "sweep width": ("With the width", "層の幅"),
    "sweep depth": ("With the depth", "層の数"),
    "sweep image": ("With the image", "画像の大きさ"),
    "sweep batch note": (
        "An MLP of one hidden layer of 256, by samples a batch.",
        "隠れ層1層（256ユニット）のMLP。横軸は1バッチのサンプル数。",
    ),
    "sweep width note": (
        "An MLP of two hidden layers, by their units.",
        "隠れ層2層のMLP。横軸は各層のユニット数。",
    ),
    "sweep depth note": (
        "An MLP of hidden layers of 128, by their number.",
        "隠れ層（128ユニット）を重ねたMLP。横軸は層の数。",
    ),
    "sweep image note": (
        "A convolution, pooling and two dense layers, by the pixels of an image’s side.",
        "畳み込み、プーリング、全結合2層のCNN。横軸は画像の一辺の画素数。",
    ),
    "axis batch": ("samples a batch", "1バッチのサンプル数"),
    "axis width": ("units a layer", "1層のユニット数"),
    "axis depth": ("hidden layers", "隠れ層の数"),
    "axis image": ("pixels of a side", "一辺の画素数"),
}
