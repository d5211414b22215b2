"""What checks look at: pods by label, where they run, and what happens when something is done to them.

The experiments act on a fork, so a check never disturbs the lab it judges.
"""

from __future__ import annotations

from labkit.kinds import Key, decode
from labkit.kinds.pod import Pod
from labkit.lab import Lab


def pods(lab: Lab, app: str) -> list[Pod]:
    """The living pods with the label app=`app`, in order of creation."""
    return [pod for pod in lab.cluster.items("Pod") if pod.metadata.labels.get("app") == app and pod.is_active]


def ready(lab: Lab, app: str) -> int:
    """How many of them are ready."""
    return sum(pod.is_ready for pod in pods(lab, app))


def bare(lab: Lab, app: str) -> list[Pod]:
    """Those that no controller owns."""
    return [pod for pod in pods(lab, app) if pod.metadata.controller is None]


def nodes(lab: Lab, app: str) -> list[str]:
    """The nodes they run on, one a pod; pending ones have none."""
    return [pod.spec.node_name for pod in pods(lab, app) if pod.spec.node_name]


def on_node(lab: Lab, node: str) -> list[Pod]:
    """The living pods of a node."""
    return [pod for pod in lab.cluster.items("Pod") if pod.spec.node_name == node and pod.is_active]


def replicas(lab: Lab, name: str) -> int | None:
    """The number a Deployment wants; None if there is no such Deployment."""
    deployment = lab.cluster.read(Key("Deployment", "default", name))
    return deployment.spec.replicas if deployment else None


def heals(lab: Lab, app: str, number: int) -> bool:
    """Whether `number` of them are ready a minute after any single one was deleted."""
    return all(ready(_without(lab, pod), app) == number for pod in pods(lab, app))


def _without(lab: Lab, pod: Pod) -> Lab:
    trial = lab.fork()
    trial.cluster.delete(Key("Pod", pod.metadata.namespace, pod.metadata.name), grace=0)
    return trial.run("1m")


def after(lab: Lab, *commands: str, time: str = "1m") -> Lab:
    """A fork some time after kubectl commands were run in it."""
    trial = lab.fork()
    for command in commands:
        trial.kubectl(command)
    return trial.run(time)


def names(pods_: list[Pod]) -> set[str]:
    """The pods' names."""
    return {pod.metadata.name for pod in pods_}


def fewest_ready(lab: Lab, app: str, since: float, label: str = "app") -> int:
    """The fewest pods labelled `label`=`app` that were ready at any moment after `since` (virtual s), and then."""
    living: dict[Key, bool] = {}
    lowest: int | None = None
    for entry in lab.history:
        if entry.key.kind != "Pod":
            continue
        if lowest is None and entry.time > since:
            lowest = sum(living.values())
        pod = decode(entry.new) if entry.new is not None else None
        mine = pod is not None and pod.is_active and pod.metadata.labels.get(label) == app
        living[entry.key] = pod is not None and mine and pod.is_ready
        lowest = lowest if lowest is None else min(lowest, sum(living.values()))
    return sum(living.values()) if lowest is None else lowest
