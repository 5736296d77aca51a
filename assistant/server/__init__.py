"""The launcher: Rasa's own command line, without TensorFlow, with actions inside the server."""
