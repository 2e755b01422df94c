"""Q-learning in a grid: the world, the choice of an action, the update of the table, the loop."""

from itertools import islice

import numpy as np

import reference_numpy as rn

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left
LIMIT = 60  # steps after which a way is given up
MAZE = np.array(
    [
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 1, 1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 1, 0, 1, 0],
        [0, 0, 0, 1, 1, 0, 1, 0],
        [1, 1, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 1, 0, 0, 1, 2],
    ]
)


def grid_step(maze, cell, action):
    """The cell that an action leads to, and whether it is the goal; a wall leaves one where one is.

    maze: (rows, columns) of 0 (free), 1 (wall) and 2 (goal); cell: its number, row by row.
    """
    row, column = divmod(cell, maze.shape[1])
    row, column = row + MOVES[action][0], column + MOVES[action][1]
    inside = 0 <= row < maze.shape[0] and 0 <= column < maze.shape[1]
    if not inside or maze[row, column] == 1:
        return cell, False
    return row * maze.shape[1] + column, bool(maze[row, column] == 2)


def epsilon_greedy(q, epsilon, generator):
    """Any action with probability epsilon, else the one of largest value; q: (actions,).

    Source: Sutton & Barto 2018, Reinforcement learning, 2.2.
    """
    if generator.random() < epsilon:
        return int(generator.integers(len(q)))
    return int(np.argmax(q))


def q_update(q, cell, action, reward, next_cell, end, learning_rate=0.5, discount=1.0):
    """The table with Q(s, a) moved towards r + γ max Q(s′, ·), and the error δ before the move.

    Source: Watkins 1989, Learning from delayed rewards; Sutton & Barto 2018, 6.5.
    """
    error = reward + discount * (1 - end) * q[next_cell].max() - q[cell, action]
    q = q.copy()
    q[cell, action] += learning_rate * error
    return q, error


def q_learning(q, maze, start, epsilon, generator, rewards=(-1, -1), discount=1.0):
    """Act, look, update, for ever: yields the table, the error and whether it is the goal.

    Args:
        q: (cells, 4).
        rewards: for a step, and for the one that reaches the goal, where a new episode begins.
    """
    cell = start
    while True:
        action = epsilon_greedy(q[cell], epsilon, generator)
        next_cell, end = grid_step(maze, cell, action)
        q, error = q_update(q, cell, action, rewards[end], next_cell, end, discount=discount)
        yield q, error, end
        cell = start if end else next_cell


def way(q, maze, start):
    """How many steps the best actions take to the goal, LIMIT at most."""
    cell = start
    for step in range(1, LIMIT + 1):
        cell, end = grid_step(maze, cell, int(np.argmax(q[cell])))
        if end:
            return step
    return LIMIT


def explore(q, epsilons, generator):
    """How often the best action is chosen, by epsilon."""
    shares = [
        np.mean([epsilon_greedy(q, epsilon, generator) == q.argmax() for _ in range(200)])
        for epsilon in epsilons
    ]
    return {"share of the best": np.array(shares, q.dtype)}


def episodes(q, maze, start, epsilon, shown, kept, generator):
    """Learning at a cost for every step.

    Args:
        shown: numbers of episodes, rising. kept: how many errors are returned.

    Returns:
        The tables before the first and after the shown episodes, the steps that each episode took,
        and the errors of the first steps.
    """
    tables, ends, errors = [q], [0], []
    run = q_learning(q, maze, start, epsilon, generator)
    for step, (table, error, end) in enumerate(run, start=1):
        errors.append(error)
        if end:
            ends.append(step)
            tables += [table] if len(ends) - 1 in shown else []
        if len(ends) > shown[-1]:
            break
    return {"tables": np.stack(tables), "steps": np.diff(ends), "errors": np.stack(errors[:kept])}


def worlds(q, maze, start, worlds, epsilons, steps, every, kept, seed):
    """Learning in worlds of other rewards, by each epsilon.

    Args:
        worlds: `rewards` and `discount` of each.
        every: after how many steps the way from the start is measured.
        kept: how many errors are returned.

    Returns:
        The lengths of the way, (worlds, epsilons, steps / every), and the errors of the first
        steps, (worlds, epsilons, kept).
    """
    lengths, errors = [], []
    for world in worlds:
        for epsilon in epsilons:
            generator = np.random.default_rng(seed)
            found = list(islice(q_learning(q, maze, start, epsilon, generator, **world), steps))
            lengths.append([way(table, maze, start) for table, _, _ in found[every - 1 :: every]])
            errors.append([error for _, error, _ in found[:kept]])
    shape = len(worlds), len(epsilons), -1
    return {"way": np.reshape(lengths, shape), "errors": np.reshape(errors, shape)}


def build_model():
    """A table of values as a layer, 48 cells by 4 actions."""
    model = rn.Sequential([rn.Input((), dtype="int32"), rn.layers.Embedding(48, 4)])
    model.compile(rn.optimizers.SGD(0.5))
    return model


def train(model, data, generator, batch_size):
    """Q-learning in MAZE; the loss is ½ δ²."""
    cell = 0
    while True:
        (q,) = model.get_weights()
        action = epsilon_greedy(q[cell], 0.1, generator)
        next_cell, end = grid_step(MAZE, cell, action)
        q, error = q_update(q, cell, action, -1, next_cell, end)
        model.set_weights([q])
        yield {"loss": 0.5 * error**2}
        cell = 0 if end else next_cell


def play(model, starts):
    """How many steps the best actions take from each start."""
    (q,) = model.get_weights()
    return np.array([way(q, MAZE, int(start)) for start in starts])
