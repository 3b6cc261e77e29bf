"""How often one person may run commands."""

from __future__ import annotations

from collections import OrderedDict, deque

MOST = 8
WITHIN_S = 10.0
"""More than anybody reads, less than it takes to be a nuisance."""
MOST_PEOPLE = 10_000


class Pace:
    """Remembers the last commands of the people who ran any lately."""

    def __init__(self, most: int = MOST, within_s: float = WITHIN_S) -> None:
        self._most = most
        self._within_s = within_s
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, person: str, at: float) -> float:
        """Count a command at the time ``at``, or say how many seconds are to be waited before the next."""
        times = self._times.setdefault(person, deque(maxlen=self._most))
        self._times.move_to_end(person)
        if len(self._times) > MOST_PEOPLE:
            self._times.popitem(last=False)
        if len(times) == self._most and at - times[0] < self._within_s:
            return self._within_s - (at - times[0])
        times.append(at)
        return 0.0
