"""Stretches of time in plain words."""

from datetime import timedelta

from babel.dates import format_timedelta

from assistant.triage.triage import DAY

LOCALE = "en_GB"


def span(seconds: float) -> str:
    """A stretch of time as people say it: 259200.0 → "3 days"."""
    least = "day" if seconds >= DAY else "second"
    return str(format_timedelta(timedelta(seconds=seconds), granularity=least, threshold=1.2, locale=LOCALE))
