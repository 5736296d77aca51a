"""Benchmarks beside the bot of `rasa init`: `make bench` writes docs/performance.md and its plots."""
