"""The exercises of lesson 12, inside the scheduler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from labkit.checks.answers import deployment, pod
from labkit.checks.exercise import Answer, Exercise, Goal, Sign, Wrong
from labkit.checks.observing import bare, heals, nodes, pods, ready
from labkit.checks.outcome import Outcome, Status
from labkit.errors import LabError
from labkit.kinds import Key
from labkit.lab import Lab
from labkit.scheduler.configuration import KIND
from labkit.scheduler.decision import Scored


def _refused(lab: Lab, app: str) -> bool:
    """Whether the scheduler tried one of the pods in vain."""
    mine = {one.metadata.name for one in pods(lab, app)}
    events = lab.cluster.list("Event")
    return any(one["reason"] == "FailedScheduling" and one["involvedObject"]["name"] in mine for one in events)


# Lesson 12.1: a pod that waits to be let in


def _ungated(lab: Lab) -> Lab:
    trial = lab.fork()
    for one in pods(trial, "report"):
        trial.kubectl(f"""patch pod {one.metadata.name} -p '{{"spec":{{"schedulingGates":null}}}}'""")
    return trial.run("2m")


def _gates(lab: Lab) -> bool:
    return any(one.spec.scheduling_gates for one in pods(lab, "report"))


def _strange_scheduler(lab: Lab, app: str) -> bool:
    return any(one.spec.scheduler_name != "default-scheduler" for one in pods(lab, app))


def _waits_inside(lab: Lab) -> bool:
    return any(one.spec.init_containers for one in pods(lab, "report")) and bool(nodes(lab, "report"))


GATE = "schedulingGates:\n- name: shop.example/data\n"

WAIT_FOR_DATA = Exercise(
    name="wait-for-data",
    task=(
        "A pod of shop/report:1.0, labelled app=report, must be there now, but nobody may look for a node for it before"
        " its data has come. Hold it with a gate. Whoever brings the data takes the gate away; then the pod must start."
    ),
    labs=(lambda: Lab.kubernetes(nodes=2, seed=1), lambda: Lab.kubernetes(nodes=1, seed=1)),
    goals=(
        Goal("The pod is there and has no node.", lambda lab: bool(pods(lab, "report")) and not nodes(lab, "report")),
        Goal(
            "The scheduler hasn't tried to find one.",
            lambda lab: bool(pods(lab, "report")) and not _refused(lab, "report"),
        ),
        Goal("When its gates are removed it starts.", lambda lab: ready(_ungated(lab), "report") >= 1),
    ),
    signs=(
        Sign("an init container keeps a pod off its node", _waits_inside),
        Sign("a pod waits for its data by itself", lambda lab: bool(nodes(lab, "report")) and not _gates(lab)),
        Sign("a pod that fits nowhere is as good as a gated one", lambda lab: _refused(lab, "report")),
        Sign("a scheduler that doesn't exist is a gate", lambda lab: _strange_scheduler(lab, "report")),
    ),
    hints=(
        "A list in the pod's spec holds it back: while anything is in it, the pod doesn't enter the queue.",
        "spec.schedulingGates is a list of names, such as shop.example/data.",
    ),
    right=(
        pod("report", pod_spec=GATE),
        deployment("report", 1, GATE),
        pod("report", pod_spec=f"{GATE}- name: shop.example/approval\n"),
    ),
    wrong={
        "a label no node has": Wrong(
            "a pod that fits nowhere is as good as a gated one", pod("report", pod_spec="nodeSelector: {data: here}")
        ),
        "a scheduler of that name": Wrong(
            "a scheduler that doesn't exist is a gate", pod("report", pod_spec="schedulerName: wait-for-data")
        ),
        "nothing": Wrong("a pod waits for its data by itself", pod("report")),
        "an init container": Wrong(
            "an init container keeps a pod off its node",
            pod(
                "report", pod_spec="initContainers:\n- {name: wait, image: 'shop/tool:1.0', command: [wait-for-data]}\n"
            ),
        ),
    },
)


# Lesson 12.2: fill a node before opening the next


@dataclass(frozen=True)
class ProfileExercise(Exercise):
    """An exercise whose answer is a scheduler's configuration: `configured` make its clusters with it.

    Whatever else is answered is judged as in any exercise.
    """

    configured: Sequence[Callable[[str], Lab]] = ()

    def check(self, answer: Answer) -> Outcome:
        """Judge the text of a KubeSchedulerConfiguration."""
        if not isinstance(answer, str) or KIND not in answer:
            return super().check(answer)
        try:
            return self._judge([make(answer).run(self.time) for make in self.configured])
        except LabError as refusal:
            return self._outcome(Status.RAISED, 0, str(refusal), "Correct it and check again.")


def configuration(plugins: str = "", arguments: str = "", name: str = "default-scheduler") -> str:
    """A scheduler's configuration with one profile: YAML of its `plugins.score` and of NodeResourcesFit's arguments."""
    score = f"  plugins:\n    score: {plugins}\n" if plugins else ""
    config = f"  pluginConfig:\n  - name: NodeResourcesFit\n    args: {arguments}\n" if arguments else ""
    return f"""
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: {name}
{score}{config}"""


def _filled(lab: Lab, number: int) -> bool:
    """Whether that many pods of half a core take as few nodes as can be."""
    trial = lab.fork()
    trial.apply(deployment("report", number, cpu="500m"))
    used = nodes(trial.run("1m"), "report")
    room = int(lab.cluster.list("Node")[0]["status"]["allocatable"]["cpu"]) * 2
    return len(used) == number and len(set(used)) == ceil(number / room)


def _second(lab: Lab) -> Mapping[str, Scored]:
    """How the scheduler would score the nodes for the second of two pods, by plugin."""
    trial = lab.fork()
    trial.apply(deployment("report", 2, cpu="500m"))
    placed = pods(trial.run("1m"), "report")
    return trial.why(placed[1].metadata.name).decision.scored if len(nodes(trial, "report")) > 1 else {}


def _likes_empty(lab: Lab) -> bool:
    """Whether the node with a pod on it gets fewer points for its room than the empty ones."""
    trial = lab.fork()
    trial.apply(deployment("report", 2, cpu="500m"))
    placed = pods(trial.run("1m"), "report")
    if len(nodes(trial, "report")) < 2:
        return False
    decision = trial.why(placed[1].metadata.name).decision
    fit = decision.scored.get("NodeResourcesFit")
    return fit is not None and fit.raw[decision.feasible.index(placed[0].spec.node_name)] < fit.raw.max()


def _nobody_is_placed(lab: Lab) -> bool:
    trial = lab.fork()
    trial.apply(deployment("report", 2, cpu="500m"))
    return not nodes(trial.run("1m"), "report")


_FEWEST = "{scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}, {name: memory, weight: 1}]}}"
_EMPTIEST = _FEWEST.replace("MostAllocated", "LeastAllocated")
_RATIO = (
    "{scoringStrategy: {type: RequestedToCapacityRatio, resources: [{name: cpu, weight: 1}], requestedToCapacityRatio:"
    " {shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]}}}"
)
_NO_SPREAD = "{disabled: [{name: PodTopologySpread}, {name: NodeResourcesBalancedAllocation}]}"
_LOUD = "{disabled: [{name: NodeResourcesFit}], enabled: [{name: NodeResourcesFit, weight: 100}]}"


def _farm(number: int, cpu: str, scheduler: str) -> Lab:
    return Lab.kubernetes(nodes=number, cpu=cpu, memory="16Gi", seed=1, scheduler=scheduler)


FILL_NODES = ProfileExercise(
    name="fill-nodes",
    task=(
        "Nodes cost money, and an empty one can be switched off. Write the scheduler's configuration with which pods of"
        " a Deployment fill one node before they open the next. The profile is the default one, default-scheduler."
    ),
    labs=(lambda: Lab.kubernetes(nodes=4, cpu="4", seed=1),),
    configured=(lambda text: _farm(4, "4", text), lambda text: _farm(6, "8", text)),
    goals=(
        Goal("Pods without a schedulerName find a node.", lambda lab: not _nobody_is_placed(lab)),
        Goal("Six pods of half a core take one node.", lambda lab: _filled(lab, 6)),
        Goal("Eighteen pods take no more nodes than they need.", lambda lab: _filled(lab, 18)),
    ),
    signs=(
        Sign("pods find their profile by themselves", _nobody_is_placed),
        Sign("without spreading pods pack", lambda lab: _likes_empty(lab) and "PodTopologySpread" not in _second(lab)),
        Sign("LeastAllocated chooses the fullest", _likes_empty),
        Sign("one score decides", lambda lab: not _filled(lab, 6)),
    ),
    hints=(
        "Which plugin scores free room, and which strategy of it gives more points to the fuller node?",
        "NodeResourcesFit with the scoringStrategy MostAllocated. Then look who else gives points: another plugin wants"
        " the pods apart. Disable it under plugins.score, or give yours a high weight.",
    ),
    right=(
        configuration(_NO_SPREAD, _FEWEST),
        configuration(_LOUD, _FEWEST),
        configuration(_LOUD, _RATIO),
        configuration("{disabled: [{name: PodTopologySpread}]}", _FEWEST),
    ),
    wrong={
        "the strategy alone": Wrong("one score decides", configuration("", _FEWEST)),
        "the emptiest": Wrong("LeastAllocated chooses the fullest", configuration(_LOUD, _EMPTIEST)),
        "no spreading": Wrong("without spreading pods pack", configuration(_NO_SPREAD)),
        "another name": Wrong(
            "pods find their profile by themselves", configuration(_NO_SPREAD, _FEWEST, "packing-scheduler")
        ),
    },
)


# Lesson 12.3: Pending, and not a word

_OWL = deployment("pay", 2, "schedulerName: night-owl")
_OUT_OF_QUEUE = """'[{"op": "remove", "path": "/spec/template/spec/schedulerName"}]'"""


def _silent() -> Lab:
    lab = Lab.kubernetes(nodes=3, cpu="2", memory="4Gi", seed=1)
    lab.kubectl("cordon node-3")
    lab.apply([deployment("web", 2), _OWL])
    return lab.run("5m")


def _did(lab: Lab, *verbs: str) -> bool:
    """Whether one of the first pods of pay was deleted, and others like it came."""
    return any(entry.verb in verbs and entry.key.kind == "Pod" for entry in lab.history)


def _opened(lab: Lab) -> bool:
    return lab.cluster.read(Key("Node", "", "node-3")).spec.unschedulable is False


def _asks_the_owl(lab: Lab) -> bool:
    return _strange_scheduler(lab, "pay")


def _asks_for_less(lab: Lab) -> bool:
    asked = [one.resources.requests for each in pods(lab, "pay") for one in each.spec.containers]
    return any(not requests or requests.get("cpu") != "250m" for requests in asked)


NOT_A_WORD = Exercise(
    name="not-a-word",
    task=(
        "For five minutes both pods of pay have been Pending. There is no event about them. Nodes have room. Make them"
        " run, so that they come back when one is deleted."
    ),
    labs=(_silent,),
    goals=(
        Goal("Two pods with the label app=pay are ready.", lambda lab: ready(lab, "pay") == 2),
        Goal("A minute after any one is deleted, two are ready again.", lambda lab: heals(lab, "pay", 2)),
    ),
    signs=(
        Sign("a bare pod heals itself", lambda lab: bool(bare(lab, "pay"))),
        Sign(
            "more room helps every Pending pod",
            lambda lab: _asks_the_owl(lab) and (_opened(lab) or _asks_for_less(lab)),
        ),
        Sign("a new pod forgets its template's faults", lambda lab: _asks_the_owl(lab) and _did(lab, "delete")),
    ),
    hints=(
        "A refused pod has an event FailedScheduling. These have none: nobody has even tried. Who should have?",
        "Look at spec.schedulerName of the pods. A pod's own can't be changed; the Deployment's template can.",
    ),
    right=(
        deployment("pay", 2, "schedulerName: default-scheduler"),
        f"kubectl patch deployment pay --type=json -p {_OUT_OF_QUEUE}",
        """kubectl patch deploy pay -p '{"spec":{"template":{"spec":{"schedulerName":"default-scheduler"}}}}'""",
    ),
    wrong={
        "open a node": Wrong("more room helps every Pending pod", "kubectl uncordon node-3"),
        "ask for less": Wrong("more room helps every Pending pod", _OWL.replace("cpu: 250m", "cpu: 10m")),
        "delete the pods": Wrong("a new pod forgets its template's faults", "kubectl delete pods -l app=pay"),
        "pods by hand": Wrong("a bare pod heals itself", pod("pay-1", "pay") + "---" + pod("pay-2", "pay")),
    },
)

EXERCISES = (WAIT_FOR_DATA, FILL_NODES, NOT_A_WORD)
