"""What the first suggestion of a fresh web process would wait for, loaded beside its first pages.

The arithmetic, the word lists and the index over today's resources take seconds. Only the server's own processes
import `config.wsgi`, so neither tests nor commands warm anything.
"""

import logging
import threading

from django.conf import settings
from django.db import connections

DELAY = 3.0  # seconds left to the first page
_log = logging.getLogger(__name__)


def begin() -> None:
    """Warm this process in the background, after `DELAY`."""
    timer = threading.Timer(DELAY, warm)
    timer.name, timer.daemon = "warming", True
    timer.start()


def warm() -> None:
    """Load what suggestions need. A failure is logged and costs nothing but time: they load it themselves."""
    try:
        from qingdan.engine import duplicates  # noqa: F401  (what the page for reporting compares with)
        from qingdan.lists import matching

        matching.index_of(settings.DISTRICT)
    except Exception:
        _log.warning("Suggestions were not prepared; the first will take longer.", exc_info=True)
    finally:
        connections.close_all()
