"""The web channel: the chat page, the widget and what they call (docs/web-api.md)."""

from assistant.channels.web.channel import WebChannel

__all__ = ["WebChannel"]
