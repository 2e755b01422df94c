"""Sums read letter by letter and answered letter by letter: an LSTM encoder and an LSTM decoder."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.lstm import lstm_cell, lstm_cell_backward
from reference_numpy.concepts.recurrent_network import through_time, through_time_backward

LETTERS = "0123456789+= "
QUESTION, ANSWER = 5, 3  # letters of "48+57" and of "105"


def decoder(x, h, c, kernel, recurrent_kernel, bias):
    """The cell over a sequence, from a given state: an output for each letter, and the last state.

    x: (batch, time, inputs); h, c: (batch, units); outputs: (batch, time, units).

    Source: Sutskever et al. 2014, Sequence to sequence learning with neural networks.
    """
    return through_time(lstm_cell, x, [h, c], kernel, recurrent_kernel, bias)


def decoder_backward(doutputs, dh, dc, cache):
    """Backpropagation through time: from the last letter to the first; the weights' add up."""
    return through_time_backward(lstm_cell_backward, doutputs, [dh, dc], cache)


def encoder(x, kernel, recurrent_kernel, bias):
    """The cell over the question, from an empty memory; its last state (h, c) is the message.

    Shapes as in `decoder`.
    """
    empty = np.zeros((len(x), len(recurrent_kernel)), x.dtype)
    return decoder(x, empty, empty, kernel, recurrent_kernel, bias)


def encoder_backward(doutputs, dh, dc, cache):
    """As the decoder's; the empty memory needs no gradient."""
    dx, _, _, *dweights = decoder_backward(doutputs, dh, dc, cache)
    return dx, *dweights


def build_model(reverse=False, attention=False):
    """Question and teacher's letters in, probabilities of the answer's letters out."""
    question = rn.Input((QUESTION,), dtype="int32")
    previous = rn.Input((ANSWER,), dtype="int32")  # "=10" where the answer is "105"
    embedding = rn.layers.Embedding(len(LETTERS), 16)
    encoder = rn.layers.LSTM(64, return_sequences=True, return_state=True, go_backwards=reverse)
    read, h, c = encoder(embedding(question))
    decoder = rn.layers.LSTM(64, return_sequences=True)
    written = decoder(embedding(previous), initial_state=[h, c])
    if attention:
        looked_at = rn.layers.Attention()([written, read])
        written = rn.layers.Concatenate()([written, looked_at])
    probabilities = rn.layers.Dense(len(LETTERS), activation="softmax")(written)
    model = rn.Model([question, previous], probabilities)
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy"
    )
    return model


def train(model, data, generator, batch_size):
    """Teacher forcing: each letter is to be guessed from the right ones before it."""
    cross_entropy = rn.losses.SparseCategoricalCrossentropy()
    question, previous = data.x_train
    while True:
        chosen = generator.integers(0, len(question), batch_size)
        answer = data.y_train[chosen]
        y, cache = model.forward([question[chosen], previous[chosen]], training=True)
        dy = cross_entropy.gradient(answer, y)
        _, grads = model.backward(dy, cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": cross_entropy(answer, y)}


def greedy(model, x):
    """The answers, each letter the most probable one after those that the model wrote before."""
    question, _ = x
    written = np.full((len(question), ANSWER + 1), LETTERS.index("="), "int32")
    for t in range(ANSWER):
        probabilities = model.predict([question, written[:, :-1]], batch_size=1000, verbose=0)
        written[:, t + 1] = probabilities[:, t].argmax(axis=-1)
    return written[:, 1:]


def answers(model, data):
    """What the model answers to the first ten test questions."""
    question = [part[:10] for part in data.x_test]
    return {"question": question[0], "answer": greedy(model, question), "right": data.y_test[:10]}
