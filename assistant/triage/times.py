"""Stretches of time in plain words."""

from datetime import timedelta

from babel.dates import format_timedelta

LOCALE = "en_GB"


def span(seconds: float) -> str:
    """A stretch of time as people say it: 259200.0 → "3 days"."""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.2, locale=LOCALE))
