"""What the assistant knows: `content/`, loaded once into typed, immutable objects. Knows nothing of Rasa."""

from assistant.knowledge.loader import ContentError, knowledge, load
from assistant.knowledge.model import Answer, Fact, Knowledge, Level, Sign, Source, SpecialGroup

__all__ = [
    "Answer",
    "ContentError",
    "Fact",
    "Knowledge",
    "Level",
    "Sign",
    "Source",
    "SpecialGroup",
    "knowledge",
    "load",
]
