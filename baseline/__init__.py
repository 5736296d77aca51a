"""The bot of `rasa init`, to compare with."""
