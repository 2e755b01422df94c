"""Detection on scenes of MNIST digits: anchors, suppression, and a rival without a detector."""

import functools
import time

import numpy as np
import pandas as pd

from comparisons.harness import chapters, connected_parts
from comparisons.harness.bilingual import both
from comparisons.harness.catalogue import reference_half
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Figure, Introduced, Preset, Settings, Task
from comparisons.harness.datasets import scenes
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score
from comparisons.harness.statistics import interval

SEEDS = 5
SHAPES = ((6, 12), (11, 12))
COMPONENTS = "connected components", "連結成分"
TRUE, FOUND = both("true", "正解"), both("found", "検出")
MATCHED = both("anchors that match", "対応するアンカー")
SIZES = {
    both("like the digits", "数字と同じ大きさ"): 1,
    both("half as large", "半分の大きさ"): 0.5,
    both("twice as large", "2倍の大きさ"): 2,
}


def data(settings, seed):
    """Scenes, and the digits in them with their boxes."""
    return scenes(*((20_000, 500, 2_000) if settings.preset == "full" else (2_500, 300, 500)), seed)


def half():
    """The functions that the NumPy half writes out."""
    return reference_half("object_detection")


def arguments(seed):
    """Boxes and anchors, what a network answers to two scenes of five anchors, and detections."""
    draw = np.random.default_rng(seed)

    def boxes(count):
        corner = draw.uniform(0, 8, (count, 2))
        return np.concatenate([corner, corner + draw.uniform(3, 8, (count, 2))], axis=1)

    numbers = {"side": 3, "stride": 4, "threshold": 0.2, "truths": 5}
    found = {"a": boxes(6), "b": boxes(4), "boxes": boxes(6), "anchors": boxes(6)}
    # The surest box suppresses the second, which must not suppress the third then.
    found["boxes"][[1, 3, 0]] = [[0, 0, 6, 6], [3, 0, 9, 6], [6, 0, 12, 6]]
    overlaps = half().intersection_over_union(found["a"], found["b"])
    kind = np.array([[0, 1, 0, 2, 0], [2, 0, 0, 0, 1]])[..., None]
    return {
        **numbers,
        **found,
        "overlaps": overlaps * (np.arange(4) < 3),  # the last box is not there
        "offsets": draw.normal(0, 0.3, (6, 4)),
        "shapes": draw.uniform(3, 9, (2, 2)),
        "scores": np.array([0.7, 0.9, 0.3, 0.8, 0.5, 0.6]),
        "right": np.array([1.0, 0, 1, 1, 0, 1]),
        "y_true": np.concatenate([kind, draw.normal(size=(2, 5, 4))], axis=-1),
        "y_pred": draw.normal(size=(2, 5, 3 + 4)),
    }


@functools.cache
def drawn(preset, seed):
    """The scenes of a seed."""
    return data(Settings(preset), seed)


def baselines(settings, progress):
    """Connected components on the networks' own scenes, with the curve of the first seed."""
    values, curves, seconds = [], [], []
    seeds = settings.seeds or SEEDS
    for seed in range(seeds):
        progress(seed, seeds)
        part = data(settings, seed)
        start = time.perf_counter()
        found = connected_parts.read(part, half().mean_average_precision)
        seconds.append(time.perf_counter() - start)
        values.append(float(half().mean_average_precision(part.y_test, found)))
        curves.append(curve(part.y_test, found))
    return [
        {
            "name": COMPONENTS[0],
            "name_ja": COMPONENTS[1],
            "data": (
                f"the networks' own scenes, seeds 0 to {len(values) - 1}",
                f"ネットワークと同じ場面。シードは0から{len(values) - 1}",
            ),
            "scores": {"map": interval(values)},
            "seconds": float(np.mean(seconds)),
            "curve": {name: of_first.tolist() for name, of_first in curves[0].items()},
        }
    ]


def everything(result, run):
    """What the model with fitting anchors found in the test scenes, before suppression."""
    found = result.kept("model", run["implementation"], run["seed"])
    return found[max(found)]["test"]


def suppressed(result, run):
    """What is left of it."""
    return half().suppressed(everything(result, run))


def precision_of(find):
    """A claim's side: mAP of what `find(result, run)` gives for the test scenes, by seed."""

    def value(result, run):
        y_test = drawn(result.settings.preset, run["seed"]).y_test
        return float(half().mean_average_precision(y_test, find(result, run)))

    return lambda result: result.by_seed(lambda run: value(result, run))


def by_components(result):
    """A claim's side: mAP of connected components, by seed."""
    return result.content["baselines"][0]["scores"]["map"]["values"]


def framed(pictures, rows, columns, size):
    """Pictures with frames, `(choice, picture, series, label, *box)` each."""
    sides = ["left", "top", "right", "bottom"]
    boxes = pd.DataFrame(rows, columns=["choice", "picture", "series", "label", *sides])
    shown = {choice: {"": pictures} for choice in boxes["choice"].unique()}
    return figures.images(shown, boxes=boxes, columns=columns, size=size, panels=1)


def found_in(pictures, y, found):
    """True digits and those found, by the probability from which they are shown."""
    rows = []
    for least in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9):
        for i, (true, seen) in enumerate(zip(y, found)):
            rows += [(least, i, TRUE, "", *row[1:]) for row in true if row[0] >= 0]
            rows += [(least, i, FOUND, int(row[0]), *row[2:]) for row in seen if row[1] >= least]
    return framed(pictures, rows, 3, 190)


def matched_in(picture, y):
    """The anchors that are to find a digit of one scene, by their size."""
    rows, y = [], y[y[:, 0] >= 0]
    for name, size in SIZES.items():
        anchors = half().anchor_boxes(size * np.array(SHAPES), 7, 4)
        match = half().match_anchors(half().intersection_over_union(anchors, y[:, 1:]))
        rows += [(name, 0, TRUE, "", *row[1:]) for row in y]
        rows += [(name, 0, MATCHED, "", *anchor) for anchor in anchors[match >= 0]]
    return framed(picture[None], rows, 1, 380)


def curve(y, found):
    """Precision over recall of all digits together, at every tenth of the surest."""
    order = np.argsort(-found[..., 1], axis=None)[: np.sum(found[..., 1] > 0)]
    hits = np.cumsum(half().right_ones(y, found).ravel()[order])
    seen = np.arange(19, len(hits), 10)
    return {"x": hits[seen] / np.sum(y[..., 0] >= 0), "y": hits[seen] / (seen + 1)}


def precision_recall(result):
    """The curves of the detector and of connected components, of the first seed."""
    run = result.runs(implementation="numpy")[0]
    y = drawn(result.settings.preset, run["seed"]).y_test
    curves = {name: curve(y, find(result, run)) for name, find in WAYS.items()}
    curves[both(*COMPONENTS)] = result.content["baselines"][0]["curve"]
    tables = [pd.DataFrame({**own, "series": name}) for name, own in curves.items()]
    titles = {"x_title": ("recall", "再現率"), "y_title": ("precision", "適合率")}
    return figures.lines(pd.concat(tables), **titles, y_domain=(0, 1))


WAYS = {both("detector", "検出器"): suppressed, both("without suppression", "抑制なし"): everything}


def draw(result):
    """Scenes with what was found, anchors and what they match, precision over recall."""
    run = result.runs(implementation="numpy")[0]
    part = drawn(result.settings.preset, run["seed"])
    crowd = np.flatnonzero((part.y_test[..., 0] >= 0).sum(axis=1) == 3)[:6]
    left = suppressed(result, run)[crowd]
    return [
        Figure(
            ("What was found", "検出結果"),
            figures.slider(
                found_in(part.x_test[crowd, ..., 0], part.y_test[crowd], left),
                ("probability from which a box is shown", "表示する確率の下限"),
                0.5,
            ),
            (
                "Test scenes with three digits, after suppression; the number is the digit read. "
                "At a low probability there is a box wherever something resembles a digit, at a "
                "high one digits are missed: each place is a point on a curve as below.",
                "数字が3個あるテスト画像。非最大抑制のあとに残った枠と、読み取った数字を示す。下限を下げると、"
                "少しでも数字に似たところに枠が現れ、上げると見逃しが増える。スライダーの1つの位置が、"
                "適合率−再現率曲線の1点に対応する。",
            ),
        ),
        Figure(
            ("Anchors that are to find a digit", "数字の検出を受け持つアンカー"),
            figures.selection(
                matched_in(part.x_train[0, ..., 0], part.y_train[0]), ("anchors", "アンカー")
            ),
            (
                "A training scene. Several anchors of the digits' size overlap a digit by half or "
                "more. Half or twice as large, hardly any does: a digit is left with the anchor "
                "that overlaps it most, or those that tie. All others learn “background”.",
                "訓練画像の1枚。数字と同じ大きさなら、いくつものマスのアンカーが数字と半分以上重なる。"
                "小さすぎても大きすぎてもそうしたアンカーはほとんどなくなり、最も重なるアンカー（同点なら複数）"
                "が割り当てられる。残りのアンカーは「背景」と答えるように学習する。",
            ),
        ),
        Figure(
            ("Precision and recall", "適合率と再現率"),
            precision_recall(result),
            (
                "All digits together. Average precision is the area under such a curve of one "
                "digit, mAP the mean over the ten.",
                "全数字をまとめて描いた。数字ごとに描いた曲線の下の面積が平均適合率（AP）、"
                "10個の数字についての平均がmAPである。",
            ),
        ),
    ]


SETTING = (
    "2,500 scenes of one to three digits, a 7×7 grid with two anchors a cell, 5 epochs of Adam. ",
    "数字が1個から3個ある画像2,500枚、7×7のマスにアンカーを2つずつ、Adamで5エポック。",
)


def found_better(sentence, source, experiment, metric, larger, smaller):
    """A claim of one mAP on the test scenes above another by two points or more."""
    return Claim(
        sentence,
        source,
        tuple(map("".join, zip(SETTING, experiment))),
        (f"mAP at 0.5 on test scenes, {metric[0]}", f"テストデータのmAP（IoU 0.5）。{metric[1]}"),
        lambda result: (larger(result), smaller(result)),
        unit="%",
        margin=0.02,
    )


CLAIMS = (
    found_better(
        (
            "A trained detector finds and reads more than cutting out connected parts and "
            "classifying them.",
            "学習した検出器は、連結成分を切り出してから分類する方法よりもmAPが高い。",
        ),
        "Redmon et al. 2016, You only look once, 1",
        (
            "Against connected parts of the ink, read by a support vector machine that learned "
            "from the true boxes; the threshold of ink is chosen on validation scenes.",
            "比較の相手は、インクの連結成分を切り出し、同じ画像の正解の枠から学習したサポートベクターマシンで"
            "分類する方法。2値化のしきい値は検証データで選ぶ。",
        ),
        ("detector less components", "検出器の値から連結成分の値を引く"),
        precision_of(suppressed),
        by_components,
    ),
    found_better(
        ("A detector needs non-maximum suppression.", "検出器には非最大抑制が必要である。"),
        "Girshick et al. 2014, Rich feature hierarchies, 2.2",
        (
            "The same detections with and without; suppressed above an overlap of 0.5.",
            "同じ検出結果について、IoU 0.5を超えるものを抑制する場合と、しない場合を比べる。",
        ),
        ("with less without", "ありの値からなしの値を引く"),
        precision_of(suppressed),
        precision_of(everything),
    ),
)

INTRODUCED = (  # name, equation, what it says
    (
        "anchor_boxes",
        r"\left( x - \tfrac{w_k}{2}, \; y - \tfrac{h_k}{2}, \; x + \tfrac{w_k}{2}, \; "
        r"y + \tfrac{h_k}{2} \right)",
        "Boxes (left, top, right, bottom) around the middle (x, y) of every cell of a grid, for "
        "each shape k one of width w and height h.",
        "格子の各マスの中心(x, y)に、形kごとに幅w、高さhの枠（左、上、右、下）を置く。",
    ),
    (
        "intersection_over_union",
        r"\mathrm{IoU}(A, B) = \frac{|A \cap B|}{|A| + |B| - |A \cap B|}",
        "How much two boxes overlap: 1 for equal ones, 0 for those that do not meet.",
        "2つの枠がどれだけ一致するか。等しければ1、離れていれば0。",
    ),
    (
        "match_anchors",
        r"m(a) = \mathrm{argmax}_b \, \mathrm{IoU}(a, b), \quad \mathrm{IoU}(a, m(a)) \ge "
        r"\tfrac{1}{2}",
        "Which true box an anchor learns to find: the one that it overlaps most, by half or more. "
        "Besides, every true box gets the anchor that overlaps it most, even if by less.",
        "アンカーには、IoUが0.5以上で最もよく重なる正解の枠を割り当てる。さらに、どの正解の枠にも、最もよく"
        "重なるアンカーを、IoUが0.5に届かなくても割り当てる。",
    ),
    (
        "encode_boxes",
        r"t = \left( \frac{x - x_a}{w_a}, \; \frac{y - y_a}{h_a}, \; \log \frac{w}{w_a}, \; "
        r"\log \frac{h}{h_a} \right)",
        "A box's middle (x, y), width and height, as seen from those of its anchor a: small "
        "numbers, whatever the size.",
        "枠の中心(x, y)、幅、高さを、アンカーaのそれから見て表す。枠の大きさによらず、"
        "小さな数になる。",
    ),
    (
        "decode_boxes",
        r"x = x_a + w_a t_x, \quad y = y_a + h_a t_y, \quad w = w_a e^{t_w}, \quad h = h_a e^{t_h}",
        "And back: the box that the network means.",
        "その逆。ネットワークの出力を枠に戻す。",
    ),
    (
        "detection_loss",
        r"L = \frac{1}{N} \sum_a ( \ell_a + [c_a > 0] \, h_a ), \quad "
        r"\ell_a = -\log p_a(c_a), \quad h_a = \sum_j H(\hat{t}_{aj} - t_{aj})",
        "Every anchor learns its class c, background (0) among them; only the N anchors that have "
        "a box learn its offsets t too; the hat marks the network's own, H is Huber's loss.",
        "すべてのアンカーがクラスc（背景は0）を学習し、正解の枠を割り当てられたN個だけがそのオフセットtも"
        "学習する。ハット付きのtはネットワークの出力、Hはフーバー損失。",
    ),
    (
        "non_maximum_suppression",
        r"i \in K \iff \mathrm{IoU}(b_i, b_j) \le \theta \; (j \in K, \; s_j > s_i)",
        "From the surest (largest s) down, a box i goes if it overlaps one that is kept, j in K, "
        "by more than θ.",
        "確信度sの高い順に見て、すでに残した枠j（Kの要素）とのIoUがθを超える枠iを捨てる。",
    ),
    (
        "average_precision",
        r"\mathrm{AP} = \sum_n (r_n - r_{n-1}) \max_{m \ge n} p_m",
        "Of the n surest, precision p is the share that is right, recall r the share of the "
        "objects that they find. AP is the area under their curve, made to fall; mAP is its mean "
        "over the classes.",
        "確信度の上位n個のうち正しいものの割合が適合率p、それらで見つかった物体の割合が再現率r。"
        "2つが描く曲線を単調減少にならし、その下の面積をとる。クラスについての平均がmAP。",
    ),
)
HELPERS = {"encode_boxes": ("middle_and_sides",), "detection_loss": ("compared",)}

CONCEPT = Concept(
    title=("Object detection", "物体検出"),
    chapter=chapters.USES.section(2),
    summary=(
        "What is in the image, and where? One pass of a convolutional network answers for boxes "
        "laid over the image beforehand, the anchors: which object each of them holds, if any, and "
        "how it has to be moved and stretched to fit. Many anchors find the same object; "
        "non-maximum suppression keeps the surest. Mean average precision says how many were "
        "found, and how many of those found are right, over all thresholds.",
        "画像のどこに何があるか。畳み込みニューラルネットワークが、あらかじめ画像に敷き詰めた枠（アンカー）の"
        "それぞれについて、中にある物体の種類（なければ背景）と、枠をどうずらし伸縮させればぴったり合うかを"
        "一度に答える。同じ物体を複数のアンカーが見つけるので、非最大抑制で最も確かなものだけを残す。"
        "よさはmAPで測る。どれだけ見つけたかと、見つけたもののどれだけが正しいかを、すべてのしきい値にわたって"
        "まとめた値である。",
    ),
    introduces=tuple(
        Introduced(name, equation, tuple(says), arguments, helpers=HELPERS.get(name, ()))
        for name, equation, *says in INTRODUCED
    ),
    terms=(
        ("object detection", "物体検出"),
        ("bounding box", "バウンディングボックス（枠）"),
        ("anchor box", "アンカーボックス"),
        ("intersection over union (IoU)", "IoU（重なりの割合）", "metrics.IoU"),
        ("non-maximum suppression (NMS)", "非最大抑制（NMS）"),
        ("mean average precision (mAP)", "平均適合率の平均（mAP）"),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(5, 16), "full": Preset(15, 32)},
        scores=(
            Score(
                "map",
                ("mAP at 0.5", "mAP（IoU 0.5）"),
                lambda y, found: half().mean_average_precision(y, found),
                unit="%",
                margin=0.03,
            ),
        ),
        variants={"model": {"shapes": SHAPES}},
        train="train",
        predict="detect",
        keep="looked_at",
        proven_steps=5,
        seeds=SEEDS,
        baselines=baselines,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=2.0,
)

if __name__ == "__main__":
    run_script(__file__)
