"""Teaches the encoder's upper layers: batch after batch, with a line on the terminal now and then."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession

from assistant.nlu.encoder import session
from tuning.examples import MOST_PIECES, Example, Examples
from tuning.graph import Weights, states
from tuning.network import Batch, Network

# How often it sees each message; more tells signs apart no better (docs/trials.md).
PASSES = 1.3
# Texts are brought to one of these lengths; JAX compiles the step once for each.
LENGTHS = (16, 20, 24, 32, 44, MOST_PIECES)
PIECES = 1536
# So many groups are read by the lower layers at a time, on all cores.
AHEAD = 32
SHOWN = 100


def teach(examples: Examples, lower: Path, layers: Weights) -> Weights:
    """The layers' weights after learning.

    Args:
        examples: what they learn from.
        lower: the graph below them.
        layers: their weights now.
    """
    below = session(lower)
    # Fixed seeds: the same data gives the same examples in the same order, and on the same kind of machine the same encoder.
    steps = int(sum(1 for _ in _grouped(examples.one_pass(random.Random(0)))) * PASSES)  # noqa: S311 - nothing secret
    network = Network(layers, len(examples.signs), len(examples.intents), steps)
    begin, surprises = time.monotonic(), []
    for step, batch in enumerate(islice(_batches(examples, below), steps), 1):
        surprises.append(network.learn(batch))
        if step % SHOWN == 0:
            left = (time.monotonic() - begin) / step * (steps - step) / 60
            print(f"  {step} of {steps} steps, surprise {np.mean(surprises[-SHOWN:]):.2f}, {left:.0f} min left", flush=True)
    return network.layers


def _batches(examples: Examples, below: InferenceSession) -> Iterator[Batch]:
    """Batches without end."""
    passes = (examples.one_pass(random.Random(number)) for number in count())  # noqa: S311 - nothing secret
    groups = _grouped(chain.from_iterable(passes))
    while True:
        ahead = list(islice(groups, AHEAD))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            # Each text by itself: a batch would share one scale.
            read = pool.map(lambda example: states(below, example.pieces), [example for _, group in ahead for example in group])
        for length, group in ahead:
            yield _batch(length, group, list(islice(read, len(group))))


def _grouped(examples: Iterator[Example]) -> Iterator[tuple[int, list[Example]]]:
    """Examples that have room in one length, so many that they have `PIECES` pieces."""
    waiting: dict[int, list[Example]] = {length: [] for length in LENGTHS}
    for example in examples:
        length = next(length for length in LENGTHS if len(example.pieces) <= length)
        waiting[length].append(example)
        if len(waiting[length]) == PIECES // length:
            yield length, waiting[length]
            waiting[length] = []


def _batch(length: int, group: list[Example], below: list[NDArray[np.float32]]) -> Batch:
    shape = len(group), length
    batch = Batch(
        np.zeros((*shape, below[0].shape[1]), dtype=np.float32),
        np.zeros(shape, dtype=bool),
        np.full(shape, -1, dtype=np.int32),
        np.array([example.signs for example in group], dtype=np.int32),
        np.array([example.intents for example in group], dtype=np.int32),
    )
    for row, (example, read) in enumerate(zip(group, below, strict=True)):
        batch.states[row, : len(read)] = read
        batch.there[row, : len(read)] = True
        batch.part_of[row, : len(read)] = example.part_of
    return batch
