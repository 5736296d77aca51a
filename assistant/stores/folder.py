"""Where the files lie that outlive the process: talks, and the key of the page's sessions."""

from __future__ import annotations

import os
from pathlib import Path


def kept(name: str) -> Path:
    """The path of such a file: in the environment's DATA_FOLDER, or in the working folder; an absolute path stays as it is."""
    return Path(os.environ.get("DATA_FOLDER", "")) / name
