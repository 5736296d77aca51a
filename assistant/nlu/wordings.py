"""Messages as people type them, which the second look and the encoder learn from: plain text in data/, one message a line.

`data/signs/<sign id>.txt` holds messages that state that sign, `data/harmless/<kind>.txt` messages that sound like a sign and state none,
`data/introductions.txt` what people say of themselves before either. Only training reads them; the entries of content/signs.yml and
content/harmless.yml are the ones that a server and its tests know.
"""

from __future__ import annotations

from pathlib import Path

from assistant.knowledge import ContentError, knowledge
from assistant.knowledge.loader import CONTENT

DATA = CONTENT.parent / "data"


def stated(folder: Path = DATA) -> list[tuple[str, str]]:
    """Messages that state a sign, each with the sign's id, in the order of the files' names.

    Raises:
        ContentError: if a file is named after no sign.
    """
    found = []
    for file in sorted((folder / "signs").glob("*.txt")):
        if file.stem not in knowledge().signs:
            raise ContentError(f"data/signs/{file.name}", "name", "is no sign's id", "Name it after an id of content/signs.yml")
        found += [(line, file.stem) for line in lines(file)]
    return found


def harmless(folder: Path = DATA) -> list[str]:
    """Messages that state no sign, in the order of the files' names."""
    return [line for file in sorted((folder / "harmless").glob("*.txt")) for line in lines(file)]


def all_stated() -> list[tuple[str, str]]:
    """The same beside the examples of content/signs.yml, which come first."""
    return [(text, sign.id) for sign in knowledge().signs.values() for text in sign.examples] + stated()


def all_harmless() -> list[str]:
    """The same beside the look-alikes of content/signs.yml and content/harmless.yml, which come first; each once."""
    alike = [text for sign in knowledge().signs.values() for text in sign.not_this]
    return list(dict.fromkeys([*alike, *knowledge().harmless, *harmless()]))


def introductions(folder: Path = DATA) -> list[str]:
    """What people say of themselves before they tell: "31f, 5'7, vegan"."""
    return lines(folder / "introductions.txt")


def lines(file: Path) -> list[str]:
    """The lines of a file that are not blank."""
    return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
