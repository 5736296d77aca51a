"""From findings to a level with its reasons, and what to ask next: pure functions. Knows nothing of Rasa."""

from assistant.triage.confirmed import confirmed
from assistant.triage.interview import FORM, QUESTIONS, collect, next_question, question_answered
from assistant.triage.said import ELSEWHERE, OF_THE_TALK, Said
from assistant.triage.triage import UNKNOWN, Case, Result, counts, still_known, triage

__all__ = [
    "ELSEWHERE",
    "FORM",
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
    "question_answered",
    "still_known",
    "triage",
]
