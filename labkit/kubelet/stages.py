"""The life of a pod on its node, as a table of stages.

Each stage is a function: it looks at the pod, writes what has come about, and names what comes next and when.

| stage | what happens | then |
|---|---|---|
| accept | refused (see `admitting`), or startTime, hostIP, all wait: ContainerCreating, PodInitializing | mount |
| mount | volumes mounted, or FailedMount and again later; sandbox up, podIP | pull of the first container |
| pull | image there, or Pulling … or ErrImagePull, ImagePullBackOff and again later | pulled or start |
| pulled | image on the node | start |
| start | container runs; or CreateContainerConfigError and again later | pull of the next; probes; exit |
| hooked | the postStart hook is over, or FailedPostStartHook | pull of the next, killed |
| startup, liveness, readiness | a probe: started, ready, or Unhealthy | the next probe, killed |
| killed | the container has ended after a failed probe | start, backoff |
| oom | OOMKilled | start, backoff |
| exit | the container has ended; Completed, Error | start of the next, backoff |
| backoff | CrashLoopBackOff | pull, for the restart |
| stopped | the grace period or the containers are over: the pod goes | |

Source: pkg/kubelet/kuberuntime/{kuberuntime_manager,kuberuntime_container}.go, v1.36; images are in `pulling`.
Left out: pulls of one node don't wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

from labkit.fields import durations, quantity
from labkit.kinds.pod import Probe
from labkit.kubelet import backoff, hooks, probes, references
from labkit.kubelet import status as statuses
from labkit.kubelet.admitting import refused, rejected
from labkit.kubelet.pulling import pull, pulled, unpulled
from labkit.kubelet.starting import following, is_fresh, next_to_start
from labkit.kubelet.usage import overflows
from labkit.kubelet.visit import Next, Visit
from labkit.network.addresses import free_pod_ip

Dict = dict[str, Any]

KILLED = 137
"""The exit code of a process that got SIGKILL."""


def accept(visit: Visit) -> list[Next]:
    """The kubelet has seen the pod, and takes it or not."""
    if rejection := refused(visit.cluster, visit.key):
        visit.tell(rejection.reason, rejection.message, "Warning")
        visit.cluster.set_status(visit.key, rejected(visit.status, rejection))
        return []
    spec = visit.pod.spec
    reason = "PodInitializing" if spec.init_containers else "ContainerCreating"
    status = {**visit.status, "hostIP": _host_ip(visit), "startTime": visit.now}
    status["hostIPs"] = [{"ip": status["hostIP"]}]
    status["containerStatuses"] = [statuses.waiting(one.name, one.image, reason) for one in spec.containers]
    if spec.init_containers:
        waits = [statuses.waiting(one.name, one.image, reason) for one in spec.init_containers]
        status["initContainerStatuses"] = waits
    visit.write(status)
    return [Next("mount", visit.timing.volumes)]


def _host_ip(visit: Visit) -> str:
    node = visit.cluster.read(visit.node_key)
    return next((one.address for one in node.status.addresses if one.type == "InternalIP"), "")


def mount(visit: Visit) -> list[Next]:
    """The volumes are mounted, the network is up."""
    faults = list(references.missing_mounts(visit.cluster, visit.pod))
    for volume, fault in faults:
        visit.tell("FailedMount", f'MountVolume.SetUp failed for volume "{volume}" : {fault}', "Warning")
    for volume, fault in (unready := list(references.unready_claims(visit.cluster, visit.pod))):
        lists = f"unmounted volumes=[{volume}], unattached volumes=[], failed to process volumes=[{volume}]"
        visit.tell("FailedMount", f"Unable to attach or mount volumes: {lists}: {fault}", "Warning")
    if faults or unready:
        # pkg/util/goroutinemap/exponentialbackoff: 0.5 s doubling to 2 min 2 s.
        return [Next("mount", min(0.5 * 2.0**visit.number, 122.0), number=visit.number + 1)]
    address = _address(visit)
    visit.write({**statuses.to_run_again(visit.status), "podIP": address, "podIPs": [{"ip": address}]})
    return next_to_start(visit, visit.timing.sandbox)


def _address(visit: Visit) -> str:
    if visit.pod.spec.host_network:
        return str(visit.status["hostIP"])
    pods = [visit.cluster.require(one) for one in visit.cluster.into(visit.node_key, "runs-on") if one.kind == "Pod"]
    taken = {(pod.get("status") or {}).get("podIP", "") for pod in pods}
    return free_pod_ip(visit.cluster.read(visit.node_key).spec.pod_cidr, taken)


def start(visit: Visit) -> list[Next]:
    """The container is created and runs."""
    if "running" in visit.held["state"]:
        return []
    first_time = is_fresh(visit.held)
    if fault := references.config_fault(visit.cluster, visit.pod, visit.spec):
        visit.tell("Failed", f"Error: {fault}", "Warning")
        visit.wait("CreateContainerConfigError", fault)
        again = [Next("pull", visit.timing.resync, visit.container)]
        return [*again, *(following(visit) if first_time and not visit.is_init else [])]
    visit.tell("Created", "Container created")
    visit.tell("Started", "Container started")
    held = visit.held
    last = held["state"] if "terminated" in held["state"] else held["lastState"]
    run = held["restartCount"] + (1 if last else 0)
    ready, started = probes.at_once(visit.spec, visit.is_init)
    visit.put(statuses.running(held["name"], visit.spec.image, visit.now, last, run, ready, started))
    if hooks.hook(visit.spec, "postStart") is not None:
        return [*of_run(visit, run), Next("hooked", hooks.seconds(visit.spec, "postStart"), visit.container, run)]
    return [*of_run(visit, run), *(following(visit) if first_time or visit.is_init else [])]


def hooked(visit: Visit) -> list[Next]:
    """The postStart hook of a container is over: the next one's turn; if it failed, the container is killed."""
    if not _is_current(visit):
        return []
    if visit.behaviour.post_start:
        return following(visit)
    visit.tell("FailedPostStartHook", "PostStartHook failed", "Warning")
    seconds = stopping(visit, "FailedPostStartHook", float(visit.pod.spec.termination_grace_period_seconds))
    return [Next("killed", seconds, visit.container, visit.number), *following(visit)]


def of_run(visit: Visit, run: int, since: float = 0.0) -> list[Next]:
    """What this run of the container, `since` seconds old, brings: probes, too much memory, its end."""
    told, plain_init = visit.behaviour, visit.is_init and not visit.spec.is_sidecar
    coming = []
    if plain_init or told.exits_after is not None:
        coming.append(Next("exit", max(_runs_for(visit) - since, 0.0), visit.container, run))
    if _over_limit(visit):
        coming.append(Next("oom", max(visit.answers_after - since, 0.0), visit.container, run))
    return coming if plain_init else [*coming, *_probing(visit, run, since)]


def _runs_for(visit: Visit) -> float:
    told = visit.behaviour.exits_after
    if told is not None:
        return told
    return visit.timing.init_runs if visit.is_init and not visit.spec.is_sidecar else inf


def _over_limit(visit: Visit) -> bool:
    used, limit = visit.behaviour.memory, visit.spec.resources.limits.get("memory")
    return used is not None and limit is not None and used > quantity.value(limit)


def _probing(visit: Visit, run: int, since: float) -> list[Next]:
    """The next probe of each kind: of startup until it has passed, then of the others."""
    kinds = (probes.LIVENESS, probes.READINESS) if visit.held["started"] else (probes.STARTUP,)
    found = [(kind, probes.probe_of(visit.spec, kind)) for kind in kinds]
    return [
        Next(kind, probes.next_moment(probe, since) - since, visit.container, run) for kind, probe in found if probe
    ]


def _is_current(visit: Visit) -> bool:
    """Whether the run that the stage is about still goes on."""
    return "running" in visit.held["state"] and visit.held["restartCount"] == visit.number


def _probed(kind: str, visit: Visit) -> list[Next]:
    """A probe of the container comes."""
    probe = probes.probe_of(visit.spec, kind)
    if probe is None or not _is_current(visit):
        return []
    number, now = probes.turn(probe, visit.ran), visit.cluster.clock.now
    since = probes.moment(probe, number)

    def result(earlier: int) -> bool:
        at = probes.moment(probe, earlier)
        told = visit.behaviour_at(now - (since - at))
        return probes.passes(kind, told, visit.answers_after, at)

    count = probes.in_a_row(probe, number, result)
    if not result(number):
        return _failed(kind, visit, count, since)
    if count < probe.success_threshold:
        return [Next(kind, probes.pause(probe, 0), visit.container, visit.number)]
    return _passed(kind, visit, since)


def _passed(kind: str, visit: Visit, since: float) -> list[Next]:
    held, coming = visit.held, []
    if kind == probes.STARTUP and not held["started"]:
        visit.put({**held, "started": True, "ready": visit.spec.readiness_probe is None})
        coming = [*following(visit), *_probing(visit, visit.number, since)]
    elif kind == probes.READINESS and not held["ready"]:
        visit.put({**held, "ready": True})
    probe, ends = probes.probe_of(visit.spec, kind), visit.behaviour.live_for
    if probe is not None and kind != probes.STARTUP and ends != inf:
        again = probes.next_moment(probe, max(ends, since + 1))
        coming.append(Next(kind, again - since, visit.container, visit.number))
    return coming


def _failed(kind: str, visit: Visit, count: int, since: float) -> list[Next]:
    probe, spec, answers = probes.probe_of(visit.spec, kind), visit.spec, since >= visit.answers_after
    assert probe is not None
    visit.tell("Unhealthy", probes.failure(kind, probe, spec, str(visit.status.get("podIP", "")), answers), "Warning")
    if count >= probe.failure_threshold:
        if kind != probes.READINESS:
            why = f"Container {spec.name} failed {kind} probe, will be restarted"
            return [Next("killed", stopping(visit, why, _grace(visit, probe)), visit.container, visit.number)]
        if visit.held["ready"]:
            visit.put({**visit.held, "ready": False})
    ahead = inf if answers else visit.answers_after - since
    return [Next(kind, probes.pause(probe, count, ahead), visit.container, visit.number)]


def _grace(visit: Visit, probe: Probe) -> float:
    own = probe.termination_grace_period_seconds
    return float(visit.pod.spec.termination_grace_period_seconds if own is None else own)


def stops_within(visit: Visit, grace: float) -> float:
    """Seconds from the decision to stop the container to its end: its preStop hook, then what it takes after SIGTERM.

    The hook uses up the grace period; at least 2 s are left after it.
    """
    told = visit.behaviour.stops_in
    takes = visit.timing.stops_in if told is None else told
    hook = min(hooks.seconds(visit.spec, "preStop"), grace) if visit.behaviour.pre_stop else 0.0
    return hook + min(takes, max(grace - hook, 2.0 if hook else 0.0))


def stopping(visit: Visit, why: str, grace: float) -> float:
    """Tell that the container is being stopped, and if its preStop hook fails; seconds until it has ended."""
    if hooks.hook(visit.spec, "preStop") is not None and not visit.behaviour.pre_stop:
        visit.tell("FailedPreStopHook", "PreStopHook failed", "Warning")
    visit.tell("Killing", why)
    return stops_within(visit, grace)


def killed(visit: Visit) -> list[Next]:
    """The container that failed a probe has ended: by itself, or by force where it took too long."""
    if not _is_current(visit):
        return []
    told, grace = visit.behaviour.stops_in or 0.0, visit.pod.spec.termination_grace_period_seconds
    return _finish(visit, KILLED if told > grace else 0)


def oom(visit: Visit) -> list[Next]:
    """The container uses more memory than its limit."""
    over = _over_limit(visit) or overflows(visit.cluster, visit.key, visit.container)
    return _finish(visit, KILLED, "OOMKilled") if _is_current(visit) and over else []


def ended(visit: Visit) -> list[Next]:
    """Run number `number` of the container ends by itself."""
    if not _is_current(visit) or (runs := _runs_for(visit)) == inf:
        return []
    if visit.ran + 1e-6 < runs:
        return [Next("exit", runs - visit.ran, visit.container, visit.number)]
    return _finish(visit, visit.behaviour.exit_code)


def _finish(visit: Visit, code: int, reason: str = "") -> list[Next]:
    """Write down that the container has ended; what comes next: the next container, a restart, a pause, nothing."""
    held = visit.held
    plain_init = visit.is_init and not visit.spec.is_sidecar
    has_done = plain_init and code == 0
    visit.put({**statuses.terminated(held, code, visit.now, reason), "ready": has_done})
    if has_done:
        return next_to_start(visit)
    policy = "OnFailure" if plain_init and visit.pod.spec.restart_policy == "Always" else visit.pod.spec.restart_policy
    if visit.status.get("phase") in ("Succeeded", "Failed"):
        return _sidecars_stop(visit)
    if not backoff.restarts(policy, code, visit.spec.restart_policy):
        return []
    pause = _pause(visit, held)
    return [Next("backoff", 1.0, visit.container, round(pause))] if pause else [Next("pull", 0.0, visit.container)]


def _sidecars_stop(visit: Visit) -> list[Next]:
    """The main containers are over: the sidecars that still run are stopped, and none is started again."""
    grace = float(visit.pod.spec.termination_grace_period_seconds)
    running = [one for one in visit.status.get("initContainerStatuses", ()) if "running" in one["state"]]
    return [
        Next("killed", stops_within(replace(visit, container=one["name"]), grace), one["name"], one["restartCount"])
        for one in running
    ]


def _pause(visit: Visit, ended: Dict) -> float:
    """How long to wait before this restart; what was waited before the run is seen from its two stamps."""
    clock = visit.cluster.clock
    since = clock.seconds(ended["state"]["running"]["startedAt"])
    last = ended["lastState"].get("terminated")
    previous = None if last is None else backoff.snapped(since - clock.seconds(last["finishedAt"]))
    return backoff.next_wait(previous, clock.now - since)


def back_off(visit: Visit) -> list[Next]:
    """The container crashed again; it waits `number` seconds, one of which has passed."""
    if "terminated" not in visit.held["state"]:
        return []
    pod = visit.pod.metadata
    name = f"{pod.name}_{pod.namespace}({pod.uid})"
    visit.tell("BackOff", f"Back-off restarting failed container {visit.container} in pod {name}", "Warning")
    pause = durations.format_go(visit.number)
    visit.wait("CrashLoopBackOff", f"back-off {pause} restarting failed container={visit.container} pod={name}")
    return [Next("pull", visit.number - 1.0, visit.container)]


def stopped(visit: Visit) -> list[Next]:
    """The containers have ended; the pod's object goes."""
    visit.cluster.delete(visit.key, grace=0)
    return []


STAGES: dict[str, Callable[[Visit], list[Next]]] = {
    "accept": accept, "mount": mount, "pull": pull, "pulled": pulled, "unpulled": unpulled, "start": start,
    "hooked": hooked, "exit": ended, "oom": oom, "killed": killed, "backoff": back_off, "stopped": stopped,
    **{kind: partial(_probed, kind) for kind in (probes.STARTUP, probes.LIVENESS, probes.READINESS)},
}  # fmt: skip
