"""Ways to say that something is here, or is not, crossed with names of things: messages to measure with.

`frames/present.txt` and `absent.txt` hold ways, one a line, each with the mark of one form of a name: `{noun}` ("chest
pain"), `{a noun}` ("a seizure"), `{clause}` ("my chest hurts"), `{verb}` ("have chest pain"). `signs.txt` and `harmless.txt` hold names
in these four forms, with the sign's id before them in the first; a hyphen stands for a form that there is none of. "I said no {noun}
but now i do" says the same of every sign; messages by themselves show a few of the pairs (CheckList's templates, Ribeiro et al. 2020).
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import NamedTuple

from assistant.knowledge import ContentError, knowledge
from assistant.nlu.wordings import lines

FOLDER = Path(__file__).parent
FORMS = ("{noun}", "{a noun}", "{clause}", "{verb}")
MISSING = "-"
# How many names each way is filled with: of signs and of harmless things, where it is here and where it is not.
HERE, HERE_HARMLESS, NOT_HERE, NOT_HERE_HARMLESS = 4, 1, 4, 1
# What might be ended by a word is answered as if it were now, however it is put (doubt.py).
NEVER_ABSENT = "suicidal_or_self_harm"
_LONG_WORD = re.compile(r"[a-z]{4,}")


class Name(NamedTuple):
    """What a thing is called in each of the forms, and the sign that it is, or None."""

    sign: str | None
    forms: tuple[str, ...]


def crossed(folder: Path = FOLDER) -> tuple[list[tuple[str, str]], list[str]]:
    """Messages that state a sign, each with its id, and messages that state none: the same ones each time.

    Raises:
        ContentError: if a name is of no sign, or a line lacks its forms or its mark.
    """
    dice = random.Random(0)
    signs = [_name(line, "signs.txt") for line in lines(folder / "frames" / "signs.txt")]
    harmless = [_name(f"{MISSING} | {line}", "harmless.txt") for line in lines(folder / "frames" / "harmless.txt")]
    stated: list[tuple[str, str]] = []
    unstated: list[str] = []
    for way in lines(folder / "frames" / "present.txt"):
        stated += [(text, str(name.sign)) for name, text in _fill(way, signs, HERE, dice)]
        unstated += [text for _, text in _fill(way, harmless, HERE_HARMLESS, dice)]
    deniable = [name for name in signs if name.sign != NEVER_ABSENT]
    for way in lines(folder / "frames" / "absent.txt"):
        unstated += [text for _, text in _fill(way, deniable, NOT_HERE, dice)]
        unstated += [text for _, text in _fill(way, harmless, NOT_HERE_HARMLESS, dice)]
    return stated, unstated


def _fill(way: str, names: list[Name], most: int, dice: random.Random) -> list[tuple[Name, str]]:
    """A way with so many names at most, none that it speaks of already ("no fever but a fever")."""
    place = next((place for place, form in enumerate(FORMS) if form in way), None)
    if place is None:
        raise ContentError("frames", way, "has no mark", f"Write one of {', '.join(FORMS)}")
    said = set(_LONG_WORD.findall(way.lower()))
    fitting = [
        name for name in names if name.forms[place] != MISSING and not said.intersection(_LONG_WORD.findall(name.forms[place].lower()))
    ]
    return [(name, way.replace(FORMS[place], name.forms[place])) for name in dice.sample(fitting, min(most, len(fitting)))]


def _name(line: str, file: str) -> Name:
    sign, *forms = (part.strip() for part in line.split("|"))
    if len(forms) != len(FORMS) or (sign != MISSING and sign not in knowledge().signs):
        raise ContentError(f"frames/{file}", line, "is no name", "Write a sign's id and its four forms, with | between them")
    return Name(None if sign == MISSING else sign, tuple(forms))
