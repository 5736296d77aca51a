"""A small text classifier: two kinds of model on the same sentence, whose probabilities are averaged.

A logistic regression sees the sentence's embedding, the topics that it names and its character n-grams; small networks of one hidden
layer see embedding and topics. They err on different messages: together they are right more often than either (docs/understanding.md).
"""

from __future__ import annotations

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from assistant.nlu.encoder import encoder
from assistant.nlu.lexicon import lexicon

# The embedding carries meaning, the topics (content/topics.yml) bring words that no example has, the n-grams survive typing
# errors. The weights and C were chosen on held-out messages (docs/understanding.md).
EMBEDDING_WEIGHT = 4.5
TOPIC_WEIGHT = 2.0
NGRAM_WEIGHT = 3.0
STRENGTH = 2.0
# The networks: length of their embedding, hidden units, decay, passes over the training data, and how many there are: what one
# network has learnt by chance, others have not.
LENGTH, HIDDEN, DECAY, PASSES, NETWORKS = 5.0, 128, 0.1, 30, 3
# A tenth of the precision that scikit-learn takes by default: as good on held-out messages, in a third of the time.
TOLERANCE = 1e-3
_NGRAMS = HashingVectorizer(analyzer="char_wb", ngram_range=(2, 4), n_features=2**12, alternate_sign=False, norm="l2")
Vectors = NDArray[np.float32]
Probabilities = NDArray[np.float64]


@lru_cache(maxsize=512)
def _embedding(text: str) -> Vectors:
    # Two classifiers look at the same sentences of a message: the second finds them here.
    row: Vectors = encoder().encode([text])[0]
    return row


# Texts embedded for training; two classifiers train on nearly the same ones.
_trained_on: dict[str, Vectors] = {}


def _embeddings(texts: list[str]) -> Vectors:
    """Embeddings of many texts, for training: on all cores, each text once.

    One by one, as in use: the encoder's int8 arithmetic scales with what else is in a batch, and a text's embedding with it.
    """
    new = list(dict.fromkeys(text for text in texts if text not in _trained_on))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for text, rows in zip(new, pool.map(lambda text: encoder().encode([text]), new), strict=True):
            _trained_on[text] = rows[0]
    return np.stack([_trained_on[text] for text in texts])


def _named_topics(texts: list[str]) -> Vectors:
    topics = lexicon().topics
    return np.array([[label in found for label in topics.labels] for found in map(topics.labels_in, texts)], dtype=np.float32)


def _features(texts: list[str], embeddings: Vectors, named: Vectors) -> sparse.csr_matrix:
    """What the regression sees, one row a text: weighted embedding, topics, n-grams."""
    dense = np.hstack([embeddings * EMBEDDING_WEIGHT, named * TOPIC_WEIGHT])
    return sparse.hstack([sparse.csr_matrix(dense), _NGRAMS.transform(texts) * NGRAM_WEIGHT], format="csr")


def _inputs(embeddings: Vectors, named: Vectors) -> Vectors:
    """What the network sees, one row a text: embedding of one length, topics."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.hstack([embeddings / lengths * LENGTH, named])


def _softmax(scores: NDArray[np.float64]) -> Probabilities:
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Probabilities = exponents / exponents.sum(axis=1, keepdims=True)
    return shares


class TextClassifier:
    """Gives each text a probability for each label it was trained on."""

    def __init__(self, labels: list[str], regression: list[NDArray[np.float64]], networks: list[NDArray[np.float64]]) -> None:
        """Weights and bias of the regression; weights and bias of both layers of each network in turn."""
        self.labels = labels
        self._regression = regression
        self._networks = networks

    @classmethod
    def train(cls, texts: list[str], labels: list[str], balanced: bool = True, strength: float = STRENGTH) -> TextClassifier:
        """Train.

        Args:
            texts: normalised texts (`Reading.text`).
            labels: one a text; three different ones at least.
            balanced: weigh rare labels up.
            strength: C of the regression.
        """
        embeddings, named = _embeddings(texts), _named_topics(texts)
        model = LogisticRegression(C=strength, max_iter=300, tol=TOLERANCE, class_weight="balanced" if balanced else None)
        model.fit(_features(texts, embeddings, named), labels)
        # Fixed seeds: the same words always get the same answer, after every training.
        layers = []
        for seed in range(NETWORKS):
            network = MLPClassifier((HIDDEN,), alpha=DECAY, max_iter=PASSES, batch_size=64, random_state=seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # so many passes are wanted, not more
                network.fit(_inputs(embeddings, named), labels)
            layers += [part for pair in zip(network.coefs_, network.intercepts_, strict=True) for part in pair]
        return cls([str(label) for label in model.classes_], [model.coef_, model.intercept_], layers)

    def predict(self, texts: list[str]) -> Probabilities:
        """Probabilities, a row a text, a column a label in the order of `labels`."""
        rows, named = np.stack([_embedding(text) for text in texts]), _named_topics(texts)
        weights, bias = self._regression
        by_regression = _softmax(np.asarray(_features(texts, rows, named) @ weights.T) + bias)
        inputs, by_networks = _inputs(rows, named), np.zeros_like(by_regression)
        for place in range(0, len(self._networks), 4):
            first, first_bias, second, second_bias = self._networks[place : place + 4]
            by_networks += _softmax(np.maximum(inputs @ first + first_bias, 0.0) @ second + second_bias)
        return (by_regression + by_networks / NETWORKS) / 2

    def save(self, file: Path) -> None:
        """Write to a .npz file: plain arrays, nothing that could run when read."""
        labels: Any = np.array(self.labels)
        parts = {f"part{place}": part.astype(np.float32) for place, part in enumerate([*self._regression, *self._networks])}
        np.savez(file, labels=labels, **parts)

    @classmethod
    def load(cls, file: Path) -> TextClassifier:
        """Read what `save` wrote."""
        with np.load(file, allow_pickle=False) as data:
            parts = [data[f"part{place}"].astype(np.float64) for place in range(2 + 4 * NETWORKS)]
            return cls([str(label) for label in data["labels"]], parts[:2], parts[2:])
