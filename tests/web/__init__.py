"""The chat page and the widget in a real browser, against a real server."""
