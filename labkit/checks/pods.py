"""The exercises of lesson 04, Pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labkit.checks.answers import deployment
from labkit.checks.exercise import Exercise, Goal, Sign, Wrong
from labkit.checks.observing import ready
from labkit.checks.pod_health import IT_KEEPS_DYING, SLOW_TO_START
from labkit.kinds.pod import Pod
from labkit.lab import Lab

Object = dict[str, Any]


def pod(containers: str, *, app: str, init: str = "", more: str = "") -> str:
    """A Pod `app`, labelled app=`app`; containers, init containers and `more` are YAML of its spec."""
    parts = [f"  initContainers:\n{init}"] if init else []
    spec = "".join([*parts, f"  containers:\n{containers}", more])
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {app}, labels: {{app: {app}}}}}\nspec:\n{spec}"


def _job(containers: str, app: str, policy: str, init: str = "") -> str:
    made = pod(containers, app=app, init=init, more=f"  restartPolicy: {policy}\n")
    spec = "".join(f"    {line}\n" for line in made.partition("spec:\n")[2].splitlines())
    template = f"  template:\n    metadata: {{labels: {{app: {app}}}}}\n    spec:\n{spec}"
    return f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {app}}}\nspec:\n{template}"


def _statuses(obj: Object) -> Iterator[Object]:
    status = obj.get("status") or {}
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def _versions(lab: Lab, app: str) -> Iterator[Object]:
    """Every version of every pod with the label app=`app` that there ever was."""
    for entry in lab.history:
        new = entry.new
        if entry.key.kind == "Pod" and new and (new["metadata"].get("labels") or {}).get("app") == app:
            yield new


def _all(lab: Lab, app: str) -> list[Pod]:
    """Its pods now, those that have ended too."""
    return [one for one in lab.cluster.items("Pod") if one.metadata.labels.get("app") == app]


# Lesson 04.1: once is enough


def _runs(lab: Lab) -> set[tuple[str, int]]:
    """Every run of a container of report: the pod's uid and the number of the run."""
    return {
        (each["metadata"]["uid"], held["restartCount"])
        for each in _versions(lab, "report") for held in _statuses(each) if held["state"].get("running")
    }  # fmt: skip


def _codes(lab: Lab) -> set[int]:
    ended = [held["state"].get("terminated") for each in _versions(lab, "report") for held in _statuses(each)]
    return {one["exitCode"] for one in ended if one}


def _ending(code: int) -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    return lab.behave("app=report", exits_after="15s", exit_code=code)


def _policies(lab: Lab) -> set[str]:
    return {each.spec.restart_policy for each in _all(lab, "report")}


REPORT = '  - {name: report, image: "shop/report:1.0"}\n'

ONCE_IS_ENOUGH = Exercise(
    name="once-is-enough",
    task="Run shop/report:1.0, labelled app=report, until it ends with exit code 0; after another code, run it again.",
    labs=(lambda: _ending(0), lambda: _ending(1)),
    goals=(
        Goal("A container of a pod labelled app=report has run.", lambda lab: bool(_runs(lab))),
        Goal(
            "After exit code 0 it isn't run again.",
            lambda lab: bool(_runs(lab)) and (0 not in _codes(lab) or len(_runs(lab)) == 1),
        ),
        Goal(
            "After another exit code it is.",
            lambda lab: bool(_runs(lab)) and (not _codes(lab) - {0} or len(_runs(lab)) > 1),
        ),
    ),
    signs=(
        Sign("a Deployment runs a task to its end", lambda lab: any(lab.cluster.items("Deployment"))),
        Sign("Always restarts only after failures", lambda lab: "Always" in _policies(lab)),
        Sign("Never is for tasks", lambda lab: "Never" in _policies(lab)),
    ),
    hints=(
        "What becomes of a container that has ended is said by the pod's restartPolicy.",
        "There are three: Always, OnFailure, Never. Always is what you get if you say nothing.",
    ),
    right=(
        pod(REPORT, app="report", more="  restartPolicy: OnFailure\n"),
        _job(REPORT, "report", "OnFailure"),
        _job(REPORT, "report", "Never"),  # the Job makes a new pod after a failure
    ),
    wrong={
        "the default": Wrong("Always restarts only after failures", pod(REPORT, app="report")),
        "Never": Wrong("Never is for tasks", pod(REPORT, app="report", more="  restartPolicy: Never\n")),
        "a Deployment": Wrong("a Deployment runs a task to its end", deployment("report", 1)),
    },
)

# Lesson 04.2: first the pages


def _fetching(seconds: int) -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    return lab.behave("app=web", container="fetch", exits_after=seconds)


def _moment(obj: Object, container: str, word: str) -> str:
    """When a container's first run started or finished, as in its status; empty if it hasn't."""
    held: Object = next((one for one in _statuses(obj) if one["name"] == container), {"state": {}})
    told = held["state"].get("terminated") or held["state"].get("running") or {}
    return str(told.get(word) or "")


def _fetched_first(lab: Lab) -> bool:
    """Whether fetch had ended well, in each pod, when web began."""
    both = [(_moment(each, "fetch", "finishedAt"), _moment(each, "web", "startedAt")) for each in _objects(lab, "web")]
    return bool(both) and all(finished and began and finished <= began for finished, began in both)


def _objects(lab: Lab, app: str) -> list[Object]:
    return [one for one in lab.get("pods") if (one["metadata"].get("labels") or {}).get("app") == app]


def _places(obj: Object, container: str) -> set[str]:
    """The volumes that a container mounts, but for that of its token."""
    spec = obj["spec"]
    found = [one for one in [*(spec.get("initContainers") or ()), *spec["containers"]] if one["name"] == container]
    mounts = [mount["name"] for one in found for mount in one.get("volumeMounts") or ()]
    return {name for name in mounts if not name.startswith("kube-api-access")}


def _share(lab: Lab, app: str, a: str, b: str) -> bool:
    made = _objects(lab, app)
    return bool(made) and all(_places(each, a) & _places(each, b) for each in made)


def _apart(lab: Lab) -> bool:
    """Whether fetch is there, with no volume in common."""
    return _among(lab, "web", "fetch", "initContainers") and not _share(lab, "web", "fetch", "web")


def _among(lab: Lab, app: str, name: str, field: str, policy: str | None = None) -> bool:
    """Whether `name` is among those containers of a pod, with that restart policy of its own where one is given."""
    found = [one for each in _objects(lab, app) for one in each["spec"].get(field) or () if one["name"] == name]
    return any(policy is None or one.get("restartPolicy", "") == policy for one in found)


VOLUME = "  volumes: [{name: pages, emptyDir: {}}]\n"
FETCH = '  - {name: fetch, image: "shop/fetch:1.0", volumeMounts: [{name: pages, mountPath: /out}]%s}\n'
WEB = '  - {name: web, image: "shop/web:1.0", volumeMounts: [{name: pages, mountPath: /pages, readOnly: true}]}\n'
BARE_FETCH, BARE_WEB = '  - {name: fetch, image: "shop/fetch:1.0"}\n', '  - {name: web, image: "shop/web:1.0"}\n'

FIRST_THE_PAGES = Exercise(
    name="first-the-pages",
    task="Before web starts, fetch must have ended well. What fetch writes into the volume pages, web reads.",
    labs=(lambda: _fetching(10), lambda: _fetching(45)),
    goals=(
        Goal("A pod labelled app=web is ready.", lambda lab: ready(lab, "web") > 0),
        Goal("fetch had ended well when web began.", _fetched_first),
        Goal("Both mount the same volume.", lambda lab: _share(lab, "web", "fetch", "web")),
    ),
    signs=(
        Sign("containers of a pod start one after another", lambda lab: _among(lab, "web", "fetch", "containers")),
        Sign(
            "a sidecar is waited for until it ends", lambda lab: _among(lab, "web", "fetch", "initContainers", "Always")
        ),
        Sign("containers of a pod share their files", _apart),
    ),
    hints=(
        "Containers under initContainers run one after the other, each to its end, before those under containers.",
        "An emptyDir volume under volumes, and a volumeMounts entry of the same name in both containers.",
    ),
    right=(
        pod(WEB, app="web", init=FETCH % "", more=VOLUME),
        pod(WEB, app="web", init=FETCH % "", more="  volumes: [{name: pages, emptyDir: {medium: Memory}}]\n"),
    ),
    wrong={
        "side by side": Wrong(
            "containers of a pod start one after another", pod(FETCH % "" + WEB, app="web", more=VOLUME)
        ),
        "no volume": Wrong("containers of a pod share their files", pod(BARE_WEB, app="web", init=BARE_FETCH)),
        "one mount": Wrong("containers of a pod share their files", pod(WEB, app="web", init=BARE_FETCH, more=VOLUME)),
        "a sidecar": Wrong(
            "a sidecar is waited for until it ends",
            pod(WEB, app="web", init=FETCH % ", restartPolicy: Always", more=VOLUME),
        ),
    },
)

# Lesson 04.3: a helper that knows when to go


def _shipping() -> Lab:
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.behave("app=books", container="books", exits_after="40s")
    return lab.behave("app=books", container="shipper", exits_after="24h")


def _accompanied(lab: Lab) -> bool:
    """Whether the shipper ran, in each pod, when books began."""
    both = [
        (_moment(each, "shipper", "startedAt"), _moment(each, "books", "startedAt")) for each in _objects(lab, "books")
    ]
    return bool(both) and all(helper and began and helper <= began for helper, began in both)


def _done(lab: Lab) -> bool:
    return any(each.status.phase == "Succeeded" for each in _all(lab, "books"))


LOG = "  volumes: [{name: log, emptyDir: {}}]\n"
BOOKS = '  - {name: books, image: "shop/books:1.0", volumeMounts: [{name: log, mountPath: /log}]}\n'
SHIPPER = '  - {name: shipper, image: "shop/shipper:1.0", volumeMounts: [{name: log, mountPath: /log}]%s}\n'
AS_SIDECAR = SHIPPER % ", restartPolicy: Always"
ONCE = LOG + "  restartPolicy: OnFailure\n"

A_HELPER = Exercise(
    name="a-helper",
    task="shop/shipper:1.0 sends away what books writes. It must run before books begins; the pod must end with books.",
    labs=(_shipping,),
    goals=(
        Goal("The shipper was running when books began.", _accompanied),
        Goal("books and shipper mount the same volume.", lambda lab: _share(lab, "books", "books", "shipper")),
        Goal("When books has ended well, the pod is Succeeded.", _done),
    ),
    signs=(
        Sign("a helper helps from another pod", lambda lab: len(_all(lab, "books")) > 1),
        Sign(
            "a helper among the containers ends with the others",
            lambda lab: _among(lab, "books", "shipper", "containers"),
        ),
        Sign("an init container may run on", lambda lab: _among(lab, "books", "shipper", "initContainers", "")),
        Sign("Always restarts only after failures", lambda lab: not _done(lab)),
    ),
    hints=(
        "A sidecar starts before the main containers, runs beside them, and is stopped when they are done.",
        "It stands under initContainers and has a restartPolicy of its own. The pod needs one as well, to have an end.",
    ),
    right=(
        pod(BOOKS, app="books", init=AS_SIDECAR, more=ONCE),
        pod(BOOKS, app="books", init=AS_SIDECAR, more=LOG + "  restartPolicy: Never\n"),
    ),
    wrong={
        "side by side": Wrong(
            "a helper among the containers ends with the others", pod(SHIPPER % "" + BOOKS, app="books", more=ONCE)
        ),
        "a plain init container": Wrong(
            "an init container may run on", pod(BOOKS, app="books", init=SHIPPER % "", more=ONCE)
        ),
        "the pod's default": Wrong(
            "Always restarts only after failures", pod(BOOKS, app="books", init=AS_SIDECAR, more=LOG)
        ),
        "two pods": Wrong(
            "a helper helps from another pod",
            pod(BOOKS, app="books", more=ONCE)
            + "---\n"
            + pod(SHIPPER % "", app="books", more=ONCE).replace("name: books, labels", "name: shipper, labels"),
        ),
    },
)

# What the lesson's troubleshooting looks at

_PROBE = "{httpGet: {port: 80}, periodSeconds: 5}"


def ailing() -> Lab:
    """Three pods that aren't well, each for a reason of its own, six minutes after they were made."""
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.behave("app=seats", ready=False)
    lab.behave("app=stock", starts_in="40s")
    lab.behave("app=price", starts_in="12s", memory="300Mi")
    for app, more in (
        ("seats", f", readinessProbe: {_PROBE}"),
        ("stock", f", livenessProbe: {_PROBE}"),
        ("price", ", resources: {limits: {memory: 256Mi}}"),
    ):
        lab.apply(pod(f'  - {{name: {app}, image: "shop/{app}:1.0"{more}}}\n', app=app))
    return lab.run("6m")


EXERCISES = (ONCE_IS_ENOUGH, FIRST_THE_PAGES, A_HELPER, SLOW_TO_START, IT_KEEPS_DYING)
