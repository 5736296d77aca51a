"""Emergencies told by their plain names; every name crossed with every way to say who has it. None may be missed or doubted."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.knowledge import Level, knowledge
from assistant.triage import counts
from tests.conftest import Run

NAMES = (
    "a tight chest", "chest tightness", "a heavy feeling in my chest", "a crushing chest", "a burning chest", "pressure on my chest",
    "chest discomfort", "a pain in my chest", "trouble breathing", "difficulty breathing", "breathing problems",
    "shortness of breath at rest", "a droopy face", "a drooping mouth", "a lopsided face", "facial droop", "a numb face",
    "slurred speech", "trouble speaking", "speech problems", "sudden weakness on one side", "a weak arm all of a sudden",
    "no feeling in my left side", "a paralysed leg", "a seizure", "seizures", "a fit", "convulsions", "a blackout", "blackouts",
    "fainting fits", "confusion", "sudden confusion", "brown urine", "cola coloured urine", "tea coloured pee", "black urine",
    "blood in my urine", "a locked jaw", "lockjaw", "no control over my bladder", "numbness between my legs", "saddle numbness",
    "suicidal thoughts", "thoughts of ending it", "a plan to kill myself", "heatstroke", "a sudden severe headache",
    "the worst headache of my life", "a stiff neck and fever", "a rash that does not fade", "a swollen tongue", "blue lips",
    "coughing up blood", "a rock hard swollen shin with terrible pain", "clawed hands", "no pulse", "sudden loss of vision",
)  # fmt: skip
WAYS = ("{}", "i have {}", "i've got {}", "my wife has {}", "he's got {} now", "my calf twitches and i have {}")


@pytest.mark.parametrize("name", NAMES)
def test_an_emergency_by_its_name_is_heard(name: str, agent: Any, run: Run) -> None:
    known, missed = knowledge(), []
    for way in WAYS:
        text = way.format(name)
        entities = run(agent.parse_message(text))["entities"]
        levels = [known.signs[e["value"]].rank for e in entities if e["entity"] == "sign" and counts(e, known)]
        if max(levels, default=Level.self_care) < Level.emergency:
            missed.append(text)
    assert not missed
