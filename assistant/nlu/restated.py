"""What a message says is there after all: "i said no chest pain but actually i do have it", "had fits as a boy and now it's back".

ConText judges each finding by the cues around it; this is about a later word that means it.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.nlu.context import HOLDS, Status
from assistant.nlu.patterns import Match
from assistant.nlu.reading import MARKS, Reading

# The finding of content/findings.yml, and which judgements its values take back: "it's back" says nothing of what was denied, since the
# twitch may be back.
RESTATED, TWITCH = "restated=", "twitch=yes"
# "I lied, my foot is weak", "no wait, there's swelling": nothing of it is to be doubted.
ADMITTED, CORRECTING = "restated=admitted", "opens=correcting"
# "Rash none, confusion yes": right after the sign, whatever is denied before.
BESIDE = "restated=beside"
TAKES_BACK: dict[str, frozenset[Status]] = {
    "there": frozenset({"absent", "hypothetical", "past"}),
    "again": frozenset({"past"}),
    "beside": frozenset({"absent"}),
}
# Not "i dont have it again", nor "if i have it again"; what a leaflet says may be "what i have".
UNSAID: frozenset[Status] = frozenset({"absent", "hypothetical"})
# It ends its clause: "now i do", but not "now i do squats".
GOES_ON = frozenset({*MARKS, "and", "but", "now", "again", "today", "right", "too", "after", "please", "what", "so", "from", "since"})


def restated(reading: Reading, matches: Sequence[Match], statuses: Sequence[Status]) -> list[Match]:
    """The signs that a later part of the message says are there, whatever ConText made of them.

    Args:
        reading: the message.
        matches: its findings.
        statuses: ConText's judgement of each.
    """
    found = []
    for match, status in zip(matches, statuses, strict=True):
        if match.label in (ADMITTED, CORRECTING):
            held = [other for other, judged in zip(matches, statuses, strict=True) if judged in HOLDS]
            found += [other for other in held if other.label.startswith("sign=")]
        if not match.label.startswith(RESTATED) or match.label == ADMITTED:
            continue
        start = match.spans[0][0]
        before = [(max(place[1] for place in other.spans), index) for index, other in enumerate(matches) if _names_before(other, start)]
        end, nearest = max(before, default=(0, -1))
        # "No weakness. My sister twitches as well, she has it too" is about the twitch.
        if nearest < 0 or matches[nearest].label == TWITCH:
            continue
        meant = start - end <= 1 if match.label == BESIDE else status not in UNSAID and _ends_a_clause(reading, match)
        if meant and statuses[nearest] in TAKES_BACK[match.label.removeprefix(RESTATED)]:
            found.append(matches[nearest])
    return found


def _names_before(match: Match, start: int) -> bool:
    return match.label.startswith(("sign=", TWITCH)) and all(place[1] <= start for place in match.spans)


def _ends_a_clause(reading: Reading, match: Match) -> bool:
    after = reading.token_span(*match.spans[0])[1]
    return after >= len(reading.tokens) or reading.tokens[after].text in GOES_ON
