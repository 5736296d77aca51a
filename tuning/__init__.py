"""Makes the sentence encoder from MiniLM: its upper layers are taught what the project's own examples tell apart."""
