"""`kubectl set env`.

Source: kubectl pkg/cmd/set/set_env.go and env/env_parse.go, v1.32.5; the texts are theirs.
"""

from __future__ import annotations

from functools import partial

from labkit.errors import CommandError
from labkit.kubectl.call import Call
from labkit.kubectl.changes import report
from labkit.kubectl.parser import Flag, command
from labkit.kubectl.resources import Item, select
from labkit.kubectl.set.templates import CONTAINERS, FLAGS, Object, pod_spec, split_arguments, update, with_containers


@command(
    "set env",
    "kubectl set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N",
    "Update environment variables on a pod template.",
    CONTAINERS,
    Flag("list", "", "bool", help="Show the variables"),
    Flag("env", "e", "array", help="Variables, as KEY=value"),
    Flag("overwrite", "", "bool", True, help="Change variables that are set already"),
    Flag("from", help="A configmap or secret whose entries become variables"),
    Flag("prefix", help="What the names of --from begin with"),
    Flag("keys", "", "list", help="Which entries of --from"),
    *FLAGS,
)
def env(call: Call) -> None:
    """Set, remove or list the variables of containers."""
    objects, words = split_arguments(call.args)
    words += call.flags["env"]
    if call.flags["list"]:
        _list(call, objects)
        return
    add = dict(word.split("=", 1) for word in words if "=" in word)
    remove = [word[:-1] for word in words if "=" not in word]
    variables = [{"name": name, "value": value} for name, value in add.items()] + _from(call)
    if not variables and not remove:
        raise CommandError("error: at least one environment variable must be provided")
    change = partial(_with_variables, call, variables, remove)
    spec = partial(with_containers, names=call.flags["containers"], change=change)
    update(call, objects, spec, "env updated", "failed to patch env update to pod template:")


def _with_variables(call: Call, variables: list[Object], remove: list[str], container: Object) -> Object:
    """The container with its variables: changed ones stay in their place, new ones follow."""
    old = container.get("env") or []
    given = {each["name"]: each for each in variables}
    known = {each["name"] for each in old}
    taken = next((name for name in given if name in known), None)
    if taken and not call.flags["overwrite"]:
        raise CommandError(f"error: '{taken}' already has a value, and --overwrite is false")
    kept = [given.get(each["name"], each) for each in old if each["name"] not in remove]
    new = kept + [each for name, each in given.items() if name not in known]
    others = {key: value for key, value in container.items() if key != "env"}
    return {**others, "env": new} if new else others


def _from(call: Call) -> list[Object]:
    """Variables for the entries of a ConfigMap or Secret: names in capitals, `-` and `.` as `_`."""
    source = call.flags["from"]
    if not source:
        return []
    found = select(call, [source])
    if found.errors:
        raise found.errors[0]
    item = found.items[0]
    fields = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
    if item.kind.name not in fields:
        raise CommandError(f"error: unsupported resource specified in --from: {item.kind.plural}")
    chosen = call.flags["keys"] or sorted(item.obj.get("data") or {})
    return [
        {"name": _name(call, key), "valueFrom": {fields[item.kind.name]: {"key": key, "name": item.key.name}}}
        for key in chosen
    ]


def _name(call: Call, key: str) -> str:
    named = key.upper().replace("-", "_").replace(".", "_")
    return f"{call.flags['prefix']}{named}"


def _list(call: Call, objects: list[str]) -> None:
    found = select(call, objects)
    for item in found.items:
        for container in pod_spec(item).get("containers") or ():
            call.out(f"# {item.kind.name} {item.key.name}, container {container['name']}")
            for variable in container.get("env") or ():
                call.out(_shown(item, variable))
    report(call, list(found.errors))


def _shown(item: Item, variable: Object) -> str:
    source = variable.get("valueFrom")
    if not source:
        return f"{variable['name']}={variable.get('value', '')}"
    for field, kind in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
        if field in source:
            return f"# {variable['name']} from {kind} {source[field].get('name', '')}, key {source[field]['key']}"
    if "fieldRef" in source:
        return f"# {variable['name']} from field path {source['fieldRef']['fieldPath']}"
    return f"# {variable['name']} from resource {source.get('resourceFieldRef', {}).get('resource', '')}"
