"""Q-learning in a grid: values that spread from the goal, and when random actions are needed."""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import (
    Claim,
    Concept,
    Demonstration,
    Figure,
    Introduced,
    Preset,
    Task,
)
from comparisons.harness.datasets import Dataset
from comparisons.harness.drawing import figures
from comparisons.harness.scores import Score

MAZE = np.array([list(map(".#G".index, row)) for row in (
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##.#.",
    "##....#.",
    "...#..#G",
)])  # fmt: skip
ARROWS = "↑→↓←"
SHOWN = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96)
COST, PRIZE = 0, 1
WORLDS = ({"rewards": (-1, -1), "discount": 1.0}, {"rewards": (0, 1), "discount": 0.9})
EPSILONS = (0.0, 0.1, 0.3, 1.0)
STEPS, EVERY = 4_000, 100
NAMES = {
    COST: both("every step costs 1", "1ステップごとに報酬−1"),
    PRIZE: both("only the goal pays", "ゴールでだけ報酬1"),
}
STEPS_LEFT = Score(
    "steps_to_goal",
    ("steps to the goal", "ゴールまでのステップ数"),
    lambda y, steps: float(steps[0]),
    unit="steps",
    larger_is_better=False,
    margin=0.5,
)


def distances(maze):
    """How many steps each cell is from the goal at least; infinitely many for a wall."""
    found = np.where(maze == 2, 0.0, np.inf)
    for _ in range(maze.size):
        around = np.pad(found, 1, constant_values=np.inf)
        near = np.minimum(around[2:, 1:-1], around[:-2, 1:-1])
        near = np.minimum(near, np.minimum(around[1:-1, 2:], around[1:-1, :-2]))
        found = np.where(maze == 1, np.inf, np.minimum(found, 1 + near))
    return found


def values(generator):
    """A table as Keras's Embedding begins."""
    return generator.uniform(-0.05, 0.05, (48, 4))


def a_maze(seed):
    """A maze whose shortest way is no straight one, a third of it walls; and a table."""
    generator = np.random.default_rng(seed)
    while True:
        maze = (generator.random((6, 8)) < 0.33).astype(int)
        maze[0, 0], maze[-1, -1] = 0, 2
        if 12 < distances(maze)[0, 0] < np.inf:
            return maze, values(generator)


def in_a_maze(seed):
    """A random maze, and a table to learn in."""
    maze, q = a_maze(seed)
    sizes = {"steps": STEPS, "every": EVERY, "kept": 3, "seed": seed}
    return {"q": q, "maze": maze, "start": 0, "worlds": WORLDS, "epsilons": EPSILONS, **sizes}


def in_the_maze(seed):
    """The maze of the first figure."""
    q = values(np.random.default_rng(seed))
    return {"q": q, "maze": MAZE, "start": 0, "epsilon": 0.1, "shown": SHOWN, "kept": 10}


def data(settings, seed):
    """Where one may start; scored is the way from the upper left, where learning starts."""
    starts = np.flatnonzero(MAZE.ravel() == 0).astype("int32")
    return Dataset(
        *(starts, np.zeros(len(starts))) * 3,
        (
            "The maze of the page, learned from its upper left with ε = 0.1; scored by the steps "
            "that the best actions take from there, 60 at most and 14 at least",
            "本ページの迷路。左上のマスからε = 0.1で学習し、最善の行動がそこからゴールまでに要する"
            "ステップ数（最短14、最大60）を測る。",
        ),
    )


def extra(result, world, epsilon):
    """By how many steps the way at the end is longer than the shortest, seed by seed."""
    ways = result.of_numpy("worlds", lambda a: a["way"][world, EPSILONS.index(epsilon), -1])
    shortest = [distances(a_maze(seed)[0])[0, 0] for seed in result.seeds_of("worlds")]
    return [float(own - best) for own, best in zip(ways, shortest)]


def map_of_values(result):
    """The maze with the value of each cell and its best action, by episode."""
    rows = []
    for episode, table in zip((0, *SHOWN), result.arrays("episodes")["tables"]):
        for cell, q in enumerate(table):
            row, column = divmod(cell, MAZE.shape[1])
            kind = MAZE[row, column]
            text = "■" if kind == 1 else "★" if kind == 2 else ARROWS[q.argmax()]
            value = float(q.max()) if kind == 0 else None
            rows.append((episode, row, column, value, text))
    table = pd.DataFrame(rows, columns=["choice", "row", "column", "value", "text"])
    base = alt.Chart().encode(x=alt.X("column:O").axis(None), y=alt.Y("row:O").axis(None))
    colour = alt.Color("value:Q").scale(scheme="viridis", domain=[-14, 0])
    cells = base.transform_filter("isValid(datum.value)").mark_rect(opacity=0.6)
    cells = cells.encode(color=colour.title(both("value", "価値")))
    marks = base.mark_text(fontSize=18).encode(text="text:N")
    chart = alt.layer(cells, marks, data=table).properties(width=400, height=300)
    return figures.slider(chart, ("episodes learned", "学習したエピソード数"), start=32)


def draw(result):
    """The table as a map, the episodes while it is learned, and the way in two worlds."""
    ways = np.stack(result.of_numpy("worlds", lambda a: a["way"]), axis=2)
    by_world = {
        NAMES[world]: {f"ε = {e:g}": ways[world, i].mean(axis=0) for i, e in enumerate(EPSILONS)}
        for world in (COST, PRIZE)
    }
    lengths = result.of_numpy("episodes", lambda a: a["steps"][: SHOWN[-1]])
    return [
        Figure(
            ("Values spread from the goal", "価値がゴールから広がる"),
            map_of_values(result),
            (
                "★ is the goal, ■ a wall, an arrow the best action so far, colour its value. Every "
                "step costs 1: at the end a value is minus the number of steps that are left. Each "
                "visit carries it one cell further from the goal. Off the way the table stays "
                "rough: cells that are hardly visited are hardly learned.",
                "★はゴール、■は壁、矢印は現時点で最善の行動、色はその価値である。1ステップごとに報酬は"
                "−1なので、学習が進むと価値は残りステップ数に負号を付けた値になる。訪れるたびに、価値は"
                "ゴールから1マスずつ遠くへ伝わる。経路から外れたマスは、あまり訪れないので"
                "値が不正確なままである。",
            ),
        ),
        Figure(
            ("Episodes get shorter", "エピソードが短くなる"),
            figures.lines(
                {both("steps of the episode", "エピソードのステップ数"): np.stack(lengths)},
                x_title=("episode", "エピソード"),
                y_title=("steps to the goal", "ゴールまでのステップ数"),
                log="y",
            ),
            (
                "In the maze above, ε = 0.1. The shortest way has 14 steps; random actions "
                "lengthen it to the end.",
                "上の迷路、ε = 0.1。最短経路は14ステップである。ランダムな行動が混じるため、"
                "最後まで14より少し長い。",
            ),
        ),
        Figure(
            ("Random actions, in two worlds", "ランダムな行動は必要か"),
            figures.lines(
                figures.in_panels(by_world, np.arange(EVERY, STEPS + 1, EVERY)),
                x_title=("steps learned", "学習したステップ数"),
                y_title=("steps of the best way so far", "最善の行動による道のり"),
                panels=2,
            ),
            (
                "The mean of random mazes; 60 where the goal is not reached. Where every step "
                "costs, what was tried looks worse than what was not, so even ε = 0 explores, and "
                "ε = 1 only wanders. Where only the goal pays, ε = 0 never leaves the first cells.",
                "ランダムな迷路の平均。ゴールに着かない場合は60とする。1ステップごとに報酬が−1の場合は、"
                "試した行動ほど価値が下がるので、ε = 0でも探索が進む。ε = 1はさまようだけで"
                "効率が悪い。ゴールでしか報酬がない場合、ε = 0では最初のマスの近くから離れない。",
            ),
        ),
    ]


SETTING = (
    f"Random 6 × 8 mazes, a third of them walls, {STEPS:,} steps, learning rate 0.5, small random "
    "values to begin with. ",
    f"ランダムな6×8の迷路（約3分の1が壁）。{STEPS:,}ステップ、学習率0.5、初期値は小さな乱数。",
)
BY_COST = ("Every step costs 1. ", "1ステップごとに報酬は−1。")
BY_PRIZE = ("Only the goal pays, γ = 0.9. ", "ゴールでだけ報酬1を得る（γ = 0.9）。")
BOOK = "Sutton & Barto 2018, Reinforcement learning"
CLAIMS = (
    Claim(
        (
            "Q-learning finds the shortest way without a map.",
            "Q学習は、地図がなくても最短経路を見つける。",
        ),
        f"Watkins & Dayan 1992, Q-learning; {BOOK}, 6.5",
        (
            f"{SETTING[0]}{BY_COST[0]}ε = 0.1. Less than one step longer counts as shortest.",
            f"{SETTING[1]}{BY_COST[1]}ε = 0.1。最短との差が平均1ステップ未満なら見つけたとみなす。",
        ),
        (
            "steps, the shortest way less the way learned",
            "ステップ数。最短経路の値から学習した道のりの値を引く",
        ),
        lambda result: (0.0, extra(result, COST, 0.1)),
        unit="steps",
        margin=-1.0,
    ),
    Claim(
        (
            "Without random actions Q-learning does not find the way.",
            "ランダムな行動を混ぜないと、Q学習は道を見つけられない。",
        ),
        ("introductory articles on ε-greedy", "ε-greedy法についての入門記事"),
        (
            f"{SETTING[0]}{BY_COST[0]}ε = 0 against ε = 0.1; one step matters.",
            f"{SETTING[1]}{BY_COST[1]}ε = 0とε = 0.1を比べ、1ステップ以上を意味のある差とする。",
        ),
        (
            "steps of the way learned, ε = 0 less ε = 0.1",
            "学習した道のりのステップ数。ε = 0の値からε = 0.1の値を引く",
        ),
        lambda result: (extra(result, COST, 0.0), extra(result, COST, 0.1)),
        unit="steps",
        margin=1.0,
        instead=(
            "Not where the first values promise more than there is: with a cost for every step, "
            "values near 0 do. What was tried then looks worse than what was not.",
            "初期値が実際より高ければ、その必要はない。1ステップごとに報酬が−1なら、0に近い初期値が"
            "それにあたる。試した行動の価値が下がるので、まだ試していない行動が自然に選ばれる。",
        ),
    ),
    Claim(
        (
            "Where only the goal pays, random actions are needed.",
            "ゴールでしか報酬がなければ、ランダムな行動が必要である。",
        ),
        f"{BOOK}, 2.2 and 2.6",
        (
            f"{SETTING[0]}{BY_PRIZE[0]}ε = 0 against ε = 0.3; one step matters.",
            f"{SETTING[1]}{BY_PRIZE[1]}ε = 0とε = 0.3を比べ、1ステップ以上を意味のある差とする。",
        ),
        (
            "steps of the way learned, ε = 0 less ε = 0.3",
            "学習した道のりのステップ数。ε = 0の値からε = 0.3の値を引く",
        ),
        lambda result: (extra(result, PRIZE, 0.0), extra(result, PRIZE, 0.3)),
        unit="steps",
        margin=1.0,
    ),
    Claim(
        (
            "Q-learning learns the best way even while it acts at random.",
            "Q学習は、ランダムに行動していても最善の道を学習する。",
        ),
        (
            f"{BOOK}, 6.5 (off-policy control)",
            "Sutton & Barto 2018, Reinforcement learning, 6.5（方策オフ型制御）",
        ),
        (
            f"{SETTING[0]}{BY_PRIZE[0]}ε = 1. Less than one step longer counts as best.",
            f"{SETTING[1]}{BY_PRIZE[1]}ε = 1。最短との差が平均1ステップ未満なら学習したとみなす。",
        ),
        (
            "steps, the shortest way less the way learned",
            "ステップ数。最短経路の値から学習した道のりの値を引く",
        ),
        lambda result: (0.0, extra(result, PRIZE, 1.0)),
        unit="steps",
        margin=-1.0,
        instead=(
            "It does in the end, but a random walk is slow to come to the goal.",
            "いずれは学習するが、ランダムに歩いていてはなかなかゴールに着かない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Q-learning", "Q学習"),
    chapter=chapters.REINFORCEMENT.section(1),
    summary=(
        "Nobody shows the way: one acts, sees where that leads and what it brings, and notes in a "
        "table what each action is worth in each place. Each value is moved towards the reward "
        "plus the best value of the next place, so that what the goal is worth spreads backwards "
        "through the maze. The same update is one step of SGD on half the squared error.",
        "誰も正解の道を教えてくれない。行動し、どこに着いて何を得たかを見て、場所ごと行動ごとの価値を表に"
        "記録する。それぞれの価値を「報酬＋次の場所の最大の価値」に近づけていくと、ゴールの価値が"
        "迷路を逆向きに伝わっていく。この更新は、誤差の二乗の半分に対するSGDの1ステップと同じである。",
    ),
    introduces=(
        Introduced(
            "grid_step",
            r"s' = \begin{cases} s + \Delta_a & (s + \Delta_a \in S) \\ "
            r"s & (s + \Delta_a \notin S) \end{cases}",
            (
                "The world: an action leads one cell up, right, down or left (Δ). S are the free "
                "cells; before a wall one stays.",
                "環境。行動によって上、右、下、左に1マス進む（Δ）。Sは通れるマスの集合で、壁には入れず、"
                "その場にとどまる。",
            ),
            demonstration="episodes",
        ),
        Introduced(
            "epsilon_greedy",
            r"a = \begin{cases} \mathrm{random} & (u < \varepsilon) \\ \mathrm{argmax}_a Q(s, a) "
            r"& (u \ge \varepsilon) \end{cases}, \quad u \sim U(0, 1)",
            (
                "Mostly the best action as far as is known, sometimes a random one, to find "
                "better ones.",
                "たいていは現時点で最善の行動を、ときどきランダムな行動を選び、より良い行動を探す。",
            ),
            demonstration="explore",
        ),
        Introduced(
            "q_update",
            r"Q(s, a) \leftarrow Q(s, a) + \alpha \delta, \quad "
            r"\delta = r + \gamma \max_{a'} Q(s', a') - Q(s, a)",
            (
                "In place s action a brings the reward r and leads to s′. The temporal-difference "
                "error δ: what came and is now expected, less what was expected before (α: "
                "learning rate, γ: discount rate, what a reward one step later is worth). At the "
                "goal nothing follows, and r is the whole target.",
                "場所sで行動aをとると、報酬rを得て場所s′に着く。TD誤差δは、実際の報酬と次の場所での見込みの"
                "和から、これまでの見込みを引いたものである（αは学習率、γは1ステップ先の報酬を割り引く"
                "割引率）。ゴールではその先がないので、目標値はrだけになる。",
            ),
            demonstration="episodes",
        ),
        Introduced(
            "q_learning",
            r"a_t \sim \varepsilon\mathrm{-greedy}(Q(s_t, \cdot)), \quad s_t, a_t \to r_t, s_{t+1}",
            (
                "The loop: act, look, update, from episode to episode.",
                "学習のループ。行動し、結果を見て、更新することをエピソードごとに繰り返す。",
            ),
            demonstration="worlds",
        ),
    ),
    equations=(
        (
            r"L = \frac{1}{2} \delta^2 \;\Rightarrow\; - \alpha \frac{\partial L}{\partial Q(s, a)}"
            r" = \alpha \delta",
            (
                "why SGD does the same: the target counts as a constant",
                "SGDの更新と一致する理由（目標値は定数とみなす）",
            ),
        ),
    ),
    terms=(
        ("reinforcement learning", "強化学習"),
        ("Q-learning", "Q学習"),
        ("policy", "方策"),
        ("action value (Q value)", "行動価値（Q値）"),
        ("temporal-difference error", "TD誤差"),
        ("discount rate", "割引率"),
        ("exploration and exploitation", "探索と活用"),
        ("epsilon-greedy policy", "ε-greedy法"),
    ),
    demonstrations=(
        Demonstration(
            "explore",
            lambda seed: {"q": np.array([0.25, 0.5, 0.75, 0.0]), "epsilons": [0.0, 0.5, 1.0]},
        ),
        Demonstration(
            "episodes",
            in_the_maze,
            seeds=5,
            measured=("tables", "steps"),
            proven_with={"start": 31, "shown": (3,), "kept": 30},  # near the goal
        ),
        Demonstration(
            "worlds",
            in_a_maze,
            seeds=20,
            measured=("way",),
            proven_with={"maze": MAZE, "start": 31, "epsilons": (0.3,), "steps": 100, "kept": 10},
        ),
    ),
    task=Task(
        data=data,
        presets={"default": Preset(10, 1, steps=400), "full": Preset(20, 1, steps=400)},
        scores=(STEPS_LEFT,),
        train="train",
        predict="play",
        seeds=3,
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.9,
)

if __name__ == "__main__":
    run_script(__file__)
