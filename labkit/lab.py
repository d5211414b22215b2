"""The front door: a `Lab` wires one world to its clock, scheduler, kubelets and controllers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labkit import apiserver
from labkit.amazon import SERVICES, Amazon
from labkit.applying import Applied, apply_all
from labkit.autoscaling.application.actor import ServiceScaling
from labkit.autoscaling.capacity.managed import ManagedScaling
from labkit.autoscaling.clusterautoscaler import ClusterAutoscaler
from labkit.autoscaling.hpa.controller import HorizontalPodAutoscalers
from labkit.autoscaling.karpenter import Karpenter
from labkit.autoscaling.publishing import Publisher
from labkit.autoscaling.vpa import Recommender, Updater
from labkit.breaking import Breaking
from labkit.cloud.actor import Cloud
from labkit.cloud.alarming import Alarms
from labkit.cluster import Cluster
from labkit.controllers import control_plane
from labkit.controllers.servicelb import ServiceLoadBalancers
from labkit.ecs.actors import actors as ecs_actors
from labkit.ecs.client import Boto3
from labkit.ecs.clusters import create_cluster
from labkit.ecs.load import TASKS
from labkit.errors import ApiError, FieldError, LabError
from labkit.fields import durations, selectors
from labkit.founding import CONTROL_PLANE, NAMESPACES, machine, turn
from labkit.growing import Growing
from labkit.history import Change, Entry, History, diff
from labkit.kinds import Key, kind
from labkit.kinds.ecs import CLUSTER, CONTAINER_INSTANCE, TASK
from labkit.kubelet import Kubelet, Timing
from labkit.kubelet.traffic import LoadGenerator
from labkit.loading import Loading
from labkit.metrics.server import BESIDE, MetricsServer
from labkit.network import dns, proxy
from labkit.network.responses import Responses
from labkit.reaching import World, client_of, request
from labkit.replaying import Comparison, compared
from labkit.running import Loop
from labkit.scheduler import DEFAULT, Profile, Scheduler, Why
from labkit.scheduler.configuration import profiles

if TYPE_CHECKING:
    import networkx as nx

Duration = str | int | float
Object = dict[str, Any]
Source = str | Path | Object | Sequence["Source"]


class Lab(Loading, Growing, Breaking, Amazon):
    """A whole cluster in this process: apply manifests, turn the clock, break things, ask why.

    Make one with `Lab.kubernetes(...)` or from manifests with `Lab.of(...)`. The same seed and the same steps give
    the same history, to the byte.
    """

    def __init__(
        self,
        cluster: Cluster,
        timing: Timing,
        loop: Loop | None = None,
        profiles: Iterable[Profile] = (DEFAULT,),
        cloud: Duration | None = None,
    ) -> None:
        self.cluster = cluster
        self._timing = timing
        balancers = [] if cloud is None else [ServiceLoadBalancers(durations.seconds(cloud))]
        actors = [
            LoadGenerator(timing, TASKS),
            Kubelet(timing),
            *control_plane(Scheduler(profiles)),
            HorizontalPodAutoscalers(),
            Recommender(),
            Updater(),
            Cloud(),
            ClusterAutoscaler(),
            Karpenter(),
            *balancers,
        ]
        actors += [*ecs_actors(timing), Publisher(), Alarms(), ServiceScaling(), ManagedScaling()]
        self._loop = loop or Loop(cluster, actors)
        self._affinity: proxy.Memory = {}
        self._reported: set[str] = set()

    # Making

    @classmethod
    def kubernetes(
        cls,
        nodes: int = 3,
        cpu: str = "4",
        memory: str = "16Gi",
        pods: int = 110,
        zones: str | Sequence[str] = "abc",
        seed: int = 0,
        timing: Timing | None = None,
        scheduler: Any = DEFAULT,
        cloud: Duration | None = None,
        metrics_server: bool = True,
    ) -> Lab:
        """A Kubernetes 1.36 cluster of equal nodes, `node-1` on, spread over the zones in turn.

        `cpu`, `memory`: what each node has to give (allocatable), as quantities. `zones` may be empty.
        `timing`: how long kubelets take. `scheduler`: a KubeSchedulerConfiguration (text, path or dict), a Profile or
        several; a pod whose schedulerName is none of theirs waits. `cloud`: how long a cloud takes to give a
        LoadBalancer Service its address; without a cloud it has none, for ever. `metrics_server`: whether
        `kubectl top` and autoscalers have metrics. Raises FieldError for a bad quantity.
        """
        if nodes < 0:
            raise FieldError(f"nodes: {nodes}: must be 0 or more")
        machines = [
            machine(f"node-{number + 1}", cpu=cpu, memory=memory, pods=pods, zone=turn(zones, number))
            for number in range(nodes)
        ]
        return cls.of(machines, seed, timing, scheduler, cloud, metrics_server)

    @classmethod
    def of(
        cls,
        objects: Iterable[Object] = (),
        seed: int = 0,
        timing: Timing | None = None,
        scheduler: Any = DEFAULT,
        cloud: Duration | None = None,
        metrics_server: bool = True,
    ) -> Lab:
        """A cluster that begins with these manifests: nodes, and whatever else stands already."""
        cluster = Cluster(seed=seed)
        if metrics_server:
            cluster.beside[BESIDE] = MetricsServer()
        lab = cls(cluster, timing or Timing(), profiles=profiles(scheduler), cloud=cloud)
        for name in NAMESPACES:
            cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        lab.run(0)
        for obj in [*CONTROL_PLANE, *objects]:
            apiserver.create(cluster, obj)
        lab.run(0)
        return lab

    @classmethod
    def ecs(
        cls,
        instances: int = 4,
        instance_type: str | Sequence[str] | Mapping[str, int] = "m5.large",
        zones: str | Sequence[str] = "abc",
        seed: int = 0,
        cluster: str = "default",
        timing: Timing | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> Lab:
        """A cluster of ECS with container instances, spread over the zones in turn; see `launch` for the types.

        `lab.client` is boto3's client of it. `timing`: how long agents take (labkit.ecs.timing.AgentTiming).
        """
        lab = cls(Cluster(seed=seed), timing or Timing())
        create_cluster(lab.cluster, {"clusterName": cluster})
        lab.launch(instances, instance_type, zones, cluster, attributes)
        return lab.run(0)

    # Telling it what to do

    def apply(self, source: Source, namespace: str = "default") -> Applied:
        """Apply manifests as `kubectl apply` does: a path, a folder, YAML or JSON text, a dict, or a list of them.

        All or nothing: if any of them is refused, none is written. Returns what became of each.
        Raises ManifestError, ApiError.
        """
        applied = apply_all(self.cluster, source, namespace)
        news = tuple(note for note in applied.unsimulated if note not in self._reported)
        self._reported.update(news)
        return replace(applied, unsimulated=news)

    def kubectl(self, command: str) -> Any:
        """Run a kubectl command; what it prints is what the real one would print. The word kubectl may be left out."""
        from labkit.kubectl import run

        return run(self, command)

    @cached_property
    def boto3(self) -> Boto3:
        """What stands for the module boto3: `lab.boto3.client("ecs")`."""
        return Boto3(self.cluster, self.run, SERVICES)

    @property
    def client(self) -> Any:
        """boto3's client of ECS over this lab: `lab.client.run_task(taskDefinition="web")`."""
        return self.boto3.client("ecs")

    # Letting time pass

    @property
    def now(self) -> float:
        """Virtual seconds since the lab's start."""
        return self.cluster.clock.now

    def run(self, duration: Duration = 0, *, until: Callable[[Lab], bool] | None = None) -> Lab:
        """Let time pass: `run("5m")`, `run(90)`; with `until`, stop as soon as it holds, within an hour if not told."""
        limit = durations.seconds(duration) if duration or until is None else 3600.0
        self._loop.run(self.now + limit, (lambda: until(self)) if until else (lambda: False))
        return self

    def step(self) -> list[Entry]:
        """Go to the next moment at which something is due, let it happen, and return what was written."""
        before = len(self.history)
        self._loop.step()
        return self.history[before:]

    def settle(self, quiet: Duration = "30s", limit: Duration = "1h") -> Lab:
        """Run until nothing has changed for `quiet` of virtual time, at most `limit`; stops at the last change."""
        pause, end = durations.seconds(quiet), self.now + durations.seconds(limit)
        while (due := self.cluster.clock.next_time) is not None and due <= end:
            last = self.history[-1].time if len(self.history) else 0.0
            if due > max(last, self.now) + pause:
                break
            self._loop.run(min(due, end))
        return self

    # Asking

    def get(
        self,
        kinds: str,
        name: str | None = None,
        namespace: str | None = "default",
        selector: str | Mapping[str, str] | None = None,
    ) -> Any:
        """Objects as plain dicts: `get("pods")`, `get("deploy", "web")`; `namespace=None` means all of them.

        With a name one object is returned, and ApiError NotFound is raised if it isn't there.
        """
        row = kind(kinds)
        scope = namespace if row.namespaced else ""
        if name is not None:
            return self.cluster.require(Key(row.name, scope or "default" if row.namespaced else "", name))
        objects = self.cluster.list(row.name, scope if scope is not None else None)
        chosen = selectors.parse(_selector_text(selector))
        return [obj for obj in objects if chosen.matches(obj["metadata"].get("labels", {}))]

    def why(self, pod: str, namespace: str = "default") -> Any:
        """Why a pod is where it is, or why it is nowhere: every node with its verdict, scores and their terms.

        `pod` is a name or the beginning of one. The decision is made again on the world as it was at that moment.
        Also of a task of ECS, by id or ARN, and of the next task of a service: filters, rules and the tie.
        """
        if (":" in pod or not self.cluster.keys("Pod")) and (decision := self.why_placed(pod)) is not None:
            return decision
        return replace(self._scheduler.why(self.cluster, self._pod(pod, namespace)), paint=_painted)

    def dns(self, name: str, namespace: str = "default", from_pod: str | None = None, type: str = "A") -> dns.Answer:
        """What cluster DNS answers a pod of `namespace` (or `from_pod`): records of type A or SRV, aliases, or why not.

        The search paths are tried as the pod's resolver does, and are listed in the answer.
        """
        asking = client_of(self.cluster, from_pod, namespace)
        return dns.resolve(World(self.cluster), name, asking.namespace, type)

    def request(self, url: str, n: int = 1, client: str | None = None, namespace: str = "default") -> Responses:
        """Send `n` requests at this moment and tell who answered and what failed, as kube-proxy would spread them.

        `url`: `http://cart.shop:80/`, with a name, a cluster IP, a node and its port, a load balancer's or a pod's
        address. `client`: a pod, a node, or an address outside the cluster; if left out, the first node.
        """
        return request(self.cluster, self._timing, self._affinity, url, n, client, namespace)

    def compare(self, a: Any, b: Any) -> Comparison:
        """Two ways of scheduling, each tried on a fork: where every pod would go, nodes used, balance and cost.

        `a`, `b`: as `scheduler` of `Lab.kubernetes`. Every pod that the scheduler placed or has waiting is placed anew.
        """
        return compared(self.cluster, profiles(a), profiles(b))

    @property
    def graph(self) -> nx.MultiDiGraph[Key]:
        """The world as a networkx graph, to read only."""
        import networkx as nx

        return nx.freeze(nx.MultiDiGraph(self.cluster.graph))

    @property
    def history(self) -> History:
        """Every write so far: (time, verb, key, old, new)."""
        return self.cluster.history

    @property
    def events(self) -> Any:
        """What `kubectl get events` shows."""
        return self.kubectl("get events -A")

    # Looking back, branching

    def at(self, time: Duration) -> Lab:
        """The lab as it was at that moment; reading only, `fork()` it to go on from there."""
        moment = durations.seconds(time)
        if moment > self.now:
            still = f"{moment:g} s is still to come: it is {self.now:g} s now"
            raise LabError(still, "Let time pass first: lab.run(...).")
        past = self.cluster.at(moment)
        return Lab(past, self._timing, self._loop.fork(past))

    def fork(self) -> Lab:
        """A lab that goes on by itself from here; neither sees what the other does."""
        twin = self.cluster.fork()
        forked = Lab(twin, self._timing, self._loop.fork(twin))
        if self.cluster.read_only:
            forked._loop.relist()
        forked._reported, forked._affinity = set(self._reported), dict(self._affinity)
        return forked

    def diff(self, a: Lab | Duration, b: Lab | Duration | None = None) -> list[Change]:
        """What changed from `a` to `b`; each is a lab or a moment, `b` is now if left out."""
        before, after = (self._lab(side).cluster.objects() for side in (a, self if b is None else b))
        return diff(before, after)

    # Seeing

    def show(self) -> Any:
        """The picture of the cluster, with its table."""
        from labkit.views import show

        return show(self)

    def draw(self, namespace: str | None = "default") -> Any:
        """The graph with its relations."""
        from labkit.views import draw

        return draw(self, namespace)

    def plot(self) -> Any:
        """Usage over time: requested cpu and memory by node, pods by phase, replicas wanted and ready."""
        from labkit.views import plot

        return plot(self)

    def metrics(self, of: str = "services") -> Any:
        """What "services", "nodes", "cost" or "charges" were over time, as a frame; see labkit.views.load_frame."""
        from labkit.views import metrics

        return metrics(self, of)

    def dashboard(self) -> Any:
        """The live picture: play, step, and scrub back through history."""
        from labkit.widgets import dashboard

        return dashboard(self)

    def __repr__(self) -> str:
        of_ecs = (CONTAINER_INSTANCE, TASK) if self.cluster.keys(CLUSTER) else ()
        words = {"Node": "nodes", "Pod": "pods", CONTAINER_INSTANCE: "container instances", TASK: "tasks"}
        counts = [f"{len(self.cluster.keys(name))} {words[name]}" for name in ("Node", "Pod", *of_ecs)]
        return f"<Lab at {self.now:g} s: {', '.join(counts)}>"

    @property
    def _scheduler(self) -> Scheduler:
        return next(actor for actor in self._loop.actors.values() if isinstance(actor, Scheduler))

    def _lab(self, side: Lab | Duration) -> Lab:
        return side if isinstance(side, Lab) else self.at(side)

    def _pod(self, name: str, namespace: str) -> Key:
        keys = self.cluster.keys("Pod", namespace)
        found = [key for key in keys if key.name == name] or [key for key in keys if key.name.startswith(name)]
        if not found:
            raise ApiError.not_found("pods", name)
        return found[0]


def _painted(why: Why) -> str:
    from labkit.views import explain

    return explain(why)._repr_html_()


def _selector_text(selector: str | Mapping[str, str] | None) -> str:
    if selector is None or isinstance(selector, str):
        return selector or ""
    return ",".join(f"{label}={value}" for label, value in selector.items())
