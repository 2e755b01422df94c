"""The policy gradient: what a baseline does to the gradient's variance, and to learning."""

import numpy as np

from comparisons.harness import chapters
from comparisons.harness.bilingual import both
from comparisons.harness.cli import run_script
from comparisons.harness.concept import Claim, Concept, Demonstration, Figure, Introduced
from comparisons.harness.drawing import figures

BANDITS, ARMS, STEPS, EVERY = 30, 10, 400, 20
OFFSETS, RATES = (0.0, 4.0), (0.0078125, 0.03125, 0.125, 0.25, 0.5)
AROUND = tuple(range(-6, 7))  # baselines, less the mean reward
WITHOUT, WITH = 0, 1
NAMES = {
    WITHOUT: both("without a baseline", "ベースラインなし"),
    WITH: both("with a baseline", "ベースラインあり"),
}
WORLDS = [both(f"rewards raised by {o:g}", f"報酬に{o:g}を加える") for o in OFFSETS]


def pulls(seed):
    """Logits, the actions taken, and how much better they were than expected."""
    draw = np.random.default_rng(seed)
    return {
        "logits": draw.normal(size=(6, 4)),
        "action": draw.integers(0, 4, 6),
        "advantage": draw.normal(size=6),
    }


def a_bandit(seed):
    """A bandit whose rewards lie about any level from −4 to 4; baselines around it, and 0."""
    draw = np.random.default_rng(seed)
    worth = draw.normal(size=ARMS) + draw.uniform(-4, 4)
    return {"worth": worth, "baselines": [0.0, *(worth.mean() + np.array(AROUND))], "number": 2_000}


def bandits(seed):
    """Thirty bandits of ten arms."""
    worth = np.random.default_rng(seed).normal(size=(BANDITS, ARMS)).astype("float32")
    sizes = {"steps": STEPS, "every": EVERY, "kept": 3, "seed": seed}
    return {"worth": worth, "offsets": OFFSETS, "rates": RATES, **sizes}


def lowered(arrays):
    """By which share the variance is lower with the mean reward for a baseline than without."""
    return float(1 - arrays["variance"][1 + AROUND.index(0)] / arrays["variance"][0])


def while_learning(result, world):
    """Share of the best arm, (2, seeds, times), each at the rate that is best in other seeds."""
    runs = np.stack(result.of_numpy("learning", lambda a: a["best"][world]), axis=1)
    found = np.empty(runs.shape[:2] + runs.shape[3:])
    for seed in range(runs.shape[1]):
        others = np.delete(runs, seed, axis=1) if runs.shape[1] > 1 else runs
        rates = others.mean(axis=(1, 3)).argmax(axis=1)
        for side in (WITHOUT, WITH):
            found[side, seed] = runs[side, seed, rates[side]]
    return found


def helped(world):
    """A claim's measure: the mean share of the best arm, with less without a baseline."""

    def measure(result):
        shares = while_learning(result, world).mean(axis=2)
        return shares[WITH].tolist(), shares[WITHOUT].tolist()

    return measure


def draw(result):
    """The variance by baseline, learning with and without one, and what rates do."""
    spread = result.of_numpy("gradients", lambda a: a["variance"][1:])
    steps = np.arange(EVERY, STEPS + 1, EVERY)
    learned = {
        name: {NAMES[side]: while_learning(result, world)[side] for side in NAMES}
        for world, name in enumerate(WORLDS)
    }
    ends = np.stack(result.of_numpy("learning", lambda a: a["best"][..., -1]), axis=2)
    by_rate = {
        name: {NAMES[side]: ends[world, side] for side in NAMES}
        for world, name in enumerate(WORLDS)
    }
    share = ("share of the best arm", "最良の腕を選ぶ確率")
    return [
        Figure(
            ("The variance, by what is taken off", "ベースラインの値と勾配の分散"),
            figures.lines(
                {both("variance of the gradient", "勾配の分散"): np.stack(spread)},
                AROUND,
                x_title=("baseline less the mean reward", "ベースラインと平均報酬の差"),
                y_title=("variance", "分散"),
            ),
            (
                "Gradients of single pulls from a policy that takes all arms alike. The variance "
                "is a parabola in what is taken off the reward; its lowest point is near the mean "
                "reward. The mean of the gradient is the same everywhere.",
                "どの腕も等しい確率で選ぶ方策で、1回ずつ腕を引いたときの勾配。分散はベースラインの2次関数で、"
                "平均報酬の近くで最小になる。勾配の平均はどこでも同じである。",
            ),
        ),
        Figure(
            ("Learning with and without", "ベースラインの有無と学習"),
            figures.lines(
                figures.in_panels(learned, steps),
                x_title=("pulls", "腕を引いた回数"),
                y_title=share,
                unit="%",
                panels=2,
            ),
            (
                "Each at its best learning rate. Raised by 4, almost every reward is positive: "
                "whatever is taken becomes likelier, the wrong arms too, until the baseline says "
                "which were better than usual.",
                "それぞれ最良の学習率での結果。報酬に4を加えるとすべてがほぼ正になり、外れの腕でも引けば"
                "確率が上がってしまう。ベースラインを引けば、ふだんより良かったかどうかで増減が決まる。",
            ),
        ),
        Figure(
            ("The learning rate", "学習率の影響"),
            figures.lines(
                figures.in_panels(by_rate, RATES),
                x_title=("learning rate", "学習率"),
                y_title=share,
                unit="%",
                log="x",
                panels=2,
            ),
            (
                "After the last pull. Raised by 4 and without a baseline, large steps do harm.",
                "最後の時点での値。報酬に4を加えてベースラインを引かないと、大きい学習率では学習が進まない。",
            ),
        ),
    ]


SETTING = (
    f"{BANDITS} bandits of {ARMS} arms a seed, mean rewards and noise of standard deviation 1, "
    f"{STEPS} pulls; each side at the learning rate that is best in the other seeds, of five. ",
    f"シードごとに、腕が{ARMS}本のバンディット{BANDITS}台。平均報酬と雑音の標準偏差は1、{STEPS}回引く。"
    "学習率は5つから、ほかのシードで最良のものをそれぞれ選ぶ。",
)
SHARE = (
    "share of the best arm in the policy, mean over the pulls: with a baseline less without",
    "方策が最良の腕を選ぶ確率（全期間の平均）。ベースラインありの値からなしの値を引く",
)
BOOK = "Sutton & Barto 2018, Reinforcement learning"
CLAIMS = (
    Claim(
        (
            "A baseline lowers the variance of the gradient.",
            "ベースラインは勾配の分散を下げる。",
        ),
        f"Williams 1992; {BOOK}, 13.4",
        (
            "Bandits whose rewards lie about any level from −4 to 4, 2,000 pulls from a policy "
            "that takes all arms alike. The baseline is the mean of the arms; a tenth matters.",
            "報酬の水準を−4から4までの乱数としたバンディット。どの腕も等しい確率で選ぶ方策で2,000回引く。"
            "ベースラインは腕の平均報酬とし、1割以上を意味のある差とする。",
        ),
        ("share by which the variance is lower", "分散が下がった割合"),
        lambda result: (result.of_numpy("gradients", lowered), 0.0),
        unit="%",
        margin=0.1,
    ),
    Claim(
        (
            "A baseline helps learning where almost all rewards are positive.",
            "報酬がほぼすべて正のとき、ベースラインは学習を助ける。",
        ),
        f"{BOOK}, 2.8",
        (
            f"{SETTING[0]}Rewards raised by 4; 5 points matter.",
            f"{SETTING[1]}報酬に4を加える。5ポイント以上を意味のある差とする。",
        ),
        SHARE,
        helped(1),
        unit="%",
        margin=0.05,
    ),
    Claim(
        (
            "A baseline helps learning, whatever the rewards.",
            "ベースラインは、報酬がどうであれ学習を助ける。",
        ),
        ("a common generalisation", "よくある一般化"),
        (
            f"{SETTING[0]}Rewards about 0; 5 points matter.",
            f"{SETTING[1]}報酬の平均は0付近。5ポイント以上を意味のある差とする。",
        ),
        SHARE,
        helped(0),
        unit="%",
        margin=0.05,
        instead=(
            "Where rewards lie about 0 there is little to take off.",
            "報酬が0付近に散らばっていれば、引くべき値がほとんどない。",
        ),
    ),
)

CONCEPT = Concept(
    title=("Policy gradient (REINFORCE)", "方策勾配法（REINFORCE）"),
    chapter=chapters.REINFORCEMENT.section(3),
    summary=(
        "Instead of values the network learns the policy itself: the probability of each action. "
        "An action that turned out well is made likelier, one that turned out badly less likely. "
        "The loss is that of a classifier with the action for its label, weighted by how much "
        "better than usual the action was; what is usual, the baseline, changes the gradient's "
        "variance and not its mean.",
        "価値の代わりに、各行動の確率である方策そのものを学習する。良い結果になった行動の確率を上げ、"
        "悪い結果になった行動の確率を下げる。損失は、選んだ行動をラベルとする分類の損失に、ふだんより"
        "どれだけ良かったかで重みを付けたものである。「ふだん」を表すベースラインは、勾配の平均を変えずに"
        "分散だけを変える。",
    ),
    introduces=(
        Introduced(
            "policy_loss",
            r"L = - \sum_i A_i \log \pi(a_i), \quad "
            r"\frac{\partial L}{\partial z_i} = A_i (\pi - 1_{a_i})",
            (
                "z are logits, π = softmax(z) is the policy, A the advantage: reward less "
                "baseline; 1ₐ is 1 at the action taken, else 0.",
                "zはロジット、π = softmax(z)は方策、Aはアドバンテージ（報酬 − ベースライン）。1ₐは"
                "選んだ行動のone-hotベクトル。",
            ),
            pulls,
        ),
        Introduced(
            "reinforce",
            r"a_t \sim \pi, \quad A_t = r_t - \frac{1}{t} \sum_{s=0}^{t-1} r_s, \quad "
            r"z \leftarrow z - \eta \frac{\partial L}{\partial z}",
            (
                "Draw an action, see its reward, step (η: learning rate). The baseline is the mean "
                "of the rewards so far. Here on bandits: again and again one of k arms whose mean "
                "rewards are unknown, and no states.",
                "方策に従って行動し、報酬を見て、更新する（ηは学習率）。ベースラインはそれまでの報酬の平均である。"
                "ここで扱うバンディット問題には状態がなく、平均報酬のわからないk本の腕から1本を"
                "選ぶことを繰り返す。",
            ),
            demonstration="learning",
            helpers=("draw_action",),
        ),
    ),
    equations=(
        (
            r"\mathrm{E}_{a \sim \pi} \left[ b \, (\pi - 1_a) \right] = b \, (\pi - \pi) = 0",
            (
                "why a baseline b does not change the mean of the gradient",
                "ベースラインbが勾配の平均を変えない理由",
            ),
        ),
    ),
    terms=(
        ("policy gradient", "方策勾配法"),
        ("advantage", "アドバンテージ"),
        ("baseline (of rewards)", "ベースライン（報酬の）"),
        ("multi-armed bandit", "多腕バンディット"),
    ),
    demonstrations=(
        Demonstration(
            "gradients",
            a_bandit,
            seeds=20,
            measured=("variance",),
            proven_with={"baselines": [0.0, 3.0], "number": 100},
        ),
        Demonstration(
            "learning",
            bandits,
            seeds=20,
            first_seed=20,  # on those before them the smallest rate was not offered
            measured=("best",),
            proven_with={
                "worth": bandits(0)["worth"][:4],
                "rates": (0.125,),
                "steps": 20,
                "kept": 8,
            },
        ),
    ),
    claims=CLAIMS,
    figures=draw,
    minutes=0.8,
)

if __name__ == "__main__":
    run_script(__file__)
