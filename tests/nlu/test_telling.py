"""Whether a message tells of a twitch of one's own, whatever the classifier of intents takes it for."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.findings import find
from assistant.nlu.telling import Telling


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "is_then", "told_beside"),
    [
        # Without a question it tells, unless the classifier is sure and no time is told.
        ("shoulder does this tiny pulsing twitch after sets, a week or so", "ask_duration", 0.6, "describe_twitch", False),
        ("calf jumping after run normal or not", "ask_normal", 0.6, "describe_twitch", False),
        ("calf jumping after run normal or not", "ask_normal", 0.99, "ask_normal", True),
        ("one single spell of twitching in my calf lasted fifteen minutes", "ask_duration", 0.99, "describe_twitch", False),
        # With one it asks; it tells beside that only with details of one's own.
        ("my calf twitches for ten seconds at a time, why?", "ask_causes", 0.9, "ask_causes", True),
        ("why do calves twitch?", "ask_causes", 0.9, "ask_causes", False),
        # Not understood, or of another twitch.
        ("what do you mean at rest?", "ask_rest", 0.4, "ask_why_asked", False),
        ("what do you mean at rest?", "ask_rest", 0.8, "ask_rest", False),
        ("start again, my thigh twitches this time", "describe_twitch", 0.9, "start_again", False),
        ("i start again with running and my thigh twitches", "describe_twitch", 0.9, "describe_twitch", False),
        # What is sure to be about something else is not believed to be so where a twitch is told.
        ("calf twitching since monday", "out_of_scope", 0.95, "describe_twitch", False),
        ("legs twitch after cycling", "nlu_fallback", 0.3, "describe_twitch", False),
        # Nor is what is asked about a sign that is only imagined outside of it.
        ("if my face drooped what should i do", "out_of_scope", 0.9, "ask_warning_sign", False),
        ("what about my heart rate monitor", "out_of_scope", 0.9, "out_of_scope", False),
        # An animal's is none of a person; who walks one may have one.
        ("my dog's back leg twitches when he sleeps", "describe_twitch", 0.8, "out_of_scope", False),
        ("the cat's ear keeps twitching, why?", "ask_causes", 0.6, "out_of_scope", False),
        ("i walked the dog and my calf twitches since", "out_of_scope", 0.6, "describe_twitch", False),
        ("how old are you?", "bot_challenge", 0.9, "bot_challenge", False),
    ],
)
def test_what_tells(text: str, intent: str, confidence: float, is_then: str, told_beside: bool) -> None:
    message = Message({TEXT: text, INTENT: {"name": intent, "confidence": confidence}, ENTITIES: find(text)})
    Telling().process([message])
    assert message.get(INTENT)["name"] == is_then
    assert any(entity["entity"] == "also" for entity in message.get(ENTITIES)) is told_beside
