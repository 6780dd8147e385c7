"""Timing for the benchmarks: by the clock, by the processors, and in memory."""

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds by the clock, and seconds of all processors together."""

    wall: float
    processor: float

    def scaled(self, factor: float) -> "Timing":
        return Timing(self.wall * factor, self.processor * factor)

    def against(self, peer: "Timing") -> str:
        return (
            f"{self.wall:.2f} s (processor {self.processor:.2f} s); peer {peer.wall:.1f} s "
            f"(processor {peer.processor:.1f} s): {peer.wall / self.wall:.0f} times, "
            f"by processor time {peer.processor / self.processor:.0f} times"
        )


def timed(work: Callable[..., Result], *arguments: Any) -> tuple[Result, Timing]:
    """What `work` answers and how long it took."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work(*arguments)
    return result, Timing(time.perf_counter() - wall, time.process_time() - processor)


def machine() -> str:
    """Processors, memory and present load: what a figure has to be read with."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = sys.version.split()[0]
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, Python {python}, load {os.getloadavg()[0]:.1f}"


def peak_memory() -> float:
    """The most memory that this process has held, in GiB."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            # Not ru_maxrss, in which Linux counts what the process had been before it became this program.
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 2**20
    except (OSError, StopIteration):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (2**30 if sys.platform == "darwin" else 2**20)
