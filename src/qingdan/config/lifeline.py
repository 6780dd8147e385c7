"""Processes that must not outlive the server that started them: web workers and the jobs worker.

The server names itself in the environment of its children; they look once a second whether it is still their parent.
So they end whatever ended the server, also a kill that it could not see coming.
"""

import os
import signal
import threading
import time

PARENT = "QINGDAN_PARENT"
EVERY = 1.0  # seconds between two looks
GRACE = 8.0  # seconds for what is under way: a request cut off then is undone, a job is taken back by the next worker


def offer() -> None:
    """Called by the server before it starts its children."""
    os.environ[PARENT] = str(os.getpid())


def hold() -> None:
    """Called by a child: end it as TERM does once the server is gone, and after a while in any case.

    It leaves the server's process group: Ctrl-C reaches the server alone, which then ends its children. A web worker
    told twice at the same moment, by the terminal and by the server, would hang until it is killed.

    Without a server that offered itself, as with `qingdan work` in a shell, nothing happens.
    """
    if parent := os.environ.pop(PARENT, ""):
        if os.getpgrp() != os.getpid():
            os.setsid()
        threading.Thread(target=_watch, args=[int(parent)], name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
