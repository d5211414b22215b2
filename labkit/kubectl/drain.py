"""`kubectl drain`: cordon a node and evict its pods.

Waiting lets virtual time pass, as a real terminal blocks: an eviction that a disruption budget forbids is tried again
every 5 s, a pod that was evicted is awaited. Where the real command would try for good, it stops after PATIENCE
seconds of virtual time and says so.
Sources: kubectl pkg/cmd/drain/drain.go and pkg/drain/{drain,filters}.go, v1.32.5; the texts are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from labkit import apiserver
from labkit.apiserver import subresources
from labkit.errors import ApiError, CommandError, FieldError
from labkit.fields import durations, selectors
from labkit.kinds import Key
from labkit.kubectl.call import Call
from labkit.kubectl.changes import DRY_RUN, dry_run, tell
from labkit.kubectl.cordon import nodes, set_schedulable
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import SELECTOR_FLAGS, Item

RETRY = 5.0
PATIENCE = 600.0


class Verdict(NamedTuple):
    """What becomes of a pod: whether it is to go, whether that stops the drain, and the words for it."""

    goes: bool
    fatal: bool = False
    words: str = ""


class Plan(NamedTuple):
    """The pods to evict, and what is said of others: words → names."""

    pods: list[Key]
    errors: dict[str, list[str]]
    warnings: dict[str, list[str]]


@command(
    "drain",
    "kubectl drain NODE",
    "Drain node in preparation for maintenance.",
    SELECTOR_FLAGS[0],
    DRY_RUN,
    Flag("force", "", "bool", help="Pods that no controller makes anew go too"),
    Flag("ignore-daemonsets", "", "bool", help="Pods of DaemonSets stay"),
    Flag("delete-emptydir-data", "", "bool", help="Pods with emptyDir volumes go too"),
    Flag("disable-eviction", "", "bool", help="Delete, whatever disruption budgets say"),
    Flag("grace-period", "", "int", -1, help="Seconds each pod has to end"),
    Flag("timeout", "", "duration", help="How long to try; 0 tries as long as it takes"),
    Flag("pod-selector", help="Only pods whose labels match"),
    Flag("skip-wait-for-delete-timeout", "", "int", 0, help="Not simulated"),
)
def drain(call: Call) -> None:
    """Cordon every node, then empty one after the other."""
    items = nodes(call)
    for item in items:
        set_schedulable(call, item, False)
    failed: list[tuple[Item, list[str]]] = []
    for item in items:
        errors = _empty(call, item)
        if errors:
            told = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
            call.err(f'error: unable to drain node "{item.key.name}" due to error: {told}, continuing command...')
            failed.append((item, errors))
        else:
            tell(call, item.obj, "drained")
    if failed:
        call.err("There are pending nodes to be drained:")
        call.err(
            "\n".join([*(f" {item.key.name}" for item, _ in failed), *(text for _, all_ in failed for text in all_)])
        )
        call.exit_code = 1


def _empty(call: Call, node: Item) -> list[str]:
    """Evict the pods of one node; what went wrong, in words."""
    plan = planned(call, node.key.name)
    if plan.errors:
        return [f"cannot delete {words}: {', '.join(names)}" for words, names in plan.errors.items()]
    if plan.warnings:
        call.err("Warning: " + "; ".join(f"{words}: {', '.join(names)}" for words, names in plan.warnings.items()))
    if dry_run(call):
        for pod in plan.pods:
            call.out(f"evicting pod {pod.namespace}/{pod.name} ({'server ' * (dry_run(call) == 'server')}dry run)")
        return []
    try:
        _evict_all(call, plan.pods)
    except CommandError as error:
        left = planned(call, node.key.name).pods
        if left:
            call.err(f'There are pending pods in node "{node.key.name}" when an error occurred: {error.message}')
            call.err("\n".join(f"pod/{pod.name}" for pod in left))
        return [error.message]
    return []


def planned(call: Call, node: str) -> Plan:
    """What a drain of the node would do with each of its pods."""
    plan = Plan([], {}, {})
    for key in sorted(key for key in call.cluster.into(Key("Node", "", node), "runs-on") if key.kind == "Pod"):
        pod = call.cluster.require(key)
        if not _chosen(call, pod):
            continue
        verdict = judged(call, pod)
        if verdict.words:
            heap = plan.errors if verdict.fatal else plan.warnings
            heap.setdefault(verdict.words, []).append(f"{key.namespace}/{key.name}")
        if verdict.goes:
            plan.pods.append(key)
    return plan


def _chosen(call: Call, pod: dict[str, Any]) -> bool:
    try:
        selector = selectors.parse(call.flags["pod-selector"])
    except FieldError as error:
        raise CommandError(f"error: {error.message}") from None
    return selector.matches(pod["metadata"].get("labels") or {})


def judged(call: Call, pod: dict[str, Any]) -> Verdict:
    """Whether a pod may go: the first rule that keeps it decides, else the last one that has something to say."""
    last = Verdict(True)
    for verdict in _rules(call, pod):
        last = verdict
        if not verdict.goes:
            break
    return last


def _rules(call: Call, pod: dict[str, Any]) -> Iterator[Verdict]:
    flags, ended = call.flags, (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    owner = next((each for each in pod["metadata"].get("ownerReferences") or () if each.get("controller")), None)
    if owner and owner["kind"] == "DaemonSet" and not ended:
        if not flags["ignore-daemonsets"]:
            yield Verdict(False, True, "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)")
        yield Verdict(False, False, "ignoring DaemonSet-managed Pods")
    if not ended and any("emptyDir" in volume for volume in pod["spec"].get("volumes") or ()):
        if not flags["delete-emptydir-data"]:
            yield Verdict(False, True, "Pods with local storage (use --delete-emptydir-data to override)")
        yield Verdict(True, False, "deleting Pods with local storage")
    if ended or owner:
        yield Verdict(True)
    elif flags["force"]:
        yield Verdict(True, False, "deleting Pods that declare no controller")
    else:
        yield Verdict(False, True, "cannot delete Pods that declare no controller (use --force to override)")


def _evict_all(call: Call, pods: list[Key]) -> None:
    """Evict, wait, try again; CommandError when the time is up."""
    limit = _seconds(call.flags["timeout"])
    end = call.lab.cluster.clock.now + (limit or PATIENCE)
    uids = {key: _uid(call, key) for key in pods}
    asked: set[Key] = set()
    while uids:
        for key in [key for key in uids if key not in asked]:
            if _evict(call, key):
                asked.add(key)
        # A pause before the next try is slept to its end; the time is looked at after it.
        pause = RETRY if uids.keys() - asked else end - call.cluster.clock.now
        _await_gone(call, uids, asked, pause)
        if uids and call.cluster.clock.now >= end:
            _give_up(call, next(iter(uids)), asked, limit)


def _evict(call: Call, key: Key) -> bool:
    """Ask for one eviction; False if a budget forbids it for now."""
    grace = call.flags["grace-period"]
    options = {"gracePeriodSeconds": grace} if grace >= 0 else {}
    try:
        if call.flags["disable-eviction"]:
            apiserver.delete(call.cluster, key, options)
        else:
            call.out(f"evicting pod {key.namespace}/{key.name}")
            subresources.post(call.cluster, key, "eviction", {"deleteOptions": options})
    except ApiError as error:
        if error.reason == "NotFound":
            return True
        if error.code != 429:
            raise CommandError(f'error when evicting pods/"{key.name}" -n "{key.namespace}": {error.message}') from None
        text = f"(will retry after 5s): {error.message}"
        call.err(f'error when evicting pods/"{key.name}" -n "{key.namespace}" {text}')
        return False
    return True


def _await_gone(call: Call, uids: dict[Key, str | None], asked: set[Key], seconds: float) -> None:
    """Let time pass, at most until every pod is gone; each that was asked to go is told when it is."""

    def told(lab: Any = None) -> bool:
        for key in [key for key in uids if key in asked and _uid(call, key) != uids[key]]:
            call.out(f"pod/{key.name} {'deleted' if call.flags['disable-eviction'] else 'evicted'}")
            del uids[key]
        return not uids

    if not told():
        call.lab.run(max(seconds, 0.0), until=told)
        told()


def _uid(call: Call, key: Key) -> str | None:
    obj = call.cluster.get(key)
    return None if obj is None else obj["metadata"].get("uid", "")


def _give_up(call: Call, key: Key, asked: set[Key], limit: float) -> None:
    why = f"global timeout reached: {durations.format_go(limit)}" if limit else f"labkit stopped after {PATIENCE:g} s"
    if key in asked:
        where = f'pod "{key.name}" in namespace "{key.namespace}" to terminate'
        raise CommandError(f"error when waiting for {where}: {why}")
    call.out(f"evicting pod {key.namespace}/{key.name}")
    raise CommandError(f'error when evicting pods/"{key.name}" -n "{key.namespace}": {why}')


def _seconds(text: str) -> float:
    try:
        return durations.parse_go(text) / 1e9
    except FieldError as error:
        why = f'invalid argument "{text}" for "--timeout" flag: {error}'
        raise CommandError(f"error: {why}\nSee 'kubectl drain --help' for usage.") from None
