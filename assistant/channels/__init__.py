"""The channels, each a small class in Rasa's own form on one base."""
