"""`kubectl create namespace`, `serviceaccount`, `quota`, `poddisruptionbudget` and `priorityclass`.

Sources: kubectl pkg/cmd/create/create_{namespace,serviceaccount,quota,pdb,priorityclass}.go, v1.32.5.
"""

from __future__ import annotations

from labkit.errors import CommandError, FieldError
from labkit.fields import quantity, selectors
from labkit.fields.requirements import Requirement
from labkit.kubectl.call import Call
from labkit.kubectl.create.generator import Object, generator, manifest
from labkit.kubectl.parser import Flag

COUNTS = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")


@generator("namespace", "ns", usage="NAME [--dry-run=server|client|none]")
def namespace(call: Call, name: str) -> Object:
    """Create a namespace with the specified name."""
    return manifest("v1", "Namespace", name, spec={}, status={})


@generator("serviceaccount", "sa", usage="NAME", failed="failed to create serviceaccount: ")
def service_account(call: Call, name: str) -> Object:
    """Create a service account with the specified name."""
    return manifest("v1", "ServiceAccount", name)


@generator(
    "quota",
    "resourcequota",
    usage="NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2]",
    flags=(Flag("hard", help="resource=amount pairs"), Flag("scopes", help="Scopes")),
    failed="failed to create quota: ",
)
def quota(call: Call, name: str) -> Object:
    """Create a quota with the specified name."""
    spec: Object = {}
    if call.flags["hard"]:
        spec["hard"] = dict(_amount(word) for word in call.flags["hard"].split(","))
    if call.flags["scopes"]:
        spec["scopes"] = call.flags["scopes"].split(",")
    return manifest("v1", "ResourceQuota", name, spec=spec, status={})


def _amount(word: str) -> tuple[str, str]:
    resource, equals, amount = word.partition("=")
    if not equals or "=" in amount:
        raise CommandError(f"error: Invalid argument syntax {word}, expected <resource>=<value>")
    try:
        return resource, quantity.canonical(amount)
    except FieldError as error:
        raise CommandError(f"error: {error.message}") from None


@generator(
    "poddisruptionbudget",
    "pdb",
    usage="NAME --selector=SELECTOR --min-available=N",
    flags=(
        Flag("selector", help="The pods"),
        Flag("min-available", help="A number or percentage"),
        Flag("max-unavailable", help="A number or percentage"),
    ),
    failed="failed to create poddisruptionbudgets: ",
)
def pod_disruption_budget(call: Call, name: str) -> Object:
    """Create a pod disruption budget with the specified name."""
    flags = call.flags
    least, most = flags["min-available"], flags["max-unavailable"]
    if not flags["selector"]:
        raise CommandError("error: a selector must be specified")
    if not least and not most:
        raise CommandError("error: one of min-available or max-unavailable must be specified")
    if least and most:
        raise CommandError("error: min-available and max-unavailable cannot be both specified")
    spec: Object = {"minAvailable" if least else "maxUnavailable": _int_or_text(least or most)}
    spec["selector"] = label_selector(flags["selector"])
    return manifest("policy/v1", "PodDisruptionBudget", name, spec=spec, status=dict.fromkeys(COUNTS, 0))


def _int_or_text(text: str) -> int | str:
    return int(text) if text.removeprefix("-").isdigit() else text


def label_selector(text: str) -> Object:
    """A selector as it is typed, `app=web,tier in (front)`, as manifests have it."""
    try:
        requirements = selectors.parse(text).requirements
    except FieldError as error:
        raise CommandError(f"error: {error.message}") from None
    exact = {each.key: each.values[0] for each in requirements if each.operator in ("=", "==")}
    others = [_expression(each) for each in requirements if each.operator not in ("=", "==")]
    return ({"matchExpressions": others} if others else {}) | ({"matchLabels": exact} if exact else {})


OPERATORS = {"in": "In", "notin": "NotIn", "!=": "NotIn", "exists": "Exists", "!": "DoesNotExist"}


def _expression(each: Requirement) -> Object:
    values = {"values": list(each.values)} if each.values else {}
    return {"key": each.key, "operator": OPERATORS[each.operator], **values}


@generator(
    "priorityclass",
    "pc",
    usage="NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]",
    flags=(
        Flag("value", "", "int", 0, help="The priority"),
        Flag("global-default", "", "bool", help="For pods that name none"),
        Flag("description", help="What it is for"),
        Flag("preemption-policy", default="PreemptLowerPriority", help="PreemptLowerPriority or Never"),
    ),
    required=("value",),
    failed="failed to create priorityclass: ",
)
def priority_class(call: Call, name: str) -> Object:
    """Create a priority class with the specified name."""
    flags = call.flags
    parts: Object = {"value": flags["value"], "preemptionPolicy": flags["preemption-policy"]}
    parts |= {"description": flags["description"]} if flags["description"] else {}
    parts |= {"globalDefault": True} if flags["global-default"] else {}
    return manifest("scheduling.k8s.io/v1", "PriorityClass", name, **parts)
