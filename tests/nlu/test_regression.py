"""The regression finds what scikit-learn's finds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from assistant.nlu.regression import fit


@pytest.mark.parametrize("strength", [0.5, 2.0])
def test_it_finds_the_same_as_scikit_learn(strength: float) -> None:
    dice = np.random.default_rng(0)
    dense = dice.normal(size=(400, 12)).astype(np.float32)
    thin = sparse.random(400, 40, density=0.1, format="csr", dtype=np.float32, random_state=0)
    labels = (dense[:, :3] + thin[:, :3].toarray() * 3 + dice.normal(size=(400, 3))).argmax(axis=1)
    found = fit(dense, thin, labels, strength=strength, tolerance=1e-6)
    theirs = LogisticRegression(C=strength, tol=1e-8, max_iter=2000)
    theirs.fit(sparse.hstack([sparse.csr_matrix(dense), thin], format="csr").astype(np.float64), labels)
    assert np.vstack([found.dense, found.sparse]) == pytest.approx(theirs.coef_.T, abs=0.01)
    # Only the differences between biases say anything.
    assert found.bias - found.bias.mean() == pytest.approx(theirs.intercept_ - theirs.intercept_.mean(), abs=0.01)


def test_a_label_that_comes_more_often_is_said_more() -> None:
    dense, none = np.zeros((4, 1), dtype=np.float32), sparse.csr_matrix((4, 1), dtype=np.float32)
    found = fit(dense, none, np.array([0, 1, 1, 1]), strength=1.0, tolerance=1e-6)
    assert found.bias[1] - found.bias[0] == pytest.approx(np.log(3), abs=0.01)
