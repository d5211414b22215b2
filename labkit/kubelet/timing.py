"""How long a kubelet takes. All in virtual seconds, the same in every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

MB = 1_000_000


@dataclass(frozen=True)
class Timing:
    """The delays of a kubelet and its container runtime.

    node_up   a new node's kubelet has registered it, and its runtime and network are found to be up
    accept    binding seen by the kubelet, pod admitted (kubelet: watch and syncLoop, tens of milliseconds)
    volumes   volumes mounted (the volume manager looks every 100 ms and waits for attachment)
    sandbox   pod sandbox and network (containerd with a bridge CNI: about half a second)
    resolve   asking the registry for a manifest, with or without a pull
    pull_mb_per_s  download and unpacking of layers; the simulated clusters of the Kubernetes scalability tests use 50
    create    creating and starting one container
    init_runs how long an init container runs unless its behaviour says so
    starts_in how long an application takes until its probes pass unless its behaviour says so
    stops_in  how long a container takes to end after SIGTERM unless its behaviour says so
    resync    until the kubelet looks at a failing pod again (its sync of pods in back-off)
    image_mb  image sizes in MB by name, for those that are not to be guessed
    """

    node_up: float = 1.0
    accept: float = 0.1
    volumes: float = 0.2
    sandbox: float = 0.5
    resolve: float = 0.4
    pull_mb_per_s: float = 50.0
    create: float = 0.3
    init_runs: float = 1.0
    starts_in: float = 1.5
    stops_in: float = 0.5
    resync: float = 10.0
    image_mb: Mapping[str, float] = field(default_factory=dict)

    def image_bytes(self, image: str) -> int:
        """The size of an image: as given, else 20 to 180 MB, always the same for the same name."""
        if image in self.image_mb:
            return round(self.image_mb[image] * MB)
        return 20 * MB + crc32(image.encode()) % (160 * MB)

    def pull_seconds(self, size: int) -> float:
        """How long it takes to fetch an image of `size` bytes that isn't on the node yet."""
        return round(self.resolve + size / MB / self.pull_mb_per_s, 3)
