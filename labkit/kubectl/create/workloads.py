"""`kubectl create deployment`, `job`, `cronjob`, and `kubectl run`.

Sources: kubectl pkg/cmd/create/create_{deployment,job,cronjob}.go and pkg/cmd/run/run.go, v1.32.5.
"""

from __future__ import annotations

import json
import re
from typing import Any

from labkit.errors import CommandError
from labkit.kubectl.call import Call
from labkit.kubectl.create.generator import FLAGS, Object, generator, manifest, require, send, without_nulls
from labkit.kubectl.parser import Flag, command, usage_error
from labkit.kubectl.resources import select
from labkit.lifecycle import merged

IMAGES = Flag("image", "", "list", help="The image; several make several containers")
IMAGE = Flag("image", help="The image")
POLICIES = ("Always", "OnFailure", "Never")


@generator(
    "deployment",
    "deploy",
    usage="NAME --image=image -- [COMMAND] [args...]",
    flags=(IMAGES, Flag("replicas", "r", "int", 1, help="How many pods"), Flag("port", "", "int", -1, help="A port")),
    required=("image",),
    failed="failed to create deployment: ",
)
def deployment(call: Call, name: str) -> Object:
    """Create a deployment with the specified name."""
    images, words = call.flags["image"], call.after_dashes or []
    if len(images) > 1 and words:
        raise CommandError("error: cannot specify multiple --image options and command")
    containers = [container(name_of_image(image), image, command=words) for image in images]
    if call.flags["port"] >= 0:
        containers[0]["ports"] = [{"containerPort": call.flags["port"]}]
    labels = {"app": name}
    spec = {
        "replicas": call.flags["replicas"],
        "selector": {"matchLabels": labels},
        "strategy": {},
        "template": {"metadata": {"creationTimestamp": None, "labels": labels}, "spec": {"containers": containers}},
    }
    return manifest("apps/v1", "Deployment", name, labels=labels, spec=spec, status={})


def container(name: str, image: str, **more: Any) -> Object:
    """A container; parts that are empty are left out."""
    return {"image": image, "name": name, "resources": {}} | {key: value for key, value in more.items() if value}


def name_of_image(image: str) -> str:
    """The container's name: the image's last word without tag or digest."""
    return re.split("[:@]", image.rpartition("/")[2])[0].replace("_", "-").replace(".", "-")


@generator(
    "job",
    usage="NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]",
    flags=(IMAGE, Flag("from", help="The cronjob to run now, as cronjob/name")),
    failed="failed to create job: ",
)
def job(call: Call, name: str) -> Object:
    """Create a job with the specified name."""
    image, origin, words = call.flags["image"], call.flags["from"], call.after_dashes or []
    if bool(image) == bool(origin):
        raise CommandError("error: either --image or --from must be specified")
    if origin and words:
        raise CommandError("error: cannot specify --from and command")
    if origin:
        return _from_cron_job(call, name)
    template = _pod_template(container(name, image, command=words), "Never")
    return manifest("batch/v1", "Job", name, spec={"template": template}, status={})


def _pod_template(one: Object, restart: str) -> Object:
    return {"metadata": {"creationTimestamp": None}, "spec": {"containers": [one], "restartPolicy": restart}}


def _from_cron_job(call: Call, name: str) -> Object:
    found = select(call, [call.flags["from"]])
    if found.errors:
        raise found.errors[0]
    item = found.items[0]
    if item.kind.name != "CronJob":
        raise CommandError(f"error: unknown object type *v1.{item.kind.name}")
    template = item.obj["spec"]["jobTemplate"]
    meta = template.get("metadata") or {}
    notes = {"cronjob.kubernetes.io/instantiate": "manual", **(meta.get("annotations") or {})}
    owner = {"apiVersion": "batch/v1", "controller": True, "kind": "CronJob", "name": item.key.name}
    made = manifest(
        "batch/v1", "Job", name, labels=meta.get("labels"), annotations=notes, spec=template["spec"], status={}
    )
    made["metadata"]["ownerReferences"] = [{**owner, "uid": item.obj["metadata"]["uid"]}]
    return made


@generator(
    "cronjob",
    "cj",
    usage="NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...]",
    flags=(IMAGE, Flag("schedule", help="When, in cron format"), Flag("restart", help="OnFailure or Never")),
    required=("image", "schedule"),
    failed="failed to create cronjob: ",
)
def cron_job(call: Call, name: str) -> Object:
    """Create a cron job with the specified name."""
    restart = call.flags["restart"] or "OnFailure"
    template = _pod_template(container(name, call.flags["image"], command=call.after_dashes), restart)
    job_template = {"metadata": {"creationTimestamp": None, "name": name}, "spec": {"template": template}}
    spec = {"jobTemplate": job_template, "schedule": call.flags["schedule"]}
    return manifest("batch/v1", "CronJob", name, spec=spec, status={})


@command(
    "run",
    "kubectl run NAME --image=image [--env='key=value'] [--port=port] [--dry-run=server|client] [--overrides=json] "
    "[--command] -- [COMMAND] [args...]",
    "Run a particular image on the cluster.",
    IMAGE,
    Flag("restart", default="Always", help="Always, OnFailure or Never"),
    Flag("labels", "l", "list", help="Labels, as key=value"),
    Flag("annotations", "", "array", help="Annotations, as key=value"),
    Flag("env", "", "array", help="Environment variables, as NAME=value"),
    Flag("port", help="A port"),
    Flag("image-pull-policy", help="Always, IfNotPresent or Never"),
    Flag("command", "", "bool", help="The words after -- are the command, not its arguments"),
    Flag("overrides", help="JSON that is merged into the pod"),
    Flag("override-type", default="merge", help="merge"),
    Flag("quiet", "q", "bool", help="Taken"),
    *[Flag(name, short, "bool", help="Not simulated") for name, short in
      (("rm", ""), ("stdin", "i"), ("tty", "t"), ("attach", ""), ("expose", ""), ("privileged", ""))],
    *FLAGS,
)  # fmt: skip
def run(call: Call) -> None:
    """Create a pod with one container."""
    require(call, ("image",))
    if not call.args:
        raise usage_error(call, "NAME is required for run")
    for flag in ("rm", "stdin", "tty", "attach", "expose", "privileged"):
        if call.flags[flag]:
            raise CommandError(f"error: labkit does not simulate --{flag}: no program runs in its containers")
    if call.flags["restart"] not in POLICIES:
        raise CommandError(f"error: invalid restart policy: {call.flags['restart']}")
    pod = _pod(call, call.args[0], call.args[1:])
    send(call, merged(pod, _overrides(call)))


def _pod(call: Call, name: str, words: list[str]) -> Object:
    flags = call.flags
    ports = [{"containerPort": _port(flags["port"])}] if flags["port"] else []
    parts: Object = {
        "command" if flags["command"] else "args": words,
        "env": [_variable(each) for each in flags["env"]],
    }
    made = container(name, flags["image"], ports=ports, imagePullPolicy=flags["image-pull-policy"], **parts)
    labels = pairs(flags["labels"]) if flags["labels"] else {"run": name}
    spec = {"containers": [made], "dnsPolicy": "ClusterFirst", "restartPolicy": flags["restart"]}
    notes = pairs(flags["annotations"])
    return manifest("v1", "Pod", name, labels=labels, annotations=notes, spec=spec, status={})


def pairs(words: list[str]) -> dict[str, str]:
    """`a=1` words as a map; CommandError for a word without `=`."""
    for word in words:
        if "=" not in word:
            raise CommandError(f"error: unexpected label spec: {word}")
    return dict(word.split("=", 1) for word in words)


def _variable(word: str) -> Object:
    name, equals, value = word.partition("=")
    if not equals:
        raise CommandError(f"error: invalid env: {word}")
    return {"name": name, "value": value} if value else {"name": name}


def _port(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CommandError(f'error: strconv.Atoi: parsing "{text}": invalid syntax') from None


def _overrides(call: Call) -> Object:
    text = call.flags["overrides"]
    if not text:
        return {}
    try:
        body = json.loads(text)
    except ValueError as error:
        raise CommandError(f"error: Invalid JSON Patch: {error}") from None
    if not isinstance(body, dict):
        raise CommandError("error: Invalid JSON Patch: the overrides are no object")
    return {key: value for key, value in without_nulls(body).items() if key not in ("apiVersion", "kind")}
