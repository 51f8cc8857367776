"""How often a caller may call: a bucket of tokens each, which fills at a rate and holds a burst."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

# Of callers that are remembered; who comes after them begins with a full bucket, as who never called does.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """How many calls a minute, and how many at once after a rest."""

    per_minute: int
    burst: int


class Limits:
    """The buckets of all callers.

    Args:
        rate: what each may do.
        clock: seconds that only go forward.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._mutex = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> int:
        """Count a call; 0 where it may go on, else after how many seconds one may."""
        with self._mutex:
            now, second = self._clock(), self._rate.per_minute / 60
            held, since = self._buckets.pop(who, (float(self._rate.burst), now))
            held = min(float(self._rate.burst), held + (now - since) * second)
            self._buckets[who] = (held - 1 if held >= 1 else held, now)
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
            return 0 if held >= 1 else math.ceil((1 - held) / second)
