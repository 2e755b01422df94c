"""Q-learning in Keras: the table is an Embedding, the update a step of SGD on ½ δ²."""

import keras
import numpy as np
from keras import layers, ops

MAZE = (
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##.#.",
    "##....#.",
    "...#..#G",
)
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left
LIMIT = 60


def grid_step(maze, cell, action):
    """The cell that an action leads to, and whether it is the goal; maze: lines of text."""
    row, column = divmod(cell, len(maze[0]))
    row, column = row + MOVES[action][0], column + MOVES[action][1]
    inside = 0 <= row < len(maze) and 0 <= column < len(maze[0])
    if not inside or maze[row][column] == "#":
        return cell, False
    return row * len(maze[0]) + column, maze[row][column] == "G"


def epsilon_greedy(q, epsilon, generator):
    """Any action with probability epsilon, else the one of largest value."""
    if generator.random() < epsilon:
        return int(generator.integers(len(q)))
    return int(np.argmax(q))


def half_squared_error(y_true, q):
    """½ (Q(s, a) − target)² for `compile`; y_true holds the action and its target, (batch, 2)."""
    taken = ops.one_hot(ops.cast(y_true[:, 0], "int32"), 4, dtype=q.dtype)
    return 0.5 * ops.square(ops.sum(q * taken, axis=-1) - y_true[:, 1])


def build_model():
    """The table: a cell's number in, the values of its four actions out."""
    model = keras.Sequential([layers.Input((), dtype="int32"), layers.Embedding(48, 4)])
    model.compile(keras.optimizers.SGD(0.5), loss=half_squared_error)
    return model


def values(model, cell):
    """The row of the table, read without a call of the model, which takes longer."""
    return ops.convert_to_numpy(model.layers[0].embeddings[cell])


def q_update(model, cell, action, reward, next_cell, end, discount=1.0):
    """A step of SGD moves Q(s, a) towards its target; the error δ before it."""
    now, after = values(model, cell), values(model, next_cell)
    target = reward + discount * (1 - end) * after.max()
    model.train_on_batch(np.array([cell]), np.array([[action, target]], now.dtype))
    return target - now[action]


def q_learning(model, maze, start, epsilon, generator, rewards=(-1, -1), discount=1.0):
    """Act, look, update, for ever: yields the error and whether it is the goal."""
    cell = start
    while True:
        action = epsilon_greedy(values(model, cell), epsilon, generator)
        next_cell, end = grid_step(maze, cell, action)
        yield q_update(model, cell, action, rewards[end], next_cell, end, discount), end
        cell = start if end else next_cell


def explore(q, epsilons, generator):
    """How often the best action is chosen, by epsilon."""
    shares = [
        np.mean([epsilon_greedy(q, epsilon, generator) == q.argmax() for _ in range(200)])
        for epsilon in epsilons
    ]
    return {"share of the best": np.array(shares, q.dtype)}


def learned(model, q, maze, start, epsilon, kept, generator, **world):
    """The errors of the first steps, from a given table."""
    model.set_weights([q])
    lines = ["".join(".#G"[kind] for kind in row) for row in maze]
    steps = q_learning(model, lines, start, epsilon, generator, **world)
    return [next(steps)[0] for _ in range(kept)]


def episodes(q, maze, start, epsilon, shown, kept, generator):
    """The errors of the first steps; NumPy takes them all."""
    return {"errors": np.array(learned(build_model(), q, maze, start, epsilon, kept, generator))}


def worlds(q, maze, start, worlds, epsilons, steps, every, kept, seed):
    """The errors of the first steps, (worlds, epsilons, kept); NumPy takes them all."""
    model, errors = build_model(), []
    for world in worlds:
        for epsilon in epsilons:
            generator = np.random.default_rng(seed)
            errors.append(learned(model, q, maze, start, epsilon, kept, generator, **world))
    return {"errors": np.reshape(errors, (len(worlds), len(epsilons), kept))}


def train(model, data, generator, batch_size):
    """Q-learning in MAZE, step by step; the loss is ½ δ²."""
    for error, _ in q_learning(model, MAZE, 0, 0.1, generator):
        yield {"loss": 0.5 * error**2}


def play(model, starts):
    """How many steps the best actions take from each start."""
    best = model.predict_on_batch(np.arange(48)).argmax(axis=1)
    return np.array([way(best, int(start)) for start in starts])


def way(best, cell):
    """How many steps these actions take to the goal, LIMIT at most."""
    for step in range(1, LIMIT + 1):
        cell, end = grid_step(MAZE, cell, best[cell])
        if end:
            return step
    return LIMIT
