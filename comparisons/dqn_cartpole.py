"""A deep Q-network on the cart and its pole, with and without a target network."""

import numpy as np

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

WITH, WITHOUT = "with a target network", "without a target network"
EPOCHS, STEPS = 120, 500
# All steps are remembered: with the last 10,000, all of a balanced pole, some runs forgot the rest.
LONG = {"steps": EPOCHS * STEPS, "capacity": EPOCHS * STEPS}
REWARD = Score(
    "reward",
    ("steps balanced", "倒立を保ったステップ数"),
    lambda y, rewards: float(np.mean(rewards)),
    unit="steps",
    margin=20.0,
)


def data(settings, seed):
    """The first states of the episodes that are scored; the loop draws its own."""
    episodes = 100 if settings.preset == "full" else 20
    draw = np.random.default_rng([seed, 1]).uniform
    first = draw(-0.05, 0.05, (3, episodes, 4)).astype("float32")
    nothing = np.zeros(episodes)
    return Dataset(
        *(first[0], nothing, first[1], nothing, first[2], nothing),
        (
            f"CartPole: {episodes} episodes to validate and {episodes} to test, each from a first "
            f"state of its own (drawn with seed {seed}); at most 200 steps",
            f"CartPole：検証とテストに各{episodes}エピソード。初期状態はエピソードごとに異なり"
            f"（シード{seed}で抽出）、最大200ステップ。",
        ),
    )


def transitions(seed):
    """A batch of values, actions and targets."""
    generator = np.random.default_rng(seed)
    return {
        "q": generator.normal(size=(5, 2)),
        "action": generator.integers(0, 2, 5),
        "target": generator.normal(size=5),
        "reward": generator.normal(size=5),
        "lost": np.array([0.0, 1.0, 0.0, 0.0, 1.0]),
        "next_q": generator.normal(size=(5, 2)),
        "discount": 0.9,
    }


def a_fall(seed):
    """A first state, and actions until the pole has fallen."""
    generator = np.random.default_rng(seed)
    return {"state": generator.uniform(-0.05, 0.05, 4), "actions": [1, 1, 0, 1, 1, 0, 1, 1, 1, 1]}


def remembered(seed):
    """Numbers that tell twelve transitions apart."""
    return {"q": np.array([0.25, 0.75]), "size": 6}


def while_learning(run):
    """Steps balanced, the mean over the second half of the epochs."""
    return float(np.mean(run["history"]["val_reward"][len(run["history"]["val_reward"]) // 2 :]))


def draw(result):
    """How long the pole stands as the network learns."""
    names = {WITH: both(WITH, "ターゲットネットワークあり"),
             WITHOUT: both(WITHOUT, "ターゲットネットワークなし")}  # fmt: skip
    by_variant = {
        title: np.stack([run["history"]["val_reward"] for run in result.runs(variant=variant)])
        for variant, title in names.items()
    }
    return [
        Figure(
            ("How long the pole stands", "倒立を保ったステップ数の推移"),
            figures.lines(
                by_variant,
                x_title=("epoch (500 steps)", "エポック（500ステップ）"),
                y_title=("steps balanced, best actions", "倒立を保ったステップ数"),
            ),
            (
                "After each 500 steps of learning, the mean over the validation episodes. Thin: "
                "single runs of all columns; thick: their mean.",
                "500ステップ学習するごとに検証用のエピソードで測った平均。"
                "細い線はすべての実装の1回ごとの学習、太い線はその平均。",
            ),
        )
    ]


CONCEPT = Concept(
    title=("Deep Q-network: balancing a pole", "深層Qネットワーク（DQN）：倒立振子"),
    chapter=chapters.REINFORCEMENT.section(2),
    summary=(
        "A network guesses what each action is worth: the reward of this step and what the best "
        "actions after it will bring. It learns from its own guesses. Two things keep that from "
        "running in circles: a memory from which past steps are drawn in any order, and a second "
        "network, a copy that stands still for a while, to compute the targets.",
        "ネットワークは各行動の価値、つまりいま得る報酬とその後に最善の行動を続けて得る報酬の和を"
        "予測し、自分自身の予測を教師として学習する。学習を安定させる工夫は2つある。"
        "過去の経験をランダムな順に取り出す経験再生と、しばらく固定しておく複製のネットワークで"
        "目標値を計算するターゲットネットワークである。",
    ),
    introduces=(
        Introduced(
            "cart_pole",
            r"\ddot{\theta} = \frac{g \sin\theta - \cos\theta \, p}{l \left( \frac{4}{3} - "
            r"\frac{m \cos^2\theta}{M} \right)}, \quad p = \frac{F + m l \dot{\theta}^2 \sin\theta}"
            r"{M}, \quad \ddot{x} = p - \frac{m l \ddot{\theta} \cos\theta}{M}",
            (
                "The physics of a pole at the angle θ, of mass m = 0.1 kg and half length l = "
                "0.5 m, on a cart at x, M = 1.1 kg together, pushed by F = ±10 N; in steps of "
                "1/50 s.",
                "台車（位置x）と棒（角度θ）の運動方程式。棒の質量m = 0.1 kg、長さの半分l = 0.5 m、"
                "全体の質量M = 1.1 kg、台車を押す力F = ±10 N。1/50秒刻みで計算を進める。",
            ),
            demonstration="fall",
        ),
        Introduced(
            "recall",
            r"(s, a, s', \mathrm{end})_{1 \dots n} \sim U(\mathrm{memory})",
            (
                "Experience replay: learn from n past steps drawn at random, since steps that "
                "follow one another are alike.",
                "経験再生：連続するステップは互いに似ているため、過去のステップからn個をランダムに"
                "取り出して学習する。",
            ),
            helpers=("remember",),
            demonstration="replay",
        ),
        Introduced(
            "td_target",
            r"y = r + \gamma \, (1 - \mathrm{end}) \max_{a'} Q^{-}(s', a')",
            (
                "What Q(s, a) should be, as the target network Q⁻ sees it.",
                "ターゲットネットワークQ⁻が見積もる、Q(s, a)の目標値。",
            ),
            transitions,
        ),
        Introduced(
            "td_loss",
            r"L = \frac{1}{2n} \sum_i (Q(s_i, a_i) - y_i)^2, \quad \frac{\partial L}{\partial "
            r"Q(s_i, a)} = \frac{Q(s_i, a_i) - y_i}{n} \left[ a = a_i \right]",
            (
                "Only the action that was taken has an error; the target counts as a constant.",
                "誤差をもつのは実際に選んだ行動だけで、目標値は定数とみなす。",
            ),
            transitions,
        ),
    ),
    terms=(
        ("reinforcement learning", "強化学習"),
        ("reward", "報酬"),
        ("episode", "エピソード"),
        ("action value (Q value)", "行動価値（Q値）"),
        ("temporal-difference error", "TD誤差"),
        ("experience replay", "経験再生"),
        ("target network", "ターゲットネットワーク"),
    ),
    demonstrations=(Demonstration("fall", a_fall), Demonstration("replay", remembered)),
    task=Task(
        data=data,
        presets={
            "default": Preset(8, 32, STEPS),
            "full": Preset(EPOCHS, 64, STEPS, {WITH: LONG, WITHOUT: LONG}),
        },
        scores=(REWARD,),
        variants={WITH: {"update_every": 100}, WITHOUT: {"update_every": 1}},
        variants_ja={WITH: "ターゲットネットワークあり", WITHOUT: "ターゲットネットワークなし"},
        train="train",
        predict="play",
        seeds=5,
    ),
    claims=(
        Claim(
            claim=(
                "Without a target network deep Q-learning is unstable.",
                "ターゲットネットワークがないと、深層Q学習は不安定になる。",
            ),
            source="Mnih et al. 2015, Human-level control through deep reinforcement learning",
            experiment=(
                "4,000 steps of learning; the target network is set anew every 100 steps, or every "
                "step, which is to have none. The learning rate 0.001 was for both the best of "
                "0.0003, 0.001 and 0.003 on four other seeds (full preset: 60,000 steps, all of "
                "them remembered, the rate falling to 0).",
                "4,000ステップ学習する。ターゲットネットワークを100ステップごとに更新する場合と、"
                "毎ステップ更新する（つまり使わない）場合を比べる。学習率0.001は、別のシード4つで0.0003、"
                "0.001、0.003を比べ、どちらの場合にも最も良かったものである（fullでは6万ステップすべてを"
                "記憶し、学習率を0まで下げる）。",
            ),
            metric=(
                "steps balanced, mean over the second half of the epochs: with less without",
                "倒立を保ったステップ数（後半のエポックの平均）。ありの値からなしの値を引く",
            ),
            unit="steps",
            margin=10.0,
            measure=lambda result: (
                result.by_seed(while_learning, variant=WITH),
                result.by_seed(while_learning, variant=WITHOUT),
            ),
        ),
    ),
    figures=draw,
    minutes=3.0,
)

if __name__ == "__main__":
    run_script(__file__)
