"""Stretches of time in plain words."""

from datetime import timedelta

from babel.dates import format_timedelta
from babel.units import format_unit

from assistant.triage.triage import DAY

LOCALE = "en_GB"
WEEK = 7 * DAY
# Whole weeks are told as such up to here: "6 weeks" is no month.
WEEKS = 12


def span(seconds: float) -> str:
    """A stretch of time as people say it: 259200.0 → "3 days"."""
    if WEEK < seconds <= WEEKS * WEEK and seconds % WEEK == 0:
        return str(format_unit(int(seconds // WEEK), "duration-week", locale=LOCALE))
    least = "day" if seconds >= DAY else "second"
    return str(format_timedelta(timedelta(seconds=seconds), granularity=least, threshold=1.2, locale=LOCALE))
