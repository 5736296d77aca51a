"""The library behind the assistant; docs/architecture.md walks one message through it."""
