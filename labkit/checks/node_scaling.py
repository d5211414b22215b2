"""The exercises of lesson 23: pods that trigger nothing, nodes that never go, and Karpenter's pools."""

from __future__ import annotations

from functools import lru_cache

from labkit.autoscaling.karpenter.disruption import price_of
from labkit.autoscaling.karpenter.pools import claims_of
from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import pods, ready, replicas
from labkit.checks.pool_answers import NODE_CLASS, node_pool, patched
from labkit.instancetypes import instance_type
from labkit.kinds import Key
from labkit.lab import Lab
from labkit.scheduler.podinfo import PodInfo

SAFE = "cluster-autoscaler.kubernetes.io/safe-to-evict"

# Lesson 23.1: a pod that triggers nothing


def _too_large() -> Lab:
    """Pods that ask for four cores, and machines of four."""
    lab = Lab.kubernetes(nodes=0, seed=1)
    lab.node_group("workers", "m5.xlarge", min=1, max=4)
    lab.cluster_autoscaler().run("2m")
    lab.apply(deployment("report", 2, cpu="4"))
    return lab.run("2m")


def asked_cpu(lab: Lab, app: str) -> int:
    """Millicores that the least demanding pod of an application asks for; 0 if there is none."""
    found = pods(lab, app)
    sizes = [PodInfo.of(Key("Pod", pod.metadata.namespace, pod.metadata.name), pod).request for pod in found]
    return min((size.get("cpu", 0) for size in sizes), default=0)


def _asks_the_same(lab: Lab) -> bool:
    return asked_cpu(lab, "report") == 4000


TRIGGERS_NOTHING = Exercise(
    name="triggers-nothing",
    task=(
        "report's two pods are Pending, and the Cluster Autoscaler adds no node, though its group may grow to four. Get"
        " both running, each with at least three cores of its own."
    ),
    labs=(_too_large,),
    goals=(
        Goal("Both pods of report are ready.", lambda lab: replicas(lab, "report") == 2 == ready(lab, "report")),
        Goal("Each asks for at least three cores.", lambda lab: asked_cpu(lab, "report") >= 3000),
    ),
    signs=(
        Sign("asking for less is free", lambda lab: asked_cpu(lab, "report") < 3000),
        Sign("asking again helps", _asks_the_same),
        Sign("all of a machine is for pods", lambda lab: ready(lab, "report") < 2),
    ),
    hints=(
        "kubectl events says why no node was added. What does a node of the group have to give? kubectl describe node.",
        "3920m of four cores are allocatable. kubectl set resources deployment report --requests=cpu=…",
    ),
    right=(
        "kubectl set resources deployment report --requests=cpu=3500m",
        deployment("report", 2, cpu="3900m"),
        deployment("report", 2, cpu="3"),
    ),
    wrong={
        "nearly four": Wrong("all of a machine is for pods", deployment("report", 2, cpu="3950m")),
        "a little": Wrong("asking for less is free", deployment("report", 2, cpu="500m")),
        "restarted": Wrong("asking again helps", "kubectl rollout restart deployment report"),
        "deleted": Wrong("asking again helps", "kubectl delete pods -l app=report"),
    },
    time="5m",
)


# Lesson 23.2: a node that never goes


def cache(annotation: str = "", volume: str = "{}", replicas: int = 2) -> str:
    """The Deployment cache: pods on different nodes, each with an emptyDir."""
    spread = f"""
volumes:
- {{name: data, emptyDir: {volume}}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 1
      podAffinityTerm: {{topologyKey: kubernetes.io/hostname, labelSelector: {{matchLabels: {{app: cache}}}}}}
"""
    text = deployment("cache", replicas, spread)
    notes = f"  template:\n    metadata:\n      annotations: {{{annotation}}}"
    return text.replace("  template:\n    metadata:", notes, 1) if annotation else text


def _idle() -> Lab:
    """Two nodes that are hardly asked for anything, for forty minutes."""
    lab = Lab.kubernetes(nodes=0, seed=1)
    lab.node_group("workers", "m5.xlarge", min=1, max=4, desired=2)
    lab.cluster_autoscaler().run("2m")
    lab.apply(cache())
    return lab.run("40m")


def _one_node(lab: Lab) -> bool:
    return len(lab.cluster.keys("Node")) == 1


def _cache_runs(lab: Lab) -> bool:
    return replicas(lab, "cache") == 2 == ready(lab, "cache")


def _on_the_deployment(lab: Lab) -> bool:
    found = lab.cluster.get(Key("Deployment", "default", "cache")) or {"metadata": {}}
    return SAFE in found["metadata"].get("annotations", {}) and not _one_node(lab)


def _made_anew(lab: Lab) -> bool:
    return not _one_node(lab) and any(entry.verb == "delete" and entry.key.kind == "Pod" for entry in lab.history)


NEVER_GOES = Exercise(
    name="never-goes",
    task=(
        "Two nodes, hardly asked for anything, for forty minutes; the group's minimum is one. cache's data may be lost."
        " See that one node goes, within half an hour, and that two pods of cache are ready afterwards."
    ),
    labs=(_idle,),
    goals=(
        Goal("One node is left.", _one_node),
        Goal("Two pods of cache are ready.", _cache_runs),
    ),
    signs=(
        Sign("a Deployment's annotations reach its pods", _on_the_deployment),
        Sign("an idle node goes by itself", lambda lab: not _one_node(lab) and asked_cpu(lab, "cache") < 250),
        Sign("a new pod has another volume", _made_anew),
        Sign("an idle node goes by itself", lambda lab: not _one_node(lab)),
    ),
    hints=(
        'lab.why_node("workers-1") says who holds the node, and by which rule.',
        f"A pod with local storage may go if it says {SAFE}: true. It says so in the template.",
    ),
    right=(
        cache(f'{SAFE}: "true"'),
        cache(volume="{medium: Memory}"),
        'kubectl patch deployment cache -p \'{"spec":{"template":{"metadata":{"annotations":{"'
        + SAFE
        + '":"true"}}}}}\'',
        "kubectl drain workers-2 --delete-emptydir-data",
    ),
    wrong={
        "on the Deployment": Wrong(
            "a Deployment's annotations reach its pods", f"kubectl annotate deployment cache {SAFE}=true"
        ),
        "new pods": Wrong("a new pod has another volume", "kubectl delete pods -l app=cache"),
        "smaller": Wrong(
            "an idle node goes by itself", "kubectl set resources deployment cache --requests=cpu=10m,memory=16Mi"
        ),
    },
    time="30m",
    keeps_machines=False,
)


# Lesson 23.3: a pool with a bound


def _without_pool() -> Lab:
    """Eight pods that wait, Karpenter, and no pool."""
    lab = Lab.kubernetes(nodes=0, seed=1).install("karpenter")
    lab.apply(NODE_CLASS)
    lab.apply(deployment("web", 8, cpu="900m"))
    return lab.run("30s")


@lru_cache(maxsize=4)
def _cores_at_twenty(lab: Lab) -> int:
    """vCPU of all machines, some minutes after web was scaled to twenty pods."""
    trial = lab.fork()
    trial.kubectl("scale deployment web --replicas=20")
    return cores(trial.run("4m"))


def cores(lab: Lab) -> int:
    """vCPU of the machines that Karpenter has bought."""
    return sum(instance_type(one["metadata"]["labels"]["node.kubernetes.io/instance-type"]).vcpu
               for one in claims_of(lab.cluster))  # fmt: skip


def _spot(lab: Lab) -> bool:
    return any(one["metadata"]["labels"]["karpenter.sh/capacity-type"] == "spot" for one in claims_of(lab.cluster))


def _bounded(lab: Lab) -> bool:
    return any("cpu" in (pool["spec"].get("limits") or {}) for pool in lab.cluster.list("NodePool"))


BOUNDED_POOL = Exercise(
    name="bounded-pool",
    task=(
        "Write the NodePool general: families c5 and m5, on demand alone, class default. web's eight pods must run, and"
        " if web is scaled to twenty, the pool's machines must not have more than 8 vCPU together."
    ),
    labs=(_without_pool,),
    goals=(
        Goal("web's eight pods are ready.", lambda lab: ready(lab, "web") == 8),
        Goal("No machine is Spot.", lambda lab: bool(claims_of(lab.cluster)) and not _spot(lab)),
        Goal(
            "With twenty pods the machines still have 8 vCPU at most.",
            lambda lab: bool(claims_of(lab.cluster)) and _cores_at_twenty(lab) <= 8,
        ),
    ),
    signs=(
        Sign("the first value is preferred", _spot),
        Sign("limits count what pods ask for", lambda lab: _bounded(lab) and ready(lab, "web") < 8),
        Sign("a pool is bounded by itself", lambda lab: cores(lab) > 0 and _cores_at_twenty(lab) > 8),
    ),
    hints=(
        "Three requirements, each a key, an operator and values: the family and the capacity type are two of them.",
        'limits: {cpu: "8"} stands beside template. karpenter.sh/capacity-type has one value: on-demand.',
    ),
    right=(
        node_pool(limits='{cpu: "8"}'),
        node_pool(capacity="{key: karpenter.sh/capacity-type, operator: NotIn, values: [spot]}", limits='{cpu: "9"}'),
    ),
    wrong={
        "on demand first": Wrong(
            "the first value is preferred",
            node_pool(
                capacity="{key: karpenter.sh/capacity-type, operator: In, values: [on-demand, spot]}",
                limits='{cpu: "8"}',
            ),
        ),
        "no bound": Wrong("a pool is bounded by itself", node_pool()),
        "the pods' sum": Wrong("limits count what pods ask for", node_pool(limits="{cpu: 7200m}")),
        "the wrong bound": Wrong("a pool is bounded by itself", node_pool(limits="{memory: 1000Gi}")),
    },
    time="4m",
)


# Lesson 23.4: a machine too wide


def _too_wide() -> Lab:
    """A machine bought for eight pods, of which two are left; the pool removes empty machines only."""
    lab = Lab.kubernetes(nodes=0, seed=1).install("karpenter")
    lab.apply(NODE_CLASS)
    lab.apply(node_pool(disruption="{consolidationPolicy: WhenEmpty, consolidateAfter: 30s}"))
    lab.apply(deployment("web", 8, cpu="900m"))
    lab.run("3m").kubectl("scale deployment web --replicas=2")
    return lab.run("10m")


def bill(lab: Lab) -> float:
    """USD an hour of Karpenter's machines."""
    return sum(price_of(one) for one in claims_of(lab.cluster))


@lru_cache(maxsize=4)
def _bill_next_time(lab: Lab) -> float:
    trial = lab.fork()
    trial.kubectl("scale deployment web --replicas=0")
    trial.run("5m").kubectl("scale deployment web --replicas=8")
    trial.run("4m").kubectl("scale deployment web --replicas=2")
    return bill(trial.run("10m"))


def _disruption(lab: Lab) -> dict[str, object]:
    pool = lab.cluster.get(Key("NodePool", "", "general")) or {"spec": {"disruption": {}}}
    return dict(pool["spec"]["disruption"])


def _is_quicker(lab: Lab) -> bool:
    return _disruption(lab).get("consolidateAfter") not in ("30s", None) and bill(lab) > SMALL


SMALL = 0.1

TOO_WIDE = Exercise(
    name="too-wide",
    task=(
        "web was scaled from eight pods to two, and still pays for a c5.2xlarge. Change the pool general so that the"
        " bill falls below 0.10 USD an hour by itself, now and the next time, with two pods of web ready."
    ),
    labs=(_too_wide,),
    goals=(
        Goal("web's two pods are ready.", lambda lab: ready(lab, "web") == replicas(lab, "web") == 2),
        Goal("The machines cost less than 0.10 USD an hour.", lambda lab: 0 < bill(lab) < SMALL),
        Goal(
            "So they do after the next rise and fall.",
            lambda lab: 0 < bill(lab) < SMALL and _bill_next_time(lab) < SMALL,
        ),
    ),
    signs=(
        Sign("a machine removed by hand stays the last", lambda lab: 0 < bill(lab) < SMALL <= _bill_next_time(lab)),
        Sign("quiet time makes a node empty", _is_quicker),
        Sign("a budget is a reason", lambda lab: bill(lab) > SMALL),
    ),
    hints=(
        "lab.why_node(…) with the node's name says what the pool takes away, and what not.",
        "consolidationPolicy: WhenEmptyOrUnderutilized also replaces a node by a cheaper one that holds its pods.",
    ),
    right=(
        patched('{"consolidationPolicy":"WhenEmptyOrUnderutilized"}'),
        node_pool(disruption="{consolidationPolicy: WhenEmptyOrUnderutilized, consolidateAfter: 1m}"),
    ),
    wrong={
        "sooner": Wrong("quiet time makes a node empty", patched('{"consolidateAfter":"0s"}')),
        "more at once": Wrong("a budget is a reason", patched('{"budgets":[{"nodes":"100%"}]}')),
        "by hand": Wrong("a machine removed by hand stays the last", "kubectl delete nodeclaims --all"),
    },
    time="5m",
    keeps_machines=False,
)

EXERCISES = (BOUNDED_POOL, TRIGGERS_NOTHING, NEVER_GOES, TOO_WIDE)
