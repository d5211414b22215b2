"""An experiment: a lab to try things in, the load that comes, and the policies that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import Any

from labkit import apiserver
from labkit.errors import FieldError
from labkit.experiments.freezing import freeze, thaw
from labkit.experiments.scoring import Run, Slo, observed
from labkit.kinds import Key, find
from labkit.lab import Lab

Policy = Any
"""Manifests as `lab.apply` takes them, or a function that is given the lab."""

SEED, LOAD, AUTOSCALER = "seed", "load ", "cluster_autoscaler "


@dataclass(frozen=True)
class Experiment:
    """A lab as it is now, the load on its Services, and what is applied before it comes.

    `load`: for each Service the rate or pattern, as `lab.load` takes them. `policies`: manifests, or functions of a
    lab. `slo`: what counts as a promise kept. The lab itself is left as it is: a run goes on from a copy.
    """

    lab: Lab | bytes
    load: Mapping[str, Any] = field(default_factory=dict)
    policies: Sequence[Policy] = ()
    slo: Slo = field(default_factory=Slo)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def frozen(self) -> Experiment:
        """The same experiment with its lab as bytes, ready for another process."""
        return self if isinstance(self.lab, bytes) else replace(self, lab=freeze(self.lab))

    def run(self, duration: str | float = "1h") -> Run:
        """Run it, and say what became of it. Raises what `lab.apply` and `lab.load` raise."""
        lab = self.prepared()
        begin = lab.now
        lab.run(duration)
        return observed(lab.cluster, begin, self.slo, dict(self.settings))

    def prepared(self) -> Lab:
        """A copy of the lab with policies, settings and load in place, before time goes on."""
        frozen = self.frozen().lab
        assert isinstance(frozen, bytes)
        lab = thaw(frozen)
        asked, others = self._asked()
        for policy in self.policies:
            policy(lab, **asked.get(_name(policy), {})) if callable(policy) else lab.apply(policy)
        loads = dict(self.load)
        for name, value in others.items():
            _set(lab, loads, name, value)
        for target, pattern in loads.items():
            lab.load(target, pattern)
        return lab

    def having(self, settings: Mapping[str, Any]) -> Experiment:
        """The same experiment with these settings.

        A setting is `seed`, `load SERVICE`, `cluster_autoscaler FLAG`, `KIND/NAME FIELD` as in
        `HorizontalPodAutoscaler/web spec.maxReplicas` for an object that is in the lab or among the policies, or
        `FUNCTION ARGUMENT` as in `track target` for a policy `def track(lab, target=60)`.
        """
        return replace(self, settings={**self.settings, **settings})

    def _asked(self) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """The settings that are arguments of policies, by the name of the function, and the others."""
        functions = {_name(one): one for one in self.policies if callable(one)}
        asked: dict[str, dict[str, Any]] = {name: {} for name in functions}
        others = {}
        for name, value in self.settings.items():
            function, _, argument = name.partition(" ")
            if function not in functions:
                others[name] = value
                continue
            if argument not in (known := [*signature(functions[function]).parameters][1:]):
                hint = f"Its arguments are {', '.join(known)}." if known else "It has none but the lab."
                raise FieldError(f'the policy {function} has no argument "{argument}"', hint)
            asked[function][argument] = value
        return asked, others


def _name(policy: Policy) -> str:
    return str(getattr(policy, "__name__", ""))


def _set(lab: Lab, loads: dict[str, Any], name: str, value: Any) -> None:
    if name == SEED:
        lab.cluster.rng.seed(value)
        lab.cluster.traffic_rng.seed(f"traffic/{value}")
    elif name.startswith(LOAD):
        loads[name.removeprefix(LOAD)] = value
    elif name.startswith(AUTOSCALER):
        lab.cluster_autoscaler(**{name.removeprefix(AUTOSCALER): value})
    else:
        _patch(lab, name, value)


def _patch(lab: Lab, name: str, value: Any) -> None:
    target, _, path = name.partition(" ")
    word, _, object_name = target.partition("/")
    row = find(word)
    if row is None or not object_name or not path:
        known = f'"{SEED}", "{LOAD}SERVICE", "{AUTOSCALER}FLAG", "KIND/NAME FIELD" or "FUNCTION ARGUMENT"'
        raise FieldError(f'"{name}" is no setting of an experiment', f"A setting is {known}.")
    change: Any = value
    for part in reversed(path.split(".")):
        change = {part: change}
    key = Key(row.name, "default" if row.namespaced else "", object_name)
    apiserver.patch(lab.cluster, key, change, "merge")
