"""The upper layers of BERT in JAX, and how they learn: each part of a text is to be told from its words' mean state.

As in Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers", with Adam, a warm-up and dropout. What learns beside
the layers is one linear layer for signs and one for intents; they are not kept, since a regression over embedding, topics and n-grams
tells more (docs/trials.md).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from tuning.examples import PARTS
from tuning.graph import EPSILON, HEADS, Weights

DROPOUT = 0.1
# The length of an embedding as the linear layers see it: steep enough for sure answers.
LENGTH = 10.0
# Steps of Adam for the layers, and for the linear layers that begin from nothing.
RATE, RATE_OF_LINEAR = 2e-4, 3e-3
DECAY, LONGEST_STEP = 0.01, 1.0
WARM_UP, AT_LAST = 1 / 15, 0.02
_FAR = -1e9


class Batch(NamedTuple):
    """Texts of one length in pieces: their states below the layers (text, piece, number), and what `Example` says of each."""

    states: NDArray[np.float32]
    there: NDArray[np.bool_]
    part_of: NDArray[np.int32]
    signs: NDArray[np.int32]
    intents: NDArray[np.int32]


class Network:
    """The layers while they learn."""

    def __init__(self, layers: Weights, signs: int, intents: int, steps: int) -> None:
        """Set up.

        Args:
            layers: their weights.
            signs: how many labels of signs there are.
            intents: how many intents.
            steps: how many steps it will take.
        """
        dimensions = layers["output.dense.bias"].shape[1]
        linear = {f"{task}.weight": jnp.zeros((dimensions, count)) for task, count in (("signs", signs), ("intents", intents))}
        linear |= {f"{task}.bias": jnp.zeros(count) for task, count in (("signs", signs), ("intents", intents))}
        self._weights = {"layers": {name: jnp.asarray(value) for name, value in layers.items()}, "linear": linear}
        course = optax.warmup_cosine_decay_schedule(0.0, 1.0, int(steps * WARM_UP), steps, AT_LAST)
        kinds = {
            "layers": optax.adamw(lambda step: RATE * course(step), b2=0.99, weight_decay=DECAY),
            "linear": optax.adam(lambda step: RATE_OF_LINEAR * course(step), b2=0.99),
        }
        optimizer = optax.chain(
            optax.clip_by_global_norm(LONGEST_STEP), optax.multi_transform(kinds, {"layers": "layers", "linear": "linear"})
        )
        self._state = optimizer.init(self._weights)
        self._key = jax.random.key(0, impl="rbg")

        @jax.jit
        def step(weights: Any, state: Any, batch: Batch, key: Any) -> Any:
            found, slope = jax.value_and_grad(_loss)(weights, batch, key)
            update, state = optimizer.update(slope, state, weights)
            return optax.apply_updates(weights, update), state, found

        self._step = step

    def learn(self, batch: Batch) -> float:
        """One step; the mean surprise (cross-entropy) at the batch's labels before it."""
        self._key, key = jax.random.split(self._key)
        self._weights, self._state, found = self._step(self._weights, self._state, batch, key)
        return float(found)

    @property
    def layers(self) -> Weights:
        """The weights as they are now."""
        return {name: np.asarray(value) for name, value in self._weights["layers"].items()}


def _loss(weights: Any, batch: Batch, key: jax.Array) -> jax.Array:
    states = jnp.asarray(batch.states)
    for number, own_key in enumerate(jax.random.split(key, len(weights["layers"]["output.dense.bias"]))):
        states = _layer({name: value[number] for name, value in weights["layers"].items()}, states, batch.there, own_key)
    # Which pieces belong to each part, and to all of the text.
    of_part = jax.nn.one_hot(batch.part_of, PARTS + 1).transpose(0, 2, 1).at[:, PARTS].set(batch.part_of >= 0)
    means = of_part @ states / jnp.maximum(of_part.sum(-1, keepdims=True), 1)
    rows = means * jax.lax.rsqrt((means * means).sum(-1, keepdims=True) + 1e-6) * LENGTH
    surprise, known = jnp.zeros(()), jnp.zeros(())
    for task, labels in (("signs", batch.signs), ("intents", batch.intents)):
        shares = jax.nn.log_softmax(rows @ weights["linear"][f"{task}.weight"] + weights["linear"][f"{task}.bias"])
        own = jnp.take_along_axis(shares, jnp.maximum(labels, 0)[..., None], -1)[..., 0]
        surprise, known = surprise - (own * (labels >= 0)).sum(), known + (labels >= 0).sum()
    return surprise / jnp.maximum(known, 1)


def _layer(weights: dict[str, jax.Array], states: jax.Array, there: jax.Array, key: jax.Array) -> jax.Array:
    """One layer of BERT: attention, then two linear layers, each added to what came in."""
    texts, pieces, dimensions = states.shape
    keys = jax.random.split(key, 3)

    def linear(rows: jax.Array, name: str) -> jax.Array:
        return rows @ weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def by_head(rows: jax.Array) -> jax.Array:
        return rows.reshape(texts, pieces, HEADS, dimensions // HEADS).transpose(0, 2, 1, 3)

    query, key_of, value = (by_head(linear(states, f"attention.self.{name}")) for name in ("query", "key", "value"))
    likeness = query @ key_of.transpose(0, 1, 3, 2) / np.sqrt(dimensions // HEADS) + jnp.where(there[:, None, None, :], 0.0, _FAR)
    heard = _drop(jax.nn.softmax(likeness, axis=-1), keys[0]) @ value
    heard = heard.transpose(0, 2, 1, 3).reshape(texts, pieces, dimensions)
    states = _normal(states + _drop(linear(heard, "attention.output.dense"), keys[1]), weights, "attention.output.LayerNorm")
    inner = jax.nn.gelu(linear(states, "intermediate.dense"), approximate=True)
    return _normal(states + _drop(linear(inner, "output.dense"), keys[2]), weights, "output.LayerNorm")


def _drop(rows: jax.Array, key: jax.Array) -> jax.Array:
    return jnp.where(jax.random.bernoulli(key, 1 - DROPOUT, rows.shape), rows / (1 - DROPOUT), 0.0)


def _normal(rows: jax.Array, weights: dict[str, jax.Array], name: str) -> jax.Array:
    centred = rows - rows.mean(-1, keepdims=True)
    spread = jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + EPSILON)
    return centred * spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]
