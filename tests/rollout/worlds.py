"""Worlds that roll-outs act on: one that ends stacks in any order, and one that is killed."""

import random
from collections import Counter
from datetime import timedelta

from landform.rollout.loop import Ending
from landform.rollout.simulate import SimulatedEvent

from .fleets import NOW


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class World:
    """Stacks end in a random order. What is applied and what is recorded outlives a kill, what runs does not.

    ``failing`` stacks fail at every try. ``kill`` is at which of its actions the process is killed.
    """

    def __init__(self, seed=0, *, failing=(), verdicts=()):
        self.random = random.Random(seed)
        self.failing = {*failing}
        self.events = []
        self.applies = Counter()
        self.running = []
        self.time = NOW
        self.kill = None
        self.actions = 0
        self.verdicts = list(verdicts)

    def _act(self):
        self.actions += 1
        if self.actions == self.kill:
            # What the cloud was told may or may not be finished without the process.
            for stack in self.running:
                if stack not in self.failing and self.random.random() < 0.5:
                    self.applies[stack] += 1
            self.running = []
            raise Killed

    def now(self):
        return self.time

    def record(self, kind, stack=None, body=None):
        self._act()
        event = SimulatedEvent(kind, stack, self.time.isoformat(), body or {})
        self.events.append(event)
        self._act()
        return event

    def start(self, stack):
        self._act()
        self.running.append(stack)
        self._act()

    def wait(self):
        self._act()
        self.time += timedelta(seconds=60)
        stack = self.running.pop(self.random.randrange(len(self.running)))
        if stack in self.failing:
            return [Ending(stack, "stack-failed", {"error": {"message": "no"}})]
        self.applies[stack] += 1
        self._act()
        return [Ending(stack, "stack-applied")]

    def settle(self, stack):
        self._act()
        if self.applies[stack]:
            return Ending(stack, "stack-applied")
        return Ending(stack, "stack-failed", {"changed": False})

    def until(self, decision):
        self._act()
        self.time = decision.time

    def health(self, step):
        self._act()
        return self.verdicts.pop(0) if self.verdicts else True
