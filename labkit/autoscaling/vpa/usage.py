"""What is known of the use of containers of one name: every cpu sample, and of memory the peak of each day.

Containers of many pods are seen one by one and remembered together.
Source: vertical-pod-autoscaler pkg/recommender/model/{container,aggregate_container_state}.go, 1.7.1.
"""

from __future__ import annotations

from labkit.autoscaling.vpa.histogram import CPU, LEAST_WEIGHT, MEMORY, Histogram

DAY = 86_400.0
OOM_BUMP = 1.2
OOM_BUMP_BYTES = 100 * 2**20


class Usage:
    """What is remembered: cpu in cores, memory in bytes, time in seconds."""

    def __init__(self) -> None:
        self.cpu = Histogram(CPU)
        self.memory = Histogram(MEMORY)
        self.samples = 0
        self.first: float | None = None
        self.last: float | None = None

    @property
    def days(self) -> float:
        """Between the first and the last cpu sample."""
        return 0.0 if self.first is None or self.last is None else (self.last - self.first) / DAY

    def add_cpu(self, cores: float, time: float, request: float = 0.0) -> None:
        """Count a cpu sample, by the cores asked for."""
        self.cpu.add(cores, max(request, LEAST_WEIGHT), time)
        self.first = time if self.first is None else min(self.first, time)
        self.last = time if self.last is None else max(self.last, time)
        self.samples += 1

    def fork(self) -> Usage:
        """A memory that goes on by itself from here."""
        twin = Usage()
        twin.__dict__.update(self.__dict__)
        twin.cpu, twin.memory = self.cpu.fork(), self.memory.fork()
        return twin


class Watched:
    """One container as it is seen; what counts of it goes to the usage of all of its name."""

    def __init__(self, usage: Usage) -> None:
        self.usage = usage
        self._last_cpu: float | None = None
        self._last_memory: float | None = None
        self._peak = 0
        self._oom_peak = 0
        self._window_end: float | None = None

    @property
    def peak(self) -> int:
        """The highest memory of the running day, what an OOM kill implies included."""
        return max(self._peak, self._oom_peak)

    def see_cpu(self, cores: float, time: float, request: float = 0.0) -> bool:
        """Count a cpu sample; one that isn't newer than the last is left out."""
        if cores < 0 or (self._last_cpu is not None and time <= self._last_cpu):
            return False
        self._last_cpu = time
        self.usage.add_cpu(cores, time, request)
        return True

    def see_memory(self, used: int, time: float) -> bool:
        """Count a memory sample: only a new peak of the day matters. An older one than the last is left out."""
        if used < 0 or (self._last_memory is not None and time <= self._last_memory):
            return False
        self._see(used, time, is_oom=False)
        return True

    def see_oom(self, requested: int, time: float) -> bool:
        """Count an OOM kill as a fifth, and at least 100 MiB, more than the container had; not one too old."""
        if self._window_end is not None and time < self._window_end - DAY:
            return False
        used = max(requested, self._peak)
        self._see(max(used + OOM_BUMP_BYTES, int(used * OOM_BUMP)), time, is_oom=True)
        return True

    def fork(self, usage: Usage) -> Watched:
        """The same container, remembered elsewhere."""
        twin = Watched(usage)
        twin.__dict__.update(self.__dict__ | {"usage": usage})
        return twin

    def _see(self, used: int, time: float, is_oom: bool) -> None:
        self._last_memory = time
        if self._window_end is None:
            self._window_end = time
        if time < self._window_end:
            if not 0 < self.peak < used:
                return
            self.usage.memory.subtract(self.peak, 1.0, self._window_end)
        else:
            self._window_end += (time - self._window_end) // DAY * DAY + DAY
            self._peak = self._oom_peak = 0
        self.usage.memory.add(used, 1.0, self._window_end)
        if is_oom:
            self._oom_peak = used
        else:
            self._peak = used
