"""Sums read letter by letter and answered letter by letter in Keras."""

import keras
import numpy as np
from keras import layers

from keras_models.recurrent_network import of_weights

LETTERS = "0123456789+= "
QUESTION, ANSWER = 5, 3  # letters of "48+57" and of "105"


def encoder(recurrent_kernel):
    """The cell over the question, from an empty memory."""
    return layers.LSTM(len(recurrent_kernel), return_sequences=True, return_state=True)


def decoder(x, h):
    """The cell over a sequence, from a given state."""
    layer = layers.LSTM(h.shape[1], return_sequences=True, return_state=True)
    layer.build(x.shape)
    return lambda x, h, c, *weights: of_weights(layer, weights, x, initial_state=[h, c])


def build_model(reverse=False, attention=False):
    """Question and teacher's letters in, probabilities of the answer's letters out."""
    question = layers.Input((QUESTION,), dtype="int32")
    previous = layers.Input((ANSWER,), dtype="int32")  # "=10" where the answer is "105"
    # The penalty of 0 makes the gradient a whole array; else Adam on TensorFlow would not add up
    # the rows of a letter that comes again ("embeddings of repeated tokens" in the docs).
    whole = keras.regularizers.L2(0.0)
    embedding = layers.Embedding(len(LETTERS), 16, embeddings_regularizer=whole)
    encoder = layers.LSTM(64, return_sequences=True, return_state=True, go_backwards=reverse)
    read, h, c = encoder(embedding(question))
    decoder = layers.LSTM(64, return_sequences=True)
    written = decoder(embedding(previous), initial_state=[h, c])
    if attention:
        looked_at = layers.Attention()([written, read])
        written = layers.Concatenate()([written, looked_at])
    probabilities = layers.Dense(len(LETTERS), activation="softmax")(written)
    model = keras.Model([question, previous], probabilities)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="sparse_categorical_crossentropy"
    )
    return model


def train(model, data, generator, batch_size):
    """Teacher forcing: each letter is to be guessed from the right ones before it."""
    question, previous = data.x_train
    while True:
        chosen = generator.integers(0, len(question), batch_size)
        batch = [question[chosen], previous[chosen]]
        yield {"loss": model.train_on_batch(batch, data.y_train[chosen])}


def greedy(model, x):
    """The answers, each letter the most probable one after those that the model wrote before."""
    question, _ = x
    written = np.full((len(question), ANSWER + 1), LETTERS.index("="), "int32")
    for t in range(ANSWER):
        probabilities = model.predict_on_batch([question, written[:, :-1]])
        written[:, t + 1] = probabilities[:, t].argmax(axis=-1)
    return written[:, 1:]


def answers(model, data):
    """What the model answers to the first ten test questions."""
    question = [part[:10] for part in data.x_test]
    return {"question": question[0], "answer": greedy(model, question), "right": data.y_test[:10]}
