"""How often and how long to wait where AWS says that it is asked too much.

Exponential, with full jitter, so that hundreds of stacks which were refused together do not come back together
(https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/retry-backoff.html).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits between tries.

    Attributes:
        tries: how often in all.
        first: the longest first wait, in seconds; each later one may be twice as long.
        longest: no wait is longer, in seconds.
        jitter: gives which part of the longest wait is waited, from 0 to 1.
    """

    tries: int = 5
    first: float = 4.0
    longest: float = 60.0
    jitter: Callable[[], float] = random.random

    def waits(self) -> Iterator[float]:
        """The seconds to wait after each failure but the last."""
        for tried in range(self.tries - 1):
            yield self.jitter() * min(self.longest, self.first * 2**tried)
