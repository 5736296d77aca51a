"""`make bench`: measure both bots in one run, print a table, write docs/performance.md's part and its plots."""

from __future__ import annotations

import platform
import statistics
from datetime import date
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import psutil

from bench import measure
from bench.bots import BASELINE, BASELINE_BOT, BASELINE_TRAINING, OURS, ROOT, baseline, ours

REPORT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.png"
BEGIN, END = "<!-- written by make bench -->\n", "<!-- end of what make bench writes -->\n"
# At most this ratio to the baseline; turns per second at least.
WANTED = {
    "CPU per turn, median, ms, 300 turns of one talk": 0.3,
    "CPU per turn, median, ms, talks of ten turns": 0.3,
    "latency p95 at 8 talks at once, ms": 0.35,
    "turns per second on one core": 3.0,
    "cold start to first answer, s": 0.15,
    "resident memory, MB": 0.45,
    "training, s": 0.12,
    "installed environment, MB": 0.35,
}


def say(line: str) -> None:
    """Show progress."""
    print(line, flush=True)


def main() -> None:
    """Measure, print, write."""
    beside = BASELINE_TRAINING.exists() and (BASELINE_BOT / "models" / "baseline.tar.gz").exists()
    say("cost and speed, in turn ...")
    mine, *others = measure.in_turn([ours, baseline] if beside else [ours])
    its = others[0] if others else {}
    say("one long talk ...")
    costs = measure.long_talk(ours)
    its_costs = measure.long_talk(baseline) if beside else []
    say("eight messages of one sender at once ...")
    eight, its_eight = measure.eight_of_one_sender(ours), measure.eight_of_one_sender(baseline) if beside else 0.0
    if beside:
        say("training and environment ...")
        installed, its_installed = measure.installed()
        mine, its = {**mine, **installed}, {**its, **its_installed}
    say("a store of 100,000 talks ...")
    empty, full = measure.full_store()
    say("memory over 20,000 turns ...")
    memory = measure.memory_over_many_turns()
    alone = Alone(costs, its_costs, eight, its_eight, (empty, full), memory)
    lines = [*compared(mine, its), "", *within(alone)]
    say("\n".join(lines))
    write(lines)
    draw(costs, its_costs, memory)


def compared(mine: dict[str, float], its: dict[str, float]) -> list[str]:
    """The table beside the baseline; without one only the figures."""
    lines = [f"| | {OURS} | {BASELINE} | ratio | wanted |", "| --- | --- | --- | --- | --- |"]
    for name, wanted in WANTED.items():
        if name not in mine:
            continue
        ratio = f"{mine[name] / its[name]:.2f}" if its else "–"
        bound = "at least" if wanted > 1 else "at most"
        lines.append(f"| {name} | {mine[name]:.1f} | {f'{its[name]:.1f}' if its else '–'} | {ratio} | {bound} {wanted} |")
    return lines


class Alone(NamedTuple):
    """What is measured alone: CPU of each turn of a long talk, seconds for eight at once; the baseline's where there is one."""

    costs: list[float]
    its_costs: list[float]
    eight: float
    its_eight: float
    store: tuple[float, float]
    memory: list[float]


def within(found: Alone) -> list[str]:
    """The table of what this assistant is measured by alone."""
    store, memory = found.store, found.memory

    def growth(costs: list[float]) -> str:
        early, late = statistics.mean(costs[5:25]), statistics.mean(costs[-20:])
        return f"{early * 1000:.1f} → {late * 1000:.1f} ms, ratio {late / early:.2f}"

    rows = [
        (
            "CPU of turn 400 of a talk beside turn 10 (means of 20)",
            growth(found.costs),
            growth(found.its_costs) if found.its_costs else "–",
            "at most 1.2",
        ),
        (
            "CPU of a turn, store empty and with 100,000 talks",
            f"{store[0] * 1000:.1f} → {store[1] * 1000:.1f} ms, ratio {store[1] / store[0]:.2f}",
            "",
            "at most 1.1",
        ),
        (
            "memory, turn 2,000 to 20,000",
            f"{memory[1]:.0f} → {memory[-1]:.0f} MB, {memory[-1] / memory[1] - 1:+.1%}",
            "",
            "within 5 %",
        ),
        (
            "eight messages of one sender at once",
            f"{found.eight:.2f} s",
            f"{found.its_eight:.2f} s" if found.its_eight else "–",
            "no waiting by the second",
        ),
    ]
    head = [f"| within itself | {OURS} | {BASELINE} | wanted |", "| --- | --- | --- | --- |"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows)]


def write(lines: list[str]) -> None:
    """Put the tables between the marks in docs/performance.md."""
    cores = psutil.cpu_count()
    where = f"{cores} cores, Python {platform.python_version()}, {psutil.virtual_memory().total / 2**30:.0f} GB"
    told = f"Measured on {date.today()} by `make bench` ({where}).\n\n"
    text = REPORT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    REPORT.write_text(before + BEGIN + told + "\n".join(lines) + "\n" + END + after, encoding="utf-8")


def draw(costs: list[float], its: list[float], memory: list[float], file: Path = PICTURE) -> None:
    """The plots: cost along a talk, memory along many."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
    for held, name in ((costs, OURS), (its, "rasa init")):
        if held:
            smooth = [statistics.median(held[max(0, place - 9) : place + 10]) * 1000 for place in range(len(held))]
            left.plot(range(1, len(held) + 1), smooth, label=name)
    left.set(xlabel="turn of one talk", ylabel="CPU, ms", title="What a turn costs", ylim=(0, None))
    left.legend()
    step = measure.MANY_TURNS // len(memory)
    right.plot([step * (place + 1) for place in range(len(memory))], memory)
    right.set(xlabel="turns", ylabel="MB", title="Resident memory", ylim=(0, max(memory) * 1.3))
    figure.tight_layout()
    figure.savefig(file, dpi=80)


if __name__ == "__main__":
    main()
