"""From findings to a level with its reasons, and what to ask next: pure functions. Knows nothing of Rasa."""

from assistant.triage.confirmed import confirmed
from assistant.triage.interview import QUESTIONS, collect, next_question
from assistant.triage.said import ELSEWHERE, OF_THE_TALK, Said
from assistant.triage.triage import UNKNOWN, Case, Result, counts, triage

__all__ = [
    "ELSEWHERE",
    "OF_THE_TALK",
    "QUESTIONS",
    "UNKNOWN",
    "Case",
    "Result",
    "Said",
    "collect",
    "confirmed",
    "counts",
    "next_question",
    "triage",
]
