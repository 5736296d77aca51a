"""Starts a command of Rasa's command line in the shape this project needs it."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
import warnings
from argparse import ArgumentParser
from typing import Any

QUIET = {"SQLALCHEMY_SILENCE_UBER_WARNING": "1", "RASA_TELEMETRY_ENABLED": "false", "TQDM_DISABLE": "1"}
# Small matrices: more threads of numpy only wait for each other, a turn took 70 ms of CPU instead of 42 (measured at cold caches).
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# Actions and the safety policy send these by name, which Rasa cannot see; tests/test_agreement.py checks them.
UNSEEN = "The utterance '.*' is not used in any story or rule"

# Types of lock stores in endpoints.yml that hold across processes.
SHARED_LOCKS = ("assistant.stores.locks.RedisLockStore", "redis")
NOT_SHARED = """WORKERS={workers} needs stores that all workers share, and {endpoints} names others: two quick messages of one person
would both read the talk as it was before. Name PostgreSQL for the talks and Redis for the locks there, as deploy/endpoints.shared.yml
does (docs/scaling.md), or start with WORKERS=1."""


def prepare() -> None:
    """Everything that has to happen before Rasa is imported, then the patches."""
    for name, value in {**QUIET, **ONE_THREAD}.items():
        os.environ.setdefault(name, value)

    from assistant.server.placeholders import install_placeholders

    install_placeholders()
    import sanic.app  # noqa: F401

    # Sanic sets a filter of its own at import, so these come after it.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    from rasa.utils.common import EXPECTED_WARNINGS

    # Rasa's own list, because Rasa puts its filters before any that stand here.
    EXPECTED_WARNINGS.append((UserWarning, UNSEEN))

    # A line for each action, twice, would hide the address of the chat page.
    logging.getLogger("rasa_sdk.executor").setLevel(logging.WARNING)

    from assistant.server.patches import apply

    apply()


def main() -> None:
    """Run Rasa's command line on this process's arguments; a content error is one plain line."""
    sys.path.insert(0, os.getcwd())
    share_metrics()
    prepare()
    from rasa.__main__ import main as rasa_main

    if sys.argv[1:2] == ["run"]:
        check_workers()
        sys.argv += api()
    try:
        check_content()
        if sys.argv[1:2] in (["run"], ["shell"]):
            check_encoder()
        rasa_main()
    except Exception as error:
        sys.exit(_plainly(error))


def check_content() -> None:
    """Read the content now: a server that starts with a mistake in it would have no model, and Rasa would only log why."""
    from assistant.knowledge import knowledge
    from assistant.nlu.lexicon import lexicon

    knowledge()
    lexicon()


def check_encoder() -> None:
    """Load the encoder now: a server without it would be ready and say "sorry" to every message."""
    from assistant.nlu.encoder import encoder

    encoder()


def api() -> list[str]:
    """Rasa's arguments that open its HTTP API behind the environment's API_TOKEN; others on this machine can see a command line."""
    token = os.environ.get("API_TOKEN")
    return ["--enable-api", "--auth-token", token] if token else []


def share_metrics() -> None:
    """Several workers (WORKERS) put their figures in one folder; prometheus_client looks for it when it is imported."""
    workers = os.environ.get("WORKERS", "1")
    os.environ["SANIC_WORKERS"] = workers
    if workers != "1" and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="metrics-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def check_workers() -> None:
    """End here, and say why, where several workers (WORKERS) would each keep talks or locks of their own."""
    from rasa.core.utils import AvailableEndpoints

    workers = os.environ.get("WORKERS", "1")
    parser = ArgumentParser(add_help=False)
    parser.add_argument("--endpoints", default="endpoints.yml")
    file = parser.parse_known_args(sys.argv[2:])[0].endpoints
    if workers != "1" and not _shared(AvailableEndpoints.read_endpoints(file)):
        sys.exit(NOT_SHARED.format(workers=workers, endpoints=file))


def _shared(endpoints: Any) -> bool:
    talks, locks = endpoints.tracker_store, endpoints.lock_store
    if talks is None or locks is None:
        return False
    # As Rasa has it: a whole address outranks the dialect.
    database = talks.url if "://" in (talks.url or "") else talks.kwargs.get("dialect", "sqlite")
    return locks.type in SHARED_LOCKS and not database.startswith("sqlite")


def _plainly(error: BaseException) -> str:
    """What is wrong with content or encoder without the forty lines of traceback that Rasa puts around it; any other error as it is."""
    from assistant.knowledge import ContentError
    from assistant.nlu.encoder import EncoderError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ContentError):
            return f"Error in the content. {cause}"
        if isinstance(cause, EncoderError):
            return str(cause)
        cause = cause.__cause__
    raise error
