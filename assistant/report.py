"""`make report`: a week of talks as one page for the content's owner: what was asked, what was not understood, where people left."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any

import yaml
from sqlalchemy import create_engine, inspect, text

from assistant.channels.transcript import UNSAID
from assistant.contract import data_of, level_of, outcome_of

TEXTS = 50
Event = dict[str, Any]


def main(arguments: list[str] | None = None) -> None:
    """Print the page as Markdown.

    The environment's REPORT_TEXTS=1 shows the messages that were not understood; without it nothing that anyone said is shown.
    """
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--endpoints", default="endpoints.yml")
    options.add_argument("--days", type=float, default=7)
    given = options.parse_args(arguments)
    store = yaml.safe_load(os.path.expandvars(open(given.endpoints, encoding="utf-8").read()))["tracker_store"]  # noqa: SIM115
    talks = read(store, time.time() - given.days * 86400)
    sys.stdout.write(page(list(talks), given.days, os.environ.get("REPORT_TEXTS") == "1"))


def read(store: dict[str, Any], since: float) -> Iterator[list[Event]]:
    """The talks with a message since then, each as its events in order.

    Args:
        store: the tracker store of endpoints.yml.
        since: seconds since 1970.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
    """
    from assistant.stores.tables import unhurried
    from assistant.stores.talks import TalkStore

    keys = ("dialect", "port", "db", "username", "password", "query")
    url = TalkStore.get_db_url(host=store.get("url"), **{key: store[key] for key in keys if key in store})
    query = "SELECT sender_id, data FROM events WHERE timestamp >= :since AND type_name IN ('user', 'bot') ORDER BY sender_id, id"
    with unhurried(create_engine(url)) as connection:
        # Before the first talk there is none.
        if not inspect(connection).has_table("events"):
            return
        for _, rows in groupby(connection.execute(text(query), {"since": since}), key=lambda row: row.sender_id):
            yield [json.loads(row.data) for row in rows]


def page(talks: list[list[Event]], days: float, texts: bool) -> str:
    """The page.

    Args:
        talks: each talk's messages in order; one in which nobody said anything does not count.
        days: how many days they are of.
        texts: whether to show what was not understood.
    """
    talks = [talk for talk in talks if any(_turns(talk))]
    turns = [turn for talk in talks for turn in _turns(talk)]
    outcomes = Counter(outcome for _, outcome, _ in turns)
    levels = Counter(level for _, _, level in turns if level)
    intents = Counter(str((said.get("parse_data") or {}).get("intent", {}).get("name")) for said, _, _ in turns)
    missed = [str(said["text"]) for said, outcome, _ in turns if outcome == "clarify" and said.get("text")]
    left = Counter(slot for slot in map(_left_at, talks) if slot)
    lines = [f"# {days:g} days to {datetime.now(UTC):%Y-%m-%d}", "", f"{len(talks)} talks, {len(turns)} turns.", ""]
    lines += _table("What people wanted", "intent", intents)
    lines += _table("What they got", "outcome", outcomes)
    lines += _table("Triage results", "level", levels)
    lines += _table("Where the interview was left", "open question", left)
    lines += [f"## Not understood: {len(missed)}", ""]
    lines += (
        [f"- {message}" for message, _ in Counter(missed).most_common(TEXTS)] if texts else ["Texts are shown with `REPORT_TEXTS=1`."]
    )
    return "\n".join(lines) + "\n"


def _turns(talk: list[Event]) -> Iterator[tuple[Event, str, str]]:
    """Each message of a person with the outcome and the level of its turn."""
    starts = [place for place, event in enumerate(talk) if event["event"] == "user"]
    for start, end in pairwise([*starts, len(talk)]):
        # The page sent it by itself: nobody wanted anything.
        if (talk[start].get("metadata") or {}).get(UNSAID):
            continue
        found = [data_of(event) for event in talk[start + 1 : end]]
        yield talk[start], outcome_of(found), level_of(found)


def _left_at(talk: list[Event]) -> str | None:
    """The question of the interview that a talk ended at, if it did."""
    last = talk[-1]
    asks = data_of(last).get("asks") if last["event"] == "bot" else None
    return str(asks) if asks else None


def _table(title: str, name: str, counted: Counter[str]) -> Iterable[str]:
    rows = [f"| {value} | {count} |" for value, count in counted.most_common()]
    return [f"## {title}", "", f"| {name} | |", "| --- | --- |", *rows, ""]


if __name__ == "__main__":
    from assistant.server.launch import prepare

    prepare()
    main()
