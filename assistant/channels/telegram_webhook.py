"""`make telegram-webhook URL=https://...`: tells Telegram where to deliver. A command, so that a start needs no network."""

from __future__ import annotations

import asyncio
import os
import sys

from assistant.channels.telegram import API, TelegramApi

# What the channel can answer; Telegram then sends nothing else.
UPDATES = ["message", "callback_query"]


async def set_webhook(address: str, token: str, secret: str, api: str = API) -> bool:
    """Set the webhook.

    Args:
        address: the server as seen from outside, https, without a path.
        token: the bot's.
        secret: what Telegram shall send with every update.
        api: where the Bot API is.

    Returns:
        Whether Telegram took it.
    """
    client = TelegramApi(token, api)
    try:
        return await client.does("setWebhook", url=f"{address.rstrip('/')}/webhooks/telegram/webhook", secret_token=secret,
                                 allowed_updates=UPDATES)  # fmt: skip
    finally:
        await client.close()


def main() -> None:
    """Read the address from the command line, token and secret from the environment."""
    token, secret = os.environ.get("TELEGRAM_TOKEN", ""), os.environ.get("TELEGRAM_SECRET", "")
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    if not (token and secret and address.startswith("https://")):
        sys.exit("Set TELEGRAM_TOKEN and TELEGRAM_SECRET, and say make telegram-webhook URL=https://your.server (docs/telegram.md).")
    done = asyncio.run(set_webhook(address, token, secret, os.environ.get("TELEGRAM_API", API)))
    sys.exit(0 if done else "Telegram did not take the webhook; the lines above say why.")


if __name__ == "__main__":
    main()
