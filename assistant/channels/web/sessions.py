"""Sessions of the web channel: issued here, unguessable, signed, so that nobody can make one up or take another's."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, Signer

from assistant.channels.base import BadMessage
from assistant.stores.folder import kept

# Kept beside the talks, so that a talk goes on after a restart; several hosts share SESSION_KEY instead.
KEY_FILE = "session.key"
_BYTES = 32


def signing_key(file: Path | None = None) -> str:
    """The key that signs sessions: the environment's SESSION_KEY, else that in the file, which is made at first.

    Args:
        file: where it is kept; by default beside the talks.

    Raises:
        OSError: if the file can be neither read nor made.
    """
    given = os.environ.get("SESSION_KEY", "")
    if given:
        return given
    file = file or kept(KEY_FILE)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(_BYTES))
    except FileExistsError:
        pass
    return file.read_text(encoding="utf-8").strip()


class UnknownSessionError(BadMessage):
    """A session that this server has not issued, or not with its present key."""


class Sessions:
    """Issues sessions and reads them."""

    def __init__(self, key: str) -> None:
        self._signer = Signer(key, salt="web session", digest_method=hashlib.sha256)

    def issue(self) -> str:
        """A new session: what the client keeps and sends with every call."""
        return self._signer.sign(secrets.token_urlsafe(_BYTES)).decode()

    def conversation(self, session: object) -> str:
        """The conversation's id of a session.

        Raises:
            UnknownSessionError: if this server has not issued it.
        """
        try:
            return "web:" + self._signer.unsign(session if isinstance(session, str) else "").decode()
        except (BadSignature, UnicodeError):
            raise UnknownSessionError("'session' is none of this server's; ask /webhooks/web/session for a new one") from None
