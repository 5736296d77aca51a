"""Whose a time is: "had covid four months ago" is not when the twitch began, "ran an hour nonstop" not how long one spell lasts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.nlu.time_words import DAY, NUMBER, STILL, TWITCHY, WEEK, Kind

# How many characters before a time may say whether it is meant.
NEAR = 80
# What somebody did so long ago is not when the twitch began, if the message names a time that is so near; nor ever what was longer ago.
LONG_AGO, LATELY, VERY_LONG_AGO = 2 * WEEK, WEEK, 180 * DAY
# Where one thing ends and another begins.
CLAUSE = re.compile(r" (?:[,.;!?(-]|and|but|though) ")
OF_THE_TWITCH = re.compile(
    rf" {TWITCHY}\w* "
    r"| (?:it|this|that|they|these) (?:only |just |all |first )?"
    r"(?:began|begun|started|starts|start|came|happened) "
)
# What began may go on, and so a time beside it counts.
BEGAN = re.compile(r" (?:began|begun|started|starts|start|since|noticed) ")
# In a clause with one of these a time may be the twitch's ...
MEANS_IT = re.compile(
    r" (?:it|its|this|these|that|thats|those|they|them|mine|things?|problems?|issues?|troubles?|feelings?|sensations?|movements?) "
)
# ... and with one of these, and none of those, it may be when something else was ("i joined the gym three months ago"); or if it begins
# with one of these ("gave birth 5 months ago").
ACTOR = re.compile(r" (?:i|ive|we|weve|he|hes|she|shes|my (?:friend|mate|brother|sister|dad|mum|mom|wife|husband|partner|son|daughter)) ")
ACT = re.compile(
    r" (?:(?:\W|so|well|hi|hello|hey|also|then|just|and|but|only|recently|never|not|had|have|has|been) )*"
    r"(?:had|been|did|done|gave|bought|broke|sprained|took|stopped|joined|ran|quit|moved|changed|switched|went|got|tore|pulled|injured"
    r"|finished|completed|lost|signed|played|swam|cycled|rode|hiked|climbed|lifted|trained|retired|married|divorced|recovered|came off"
    r"|given up|vegan|vegetarian|sober|teetotal|clean|pregnant|diagnosed|operated|fell) "
)
# "Knee injury two years ago", but a bare "about two years ago" answers a question.
AGO = (" ago ", " back ")
SAYS_NO_MORE = re.compile(r"(?: (?:about|around|like|maybe|it|was|well|oh|i|think|since|for|probably|roughly|say|yes|so|\W))* ?")
# Who took something up goes on with it: "began couch to 5k three weeks ago".
_NO_OBJECT = (
    rf"{NUMBER} |{TWITCHY}|\W|about|around|last|on|in|this|after|with|when|as|to|over|just|happening|going|back|again|a few|some|right"
    r"|straight|during|while|from|at|since|ago|yesterday|today|tonight|for"
)
TOOK_UP = re.compile(rf" (?:(?:started|began|begun) (?!{_NO_OBJECT})|took up |joined |signed up )")
# "Three beats, then nothing for half an hour"; "rowed for the first time in ages".
PAUSE_BEFORE = re.compile(
    r" (?:(?:nothing|quiet|calm|silent|silence|peace|gone) (?:again )?(?:for )?|first (?:time|one|go) in )"
    r"(?:about |maybe |like |another |up to )*$"
)
# "Ran 5 km without stopping", "been knitting for two hours straight", "i sit all day": that was the person, not the twitch.
_MOVES = rf"(?:{TWITCHY}|flick|tick|pop|danc)"
KEPT_ON = re.compile(
    r"(?<! it)(?<! twitch)(?<! spell)(?<! one)"
    r" (?:ran|swam|hiked|cycled|biked|walked|jogged|played|trained|rowed|climbed|skied|skated|rode|lifted|practi[sc]ed|drove|exercised"
    r"|marched|sprinted|stood|sat|dug|painted|gardened|studied|i (?:stare|work|type|code|drive|walk|game|study|look)|sit|stand"
    r"|(?:at|in|behind) (?:my|the|a|her|his) (?:desk|office|wheel|computer|chair|warehouse|kitchen|shop)|at (?:work|school)"
    r"|on (?:my|his|her) feet|eats?|ate|eaten|eating|drinks?|drank|drunk|drinking"
    r"|been (?:running|swimming|hiking|cycling|walking|jogging|training|rowing"
    r"|climbing|skiing|skating|riding|lifting|practi[sc]ing|driving|exercising|standing|sitting|digging|painting|gardening|studying"
    r"|knitting|typing|gaming|cleaning)) "
    rf"(?:(?!(?:[,.;!?(-]|and|but|so|then|when|while|my|it|its|this|that|since|until|yesterday|today|tonight|now|{_MOVES}\w*) )"
    r"\S+ ){0,6}$"
)
GOES_ON_TWITCHING = re.compile(rf" {_MOVES}")
# "Been on it for"; "ramipril, been on it for" ten years, but "I take ramipril, for 3 weeks my eyelid twitches".
TAKING = re.compile(
    r"\b(?:on|taking|taken|using|used) (?:it|them|this|these|the pill) (?:now )?(?:for |since )?(?:about |over |like |around )?$"
)
TAKEN_FOR = re.compile(
    r"(?: (?:,(?= (?:ive |have )*(?:been|on|took|taking|taken) )"
    r"|for|since|about|now|ive|been|on|it|them|took|taking|taken|a|day|daily|over|the|past|last))* ?"
)


class Duration(NamedTuple):
    """A stretch of time that a message names; places are characters of the reading's text."""

    kind: Kind
    seconds: float
    start: int
    end: int


class Named(NamedTuple):
    """Where a reading's text names something that times may belong to, as places of its characters."""

    medicines: Sequence[tuple[int, int]] = ()
    # A twitch that is there, and whatever is over.
    twitches: Sequence[tuple[int, int]] = ()
    past: Sequence[tuple[int, int]] = ()
    # What is only asked in general or supposed: "can a twitch go on for months?"
    unstated: Sequence[tuple[int, int]] = ()


NOTHING = Named()


def of_the_twitch(text: str, found: list[Duration], named: Named) -> list[Duration]:
    """The durations that are not plainly of something else.

    Args:
        text: `Reading.text`.
        found: its durations.
        named: what else it names.
    """
    found = [
        duration
        for duration in found
        if not (_taken_for(text, duration, named) or _kept_on(text, duration) or _of_what_is_over(text, duration, named))
        and not PAUSE_BEFORE.search(just_before(text, duration))
        and not any(start <= duration.start < end for start, end in named.unstated)
    ]
    lately = any(duration.kind == "since" and duration.seconds <= LATELY for duration in found)
    return [
        duration
        for duration in found
        if duration.kind != "since"
        or duration.seconds < LONG_AGO
        or STILL.search(text)
        or not (_took_up(text, duration, named) or ((lately or duration.seconds >= VERY_LONG_AGO) and _of_an_act(text, duration, named)))
    ]


def says_it_is_the_twitchs(text: str, duration: Duration) -> bool:
    """Whether its clause speaks of the twitch: "I take them for 20 years, the twitch is only since yesterday"."""
    return duration.kind == "since" and bool(OF_THE_TWITCH.search(text, *_clause(text, duration)))


def just_before(text: str, duration: Duration) -> str:
    """What stands right before a duration, so that a long text takes no longer."""
    return text[max(0, duration.start - NEAR) : duration.start]


def _clause(text: str, duration: Duration) -> tuple[int, int]:
    """Its clause, from a space to a space; with the one before it, where it says nothing else ("..., two years ago")."""
    begins = [0, *(mark.end() - 1 for mark in CLAUSE.finditer(text, 0, duration.start))]
    end = next((mark.start() for mark in CLAUSE.finditer(text, duration.end)), len(text) - 1)
    alone = not text[begins[-1] : duration.start].strip() and text[duration.end : end].strip() in ("ago", "back")
    return begins[-2] if alone and len(begins) > 1 else begins[-1], end + 1


def _names(text: str, duration: Duration, places: Sequence[tuple[int, int]]) -> bool:
    """Whether its clause names one of these."""
    begin, end = _clause(text, duration)
    return any(begin <= start < end for start, _ in places)


def _of_what_is_over(text: str, duration: Duration, named: Named) -> bool:
    """Whether its clause tells of a sign or a twitch that is past: "i had a dvt eight years back, this is a flutter"."""
    return _names(text, duration, named.past) and not BEGAN.search(text, *_clause(text, duration))


def _of_an_act(text: str, duration: Duration, named: Named) -> bool:
    """Whether its clause tells of what somebody did or had then: "had covid four months ago, after today's run my calf jumps"."""
    begin, end = _clause(text, duration)
    if _names(text, duration, named.twitches) or MEANS_IT.search(text, begin, end):
        return False
    event_ago = text.startswith(AGO, duration.end) and not SAYS_NO_MORE.fullmatch(text[begin : duration.start])
    return event_ago or bool(ACTOR.search(text, begin, end) or ACT.match(text, begin, end))


def _took_up(text: str, duration: Duration, named: Named) -> bool:
    """Whether it says when a sport or a job was taken up; when a medicine was begun, the twitch may have."""
    if _names(text, duration, (*named.twitches, *named.medicines)):
        return False
    return bool(TOOK_UP.search(text, *_clause(text, duration)))


def _taken_for(text: str, duration: Duration, named: Named) -> bool:
    """Whether a time says how long a medicine named before it is taken ("on it for years").

    "3 weeks ago" is when something began, and counts.
    """
    if duration.kind == "bout" or text[duration.end :].startswith(" ago "):
        return False
    named_before = (end for _, end in named.medicines if end <= duration.start)
    return bool(TAKING.search(just_before(text, duration))) or any(
        TAKEN_FOR.fullmatch(text[end : duration.start]) for end in named_before
    )


def _kept_on(text: str, duration: Duration) -> bool:
    """Whether it was the person who went on without a stop: "swam an hour nonstop"."""
    return (
        duration.kind == "bout"
        and KEPT_ON.search(just_before(text, duration)) is not None
        and GOES_ON_TWITCHING.match(text, duration.end) is None
    )
