"""Rasa actions, thin: read slots and entities, call the library, send the reply. Nothing here parses text."""
