"""Computational graphs: the book's shop, the chain rule node by node, and paths against steps."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures, graphs

# The shop: apple price, apples, orange price, oranges, tax; then the nodes.
SHOP = [("×", 0, 1), ("×", 2, 3), ("+", 5, 6), ("×", 7, 4)]
APPLES = list(range(6))
PLACES = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1.2, 0.5), (1.2, 2.5), (2.2, 1.5), (3.2, 2.2)]
NAMES = (
    both("apple price", "りんごの値段"),
    both("apples", "りんごの個数"),
    both("orange price", "みかんの値段"),
    both("oranges", "みかんの個数"),
    both("tax", "消費税"),
)
INPUTS, NODES, POINTS, H = 5, 12, 50, 1e-4
STEPS = [0.001, 0.01, 0.1, 1.0]
SIZES = [5, 10, 20, 40]
SEEDS = 10


def shop(seed):
    """The textbook's prices and numbers, with each number of apples."""
    inputs = np.array([[100.0], [0.0], [150.0], [3.0], [1.1]]) + np.zeros(len(APPLES))
    inputs[1] = APPLES
    return {"graph": SHOP, "inputs": inputs}


def drawn_graph(generator, nodes, operations="+×"):
    """A graph at random: each node takes the value before it, and another that it draws.

    A product takes an input for that, lest its values grow beyond all bounds.
    """
    graph = []
    for number in range(INPUTS, INPUTS + nodes):
        operation = operations[generator.integers(len(operations))]
        other = generator.integers(number if operation == "+" else INPUTS)
        graph.append((operation, number - 1, int(other)))
    return graph


def some_graph(seed):
    """A graph at random, and inputs around 1."""
    generator = np.random.default_rng(seed)
    graph, inputs = drawn_graph(generator, NODES), generator.uniform(0.5, 1.5, (INPUTS, POINTS))
    return {"graph": graph, "inputs": inputs, "steps": STEPS, "h": H}


def growing_graphs(seed):
    """Graphs of sums, of more and more nodes."""
    generator = np.random.default_rng(seed)
    drawn = [drawn_graph(generator, nodes, "+") for nodes in SIZES]
    return {"graphs": drawn, "inputs": np.ones((INPUTS, 1))}


def two_numbers(seed):
    """Numbers to be added or multiplied."""
    x, y = np.random.default_rng(seed).normal(size=(2, 6))
    return {"x": x, "y": y}


def distance(arrays):
    """The largest difference of the chain rule and the numerical derivative, as a share."""
    found = arrays["derivatives"]
    return float(np.abs(found - arrays["numerical"]).max() / np.abs(found).max())


def misses(arrays):
    """By how much, as a share, `step · derivative` misses the rise, for each step."""
    derivatives = arrays["derivatives"][:INPUTS]
    used = np.any(derivatives != 0, axis=1)  # an input may lead nowhere
    predicted = np.array(STEPS)[:, None, None] * derivatives[used]
    return (np.abs(predicted - arrays["rise"][:, used]) / arrays["rise"][:, used]).mean((1, 2))


def texts(values, grads, forward, backward):
    """What stands at each arrow of the shop when so many nodes have been passed each way.

    Args:
        backward: −1 where the way back has not begun.
    """
    last = len(values) - 1
    reached = {i for _, *operands in SHOP[len(SHOP) - backward :] for i in operands}
    found = {}
    for number, (value, grad) in enumerate(zip(values, grads)):
        above = f"{value:.4g}" if number < INPUTS + forward else ""
        known = number in reached or (number == last and backward >= 0)
        found[number] = (above, f"{grad:.4g}" if known else "")
    return found


def shops(choices):
    """The graph of the shop with these texts by choice."""
    signs = [operation for operation, *_ in SHOP]
    nodes = {n: (*place, text) for n, (place, text) in enumerate(zip(PLACES, (*NAMES, *signs)))}
    nodes["total"] = (4.2, 2.2, both("total", "合計"))
    arrows = {i: (i, INPUTS + n) for n, (_, *operands) in enumerate(SHOP) for i in operands}
    return graphs.graph(choices, nodes, {**arrows, len(nodes) - 2: (len(nodes) - 2, "total")})


def draw(result):
    """The shop forward and backward, other numbers of apples, large steps, paths."""
    arrays = result.arrays("shopping")
    by_apples = {
        number: (arrays["values"][:, place], arrays["derivatives"][:, place])
        for place, number in enumerate(APPLES)
    }
    way = [(forward, -1) for forward in range(len(SHOP) + 1)]
    way += [(len(SHOP), backward) for backward in range(len(SHOP) + 1)]
    stages = {step: texts(*by_apples[2], *passed) for step, passed in enumerate(way)}
    errors = np.array(result.of_numpy("random_graph", misses))
    paths = np.array(result.of_numpy("paths", lambda arrays: arrays["paths"]))
    return [
        Figure(
            ("Forward, then backward", "順伝播と逆伝播"),
            figures.slider(shops(stages), ("step", "ステップ"), max(stages)),
            (
                "Two apples at 100 yen, three oranges at 150 yen, 10 % tax. Above the arrows the "
                "values, computed from left to right; below them the derivatives of the total, "
                "from right to left. Each node needs nothing but what arrives at it: × hands each "
                "input the other's value times what came back, + hands it on as it is.",
                "100円のりんご2個と150円のみかん3個を買い、消費税が10%かかる。矢印の上は左から右へ"
                "計算した値、下は右から左へ計算した合計金額の微分である。各ノードは自分に届いた値だけで"
                "計算できる（局所的な計算）。乗算ノードは、上流から来た微分に相手の入力の値を掛けて"
                "下流へ流し、加算ノードはそのまま流す。",
            ),
        ),
        Figure(
            ("Other numbers of apples", "りんごの個数を変える"),
            figures.slider(
                shops({number: texts(*found, *way[-1]) for number, found in by_apples.items()}),
                ("apples", "りんごの個数"),
                2,
            ),
            (
                "If an apple costs one yen more, the total grows by the number of apples, times "
                "the tax. So the derivative with respect to the apple's price changes with the "
                "number of apples. So does that with respect to the tax, which is multiplied by "
                "the price of all fruit; the others stay.",
                "りんごの値段が1円上がると、合計金額は「りんごの個数×消費税」だけ増える。だから個数を"
                "変えると、りんごの値段に関する微分が変わる。消費税は果物の合計額に掛かるので、"
                "消費税に関する微分も変わる。そのほかの微分は変わらない。",
            ),
        ),
        Figure(
            ("How far a derivative can be trusted", "微分による予測はどこまで正しいか"),
            figures.lines(
                {both("predicted rise", "増加量の予測"): errors},
                STEPS,
                x_title=("by how much an input is raised", "入力の増加量"),
                y_title=("error of derivative × step", "「微分×増加量」の誤差"),
                unit="%",
                log="xy",
            ),
            (
                "Graphs drawn at random, inputs between 0.5 and 1.5. The error shrinks with the "
                "step: a derivative speaks of small steps.",
                "ランダムに作ったグラフ。入力は0.5から1.5。増加量を小さくすると誤差も"
                "小さくなる。微分が表すのは、わずかに動かしたときの変化である。",
            ),
        ),
        Figure(
            ("Paths and steps", "経路の数と逆伝播のステップ数"),
            figures.lines(
                {
                    both("paths to the output", "入力から出力までの経路"): paths,
                    both("steps backward", "逆伝播のステップ"): [2 * size for size in SIZES],
                },
                SIZES,
                x_title=("nodes", "ノードの数"),
                y_title=("number", "数"),
                log="y",
            ),
            (
                "Graphs drawn at random whose nodes only add. A derivative is a sum over all "
                "paths. Backward, sums are taken where paths meet, and every arrow is walked once.",
                "加算ノードだけのランダムなグラフで数えた。微分は、すべての経路についての和である。"
                "逆伝播では経路が合流するところで和をとるため、どの矢印も1回しか通らない。",
            ),
        ),
    ]


RANDOM = (
    f"Graphs of {NODES} nodes drawn at random, + or ×, with {INPUTS} inputs between 0.5 and 1.5, "
    f"{POINTS} draws of them. ",
    f"加算と乗算のノード{NODES}個をランダムにつないだグラフ。入力は{INPUTS}個で、0.5から1.5の値を"
    f"{POINTS}通り与える。",
)
CLAIMS = (
    Claim(
        claim=(
            "The chain rule gives the numerical derivative at every node.",
            "連鎖律で求めた微分は、どのノードでも数値微分と一致する。",
        ),
        source="Saito, Deep Learning from Scratch, 5.2, 5.7.3",
        experiment=(
            RANDOM[0] + f"Each node's value is moved by ±{H:g} in double precision.",
            RANDOM[1] + f"各ノードの値を±{H:g}だけ動かす（倍精度）。",
        ),
        metric=(
            "10⁻⁶ less the largest difference, as a share of the largest derivative",
            "10⁻⁶から、差の最大値（最大の微分に対する割合）を引いた値",
        ),
        measure=lambda result: (1e-6, result.of_numpy("random_graph", distance)),
        theorem=True,
    ),
    Claim(
        claim=(
            "The derivative says by how much the output grows when the input grows by 1.",
            "微分は、入力が1増えたときに出力がどれだけ増えるかを表す。",
        ),
        source=(
            "a common reading of the shop, where one yen more for an apple costs 2.2 yen",
            "りんごが1円上がると支払額が2.2円増える、という買い物の例のよくある解釈",
        ),
        experiment=(
            RANDOM[0] + "Each input is raised by 1, one at a time; up to 10 % of error would do.",
            RANDOM[1] + "入力を1つずつ、1だけ増やす。10%までの誤差は許す。",
        ),
        metric=(
            "10 % less the mean error of the predicted rise, as a share of the rise",
            "10%から、増加量の予測の平均誤差（実際の増加量に対する割合）を引いた値",
        ),
        measure=lambda result: (
            0.1,
            result.of_numpy("random_graph", lambda arrays: float(misses(arrays)[-1])),
        ),
        unit="%",
        instead=(
            "It does where the output is a straight line in that input, as in the shop. Elsewhere "
            "it says so for small steps only: a tenth of the step, about a tenth of the error.",
            "出力がその入力の1次式であるとき（買い物の例など）はその通りである。それ以外では、"
            "わずかに増やしたときの変化を表す。増加量を10分の1にすると、予測の誤差もおよそ"
            "10分の1になる。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Computational graphs and the chain rule", "計算グラフと連鎖律"),
    chapter=chapters.BACKPROPAGATION.section(1),
    summary=(
        "A computation is a graph: nodes that add or multiply, and arrows (edges) along which "
        "numbers flow. Forward, each node computes its value from what arrives. Backward, each "
        "node multiplies the derivative that comes back by its own local one. One pass backward "
        "gives the derivative of the result with respect to every number in the graph: it walks "
        "every arrow once, however many paths they make.",
        "計算は、加算や乗算を行うノードと、数が流れる矢印（エッジ）からなるグラフで表せる。順伝播では、"
        "各ノードが届いた値から自分の値を計算する。逆伝播では、上流から戻ってきた微分に自分の局所的な微分を掛けて"
        "下流へ流す。逆伝播を1回行えば、グラフの中のすべての数について、結果の微分が求まる。経路がいくつあっても、"
        "どの矢印も1回通るだけである。",
    ),
    introduces=(
        Introduced(
            "add",
            r"z = x + y, \quad \frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} = "
            r"\frac{\partial L}{\partial z}",
            (
                "The node + hands on to both inputs what comes back. L: the graph's result.",
                "加算ノードは、上流から来た微分をそのまま両方の入力へ流す（Lはグラフの最終結果）。",
            ),
            two_numbers,
        ),
        Introduced(
            "multiply",
            r"z = x y, \quad \frac{\partial L}{\partial x} = \frac{\partial L}{\partial z} y, "
            r"\quad \frac{\partial L}{\partial y} = \frac{\partial L}{\partial z} x",
            (
                "The node × multiplies what comes back by the other input, which it has kept from "
                "the way forward.",
                "乗算ノードは、上流から来た微分に、順伝播のときに覚えておいたもう一方の入力を掛けて流す"
                "（入力をひっくり返した値）。",
            ),
            two_numbers,
        ),
        Introduced(
            "chain_rule",
            r"\frac{\partial L}{\partial x} = \sum_k \frac{\partial L}{\partial z_k} "
            r"\frac{\partial z_k}{\partial x}",
            (
                "A product along each path, and a sum over all nodes z that x goes to: a value "
                "used twice gets what comes back from both. Nodes are passed in the order of the "
                "computation, and backward in the reverse order.",
                "経路に沿っては積をとり、xが流れ込むすべてのノードzについて和をとる。2か所で使われる値には、"
                "両方から戻ってきた微分の和が渡る。ノードは計算した順に、逆伝播では逆の順にたどる。",
            ),
            demonstration="shopping",
        ),
    ),
    terms=(
        ("computational graph", "計算グラフ"),
        ("node, edge", "ノード、エッジ"),
        ("forward propagation", "順伝播"),
        ("backward propagation", "逆伝播"),
        ("local computation", "局所的な計算"),
        ("chain rule", "連鎖律"),
        ("upstream gradient", "上流から来る微分（勾配）"),
    ),
    demonstrations=(
        Demonstration("shopping", shop),
        Demonstration("random_graph", some_graph, seeds=SEEDS, measured=("numerical", "rise")),
        Demonstration("paths", growing_graphs, seeds=SEEDS),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.2,
)

if __name__ == "__main__":
    run_script(__file__)
