"""A process that must not outlive the one that started it.

The parent holds the other end of the child's standard input and never writes. Whatever ends the parent, also a kill
that it cannot see coming, closes that end, on every system.
"""

import os
import signal
import sys
import threading
import time

GRACE = 20.0  # seconds for what is under way; a job cut off then is taken back by the next worker


def hold() -> None:
    """End this process as TERM does, once the parent is gone; after a while in any case."""
    threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
