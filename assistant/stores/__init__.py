"""Where talks are kept: Rasa's SQL tracker store, and what it lacks."""
