"""A deep Q-network that balances a pole: the physics, the memory, the target, and the loop."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.q_learning import epsilon_greedy

LIMIT = 200  # steps of an episode, each of which is worth a reward of 1
DISCOUNT = 0.99
START = (-0.05, 0.05)  # between which all four numbers of the state begin


def cart_pole(state, action):
    """One step of 1/50 s: the state (4,), and whether the pole or the cart is lost.

    state: place (m) and speed (m/s) of the cart, angle (rad) and angular speed (rad/s) of the pole;
    action: 0 pushes to the left, 1 to the right, with 10 N.

    Source: Barto, Sutton & Anderson 1983; the constants are those of gymnasium's CartPole-v1.
    """
    place, speed, angle, spin = state
    sin, cos = np.sin(angle), np.cos(angle)
    pushed = ((20.0 * action - 10.0) + 0.05 * spin**2 * sin) / 1.1
    turned = (9.8 * sin - cos * pushed) / (0.5 * (4 / 3 - 0.1 * cos**2 / 1.1))
    moved = pushed - 0.05 * turned * cos / 1.1
    rates = np.array([speed, moved, spin, turned], dtype=state.dtype)
    state = state + 0.02 * rates
    return state, abs(state[0]) > 2.4 or abs(state[2]) > np.pi / 15


def remember(memory, transition, capacity):
    """The memory, a tuple, with one more transition; the oldest goes where it is full."""
    return (*memory, transition)[-capacity:]


def recall(memory, size, generator):
    """Transitions drawn from anywhere in the memory, since neighbours are alike; parts stacked.

    Source: Mnih et al. 2015, Human-level control through deep reinforcement learning.
    """
    chosen = generator.integers(0, len(memory), size)
    return tuple(np.stack(part) for part in zip(*(memory[index] for index in chosen)))


def td_target(reward, lost, next_q, discount=0.99):
    """r + γ maxₐ Q⁻(s′, a), and r alone where the episode ended; next_q: (batch, actions).

    Source: Watkins 1989; Mnih et al. 2015.
    """
    return reward + discount * (1 - lost) * next_q.max(axis=1)


def td_loss(q, action, target):
    """½ mean (Q(s, a) − target)², of the actions that were taken; q: (batch, actions)."""
    rows = np.arange(len(q))
    difference = q[rows, action] - target
    return 0.5 * np.mean(difference**2), (q, rows, action, difference)


def td_loss_backward(dloss, cache):
    """(Q(s, a) − target) / batch at the action taken, 0 at the others; none for the target."""
    q, rows, action, difference = cache
    dq = np.zeros_like(q)
    dq[rows, action] = dloss * difference / len(q)
    return dq


def fall(state, actions):
    """The states that these actions lead through, and whether each is lost."""
    states, ends = [], []
    for action in actions:
        state, lost = cart_pole(state, action)
        states.append(state)
        ends.append(float(lost))
    return {"states": np.stack(states), "lost": np.array(ends, state.dtype)}


def replay(q, size, generator):
    """A draw from a memory of ten."""
    memory = ()
    for number in range(12):
        memory = remember(memory, (q + number, number), 10)
    states, numbers = recall(memory, size, generator)
    return {"states": states, "numbers": numbers}


def build_model(update_every, steps=None, capacity=5_000):
    """State to the values of both actions, 4-64-64-2; and its copy, set anew now and then.

    Args:
        steps: after so many the learning rate has fallen to 0 along a cosine; None lets it be.
        capacity: transitions that are remembered.
    """
    rate, found = 0.001, {}
    if steps:
        rate = rn.optimizers.schedules.CosineDecay(rate, steps)
    for name in ("online", "target"):
        model = rn.Sequential([rn.Input((4,))])
        for _ in range(2):
            model.add(rn.layers.Dense(64, activation="relu", kernel_initializer="he_uniform"))
        model.add(rn.layers.Dense(2))
        model.compile(optimizer=rn.optimizers.Adam(rate))
        found[name] = model
    found["target"].update_every, found["target"].capacity = update_every, capacity
    found["target"].set_weights(found["online"].get_weights())
    return found


def train(models, data, generator, batch_size):
    """Act, remember, recall, and move Q(s, a) towards its target; a step of the cart a step."""
    online, target = models["online"], models["target"]
    dtype = data.x_train.dtype
    memory, step, reward, state = (), 0, 0, None
    while True:
        if state is None:
            state, reward = generator.uniform(*START, 4), 0
        epsilon = max(0.05, 1 - step / 1_500)
        q = online(state[None].astype(dtype))[0]
        action = epsilon_greedy(q, epsilon, generator)
        next_state, lost = cart_pole(state, action)
        reward, step = reward + 1, step + 1
        transition = (state.astype(dtype), action, next_state.astype(dtype), dtype.type(lost))
        memory = remember(memory, transition, target.capacity)
        logs = {"reward": reward} if lost or reward == LIMIT else {}
        state = None if logs else next_state

        states, actions, next_states, ends = recall(memory, batch_size, generator)
        goal = td_target(1, ends, target(next_states), DISCOUNT)
        q, cache = online.forward(states, training=True)
        loss, difference = td_loss(q, actions, goal)
        _, grads = online.backward(td_loss_backward(1, difference), cache)
        online.optimizer.apply(grads, online.trainable_weights)
        if step % target.update_every == 0:
            target.set_weights(online.get_weights())
        yield {"loss": loss, **logs}


def play(models, first_states):
    """The reward of one episode from each first state (n, 4), always with the best action."""
    states = np.array(first_states, "float64")
    rewards, playing = np.zeros(len(states)), np.ones(len(states), bool)
    for _ in range(LIMIT):
        rewards += playing
        actions = models["online"].predict_on_batch(states.astype("float32")).argmax(axis=1)
        for row in np.flatnonzero(playing):
            states[row], lost = cart_pole(states[row], actions[row])
            playing[row] = not lost
    return rewards
