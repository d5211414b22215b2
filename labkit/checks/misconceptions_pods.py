"""What learners often believe of pods, containers and probes, each with what is true instead."""

from __future__ import annotations

PODS: dict[str, str] = {
    "Always restarts only after failures": (
        "With restartPolicy Always, the default, a container is started again whatever its exit code. OnFailure is the"
        " one that lets exit code 0 be the end."
    ),
    "Never is for tasks": (
        "Never doesn't start a failed container again either. For a task that may fail and be tried again in the same"
        " pod, use OnFailure."
    ),
    "a Deployment runs a task to its end": (
        "A Deployment's pods have restartPolicy Always, nothing else is accepted, so a task would begin again for ever."
        " A Job, or a Pod with OnFailure, has an end."
    ),
    "containers of a pod start one after another": (
        "A pod's containers run side by side; none waits until another has ended. What must be over first is an init"
        " container."
    ),
    "containers of a pod share their files": (
        "Each container has the files of its own image. They share the network, and just those volumes that both mount."
    ),
    "an init container may run on": (
        "The next container starts only after a plain init container has ended with exit code 0. One that is to run on"
        " is a sidecar: an init container with restartPolicy Always."
    ),
    "a sidecar is waited for until it ends": (
        "An init container with restartPolicy Always is done as soon as it has started, and the next one begins. To be"
        " waited for it must be a plain init container."
    ),
    "a helper among the containers ends with the others": (
        "A pod goes on until all of its containers have ended, and a helper among them never does. A sidecar is stopped"
        " when the main containers are done."
    ),
    "a helper helps from another pod": (
        "Containers of two pods share neither volumes of type emptyDir nor localhost. A helper belongs into the same"
        " pod."
    ),
    "a readiness probe restarts": (
        "A readiness probe that fails only takes the pod out of the traffic. What hangs goes on hanging until a"
        " liveness probe has it restarted."
    ),
    "the restart policy notices a hang": (
        "A container that hangs hasn't ended, so there is nothing to restart. Only a liveness probe finds out."
    ),
    "patience at the start costs nothing later": (
        "failureThreshold and periodSeconds of a liveness probe hold for the container's whole life: as long as it may"
        " take to start, so long it may hang. A startup probe is patient at the start only."
    ),
    "a startup probe waits for ever": (
        "A startup probe kills as well: after failureThreshold times periodSeconds the container is restarted. Give it"
        " more time than the slowest start needs."
    ),
    "a liveness probe knows that the app is starting": (
        "A liveness probe begins initialDelaySeconds after the container's start, 0 if not set, and counts every"
        " failure. Only a startup probe holds it back."
    ),
    "liveness should check the database": (
        "Then every pod is restarted when the database is away, and none is any better for it. Liveness asks about the"
        " container itself; what it needs belongs into readiness."
    ),
    "more pods share the memory": (
        "A memory limit is each container's own. More pods that need too much are killed just as the others."
    ),
    "only a probe kills containers": (
        "The kernel kills a container that passes its memory limit, probes or not: OOMKilled, exit code 137. Raise the"
        " limit, or let it need less."
    ),
    "a request is a limit": (
        "A request is what the scheduler counts on. What a container is killed for is its limit."
    ),
    "CrashLoopBackOff is the fault": (
        "CrashLoopBackOff only says that the kubelet waits before the next start. The fault is in the last run: its"
        " exit code, and logs -p."
    ),
    "a restart makes a new pod": (
        "The kubelet restarts the container in the same pod, on the same node, with the same address. A new pod comes"
        " only from a controller."
    ),
    "logs are those of all runs": (
        "logs shows the present run of one container. -p shows the run before it, -c another container."
    ),
    "a pod moves when a container crashes": (
        "A pod stays on its node, however often its containers crash."
    ),
}  # fmt: skip
