"""Profiles from a `KubeSchedulerConfiguration`, the file that the real kube-scheduler is started with.

What it refuses is refused here, in its words. Accepted without effect: what concerns leader election, connections,
metrics and back-off, the points Reserve, PreScore, Permit and Bind, and timeouts.
Source: kube-scheduler config/v1/types.go, pkg/scheduler/apis/config/{v1/defaults,validation/validation}.go,
pkg/scheduler/{scheduler,profile/profile}.go, v1.36.
Left out: extenders (refused), arguments of plugins that are not of the default profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from labkit.errors import Cause, ManifestError
from labkit.kinds.meta import Struct
from labkit.manifests import read
from labkit.manifests.causes import duplicate, invalid, required
from labkit.scheduler.pernode import as_plugin
from labkit.scheduler.pluginargs import KNOWN, Args
from labkit.scheduler.pluginsets import METHODS, PluginError, Plugins, chosen
from labkit.scheduler.profile import DEFAULT, PLUGINS, WEIGHTS, Profile
from labkit.scheduler.strictness import unknown_fields

API_VERSION = "kubescheduler.config.k8s.io/v1"
KIND = "KubeSchedulerConfiguration"
REMOVED = ("AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits")

Object = dict[str, Any]
Source = Any
"""YAML or JSON text, a path, a dict, a Profile or a sequence of Profiles."""


class PluginConfig(Struct):
    """The arguments of one plugin."""

    name: str
    args: Object | None = None


class SchedulerProfile(Struct):
    """One profile as written."""

    scheduler_name: str | None = None
    percentage_of_nodes_to_score: int | None = None
    plugins: Plugins = Plugins()
    plugin_config: tuple[PluginConfig, ...] = ()


class Configuration(Struct):
    """The whole file; what is typed Any has no effect here."""

    api_version: str
    kind: str
    profiles: tuple[SchedulerProfile, ...] = ()
    percentage_of_nodes_to_score: int | None = None
    extenders: tuple[Object, ...] = ()
    parallelism: Any = None
    leader_election: Any = None
    client_connection: Any = None
    healthz_bind_address: Any = None
    metrics_bind_address: Any = None
    enable_profiling: Any = None
    enable_contention_profiling: Any = None
    pod_initial_backoff_seconds: Any = None
    pod_max_backoff_seconds: Any = None
    delay_cache_until_active: Any = None


def profiles(source: Source, plugins: Iterable[Any] = ()) -> tuple[Profile, ...]:
    """The profiles of a configuration; a Profile, or several, are taken as they are.

    `plugins`: those of your own that the configuration may name. Raises ManifestError, in the real scheduler's words.
    """
    if isinstance(source, Profile):
        return (source,)
    if isinstance(source, list | tuple) and source and all(isinstance(one, Profile) for one in source):
        return tuple(source)
    found = decoded(source)
    wrong = list(problems(found))
    if wrong:
        raise ManifestError(aggregated(wrong))
    registry = {one.name: one for one in (*PLUGINS, *map(as_plugin, plugins))}
    listed = found.profiles or (SchedulerProfile(),)
    return tuple(_profile(one, found.percentage_of_nodes_to_score or 0, registry) for one in listed)


# Reading


def decoded(source: Source) -> Configuration:
    """The configuration, decoded strictly; ManifestError for anything else, and for fields that don't exist."""
    documents = read(source)
    if len(documents) != 1:
        raise ManifestError(f"a scheduler's configuration is one document, not {len(documents)}")
    obj = documents[0].obj
    told = str(obj.get("kind", "")), str(obj.get("apiVersion", ""))
    if told != (KIND, API_VERSION):
        wanted = f"A scheduler's configuration has kind {KIND} and apiVersion {API_VERSION}."
        raise ManifestError(f'no kind "{told[0]}" is registered for version "{told[1]}"', wanted)
    unknown = list(unknown_fields(obj, Configuration))
    if unknown:
        raise ManifestError(strict(unknown))
    found: Configuration = _converted(obj, Configuration)
    if found.extenders:
        raise ManifestError("extenders are not simulated", "Write a plugin instead: Profile.with_plugin.")
    return found


def arguments(config: PluginConfig, place: str) -> Args:
    """A plugin's arguments, decoded strictly."""
    struct, given = KNOWN[config.name].args, config.args or {}
    kind = str(given.get("kind", f"{config.name}Args"))
    group = API_VERSION.partition("/")[0]
    if kind != f"{config.name}Args":
        wanted = f"were not of type {config.name}Args.{group}, got {kind}.{group}"
        raise ManifestError(f"decoding {place}: args for plugin {config.name} {wanted}")
    unknown = list(unknown_fields(given, struct))
    if unknown:
        told = f"decoding args for plugin {config.name}: {strict(unknown)}"
        raise ManifestError(f"strict decoding error: decoding {place}: strict decoding error: {told}")
    found: Args = _converted(given, struct, f"decoding {place}: decoding args for plugin {config.name}: ")
    return found


def strict(unknown: Iterable[str]) -> str:
    """What a strict decoder says of fields that don't exist."""
    return "strict decoding error: " + ", ".join(f'unknown field "{path}"' for path in unknown)


def _converted(obj: Object, struct: type[Any], said: str = "") -> Any:
    try:
        return msgspec.convert(obj, struct)
    except msgspec.ValidationError as error:
        raise ManifestError(f"{said}{error}") from None


# Validating


def problems(found: Configuration) -> Iterator[Cause]:
    """What is wrong with a configuration, profile by profile."""
    taken: dict[str, str] = {}
    for number, one in enumerate(found.profiles):
        path = f"profiles[{number}]"
        name = one.scheduler_name if len(found.profiles) > 1 else one.scheduler_name or DEFAULT.name
        if not name:
            yield required(f"{path}.schedulerName")
        yield from percentage(f"{path}.percentageOfNodesToScore", one.percentage_of_nodes_to_score)
        yield from config_problems(one, f"{path}.pluginConfig", f".{path}.pluginConfig")
        if name and name in taken:
            yield duplicate(f"{path}.schedulerName", name)
        taken[name or ""] = path
    yield from percentage("percentageOfNodesToScore", found.percentage_of_nodes_to_score)


def percentage(path: str, value: int | None) -> Iterator[Cause]:
    """A percentage of nodes is 0 to 100."""
    if value is not None and not 0 <= value <= 100:
        yield invalid(path, value, "not in valid range [0-100]")


def config_problems(one: SchedulerProfile, path: str, place: str) -> Iterator[Cause]:
    """What is wrong with the arguments of a profile's plugins. Those of NodeResourcesFit are looked at later."""
    names = [config.name for config in one.plugin_config]
    for number, config in enumerate(one.plugin_config):
        if config.name in names[:number]:
            yield duplicate(f"{path}[{number}]", config.name)
        if config.name in REMOVED:
            text = f'was invalid in version "{API_VERSION}" (KubeSchedulerConfiguration is version "{API_VERSION}")'
            yield invalid(f"{path}[{number}]", config.name, text)
        if config.name in KNOWN:
            args = arguments(config, f"{place}[{number}]")
            if config.name != "NodeResourcesFit":
                yield from KNOWN[config.name].problems(args, f"{path}[{number}].args.")


def aggregated(causes: Iterable[Cause]) -> str:
    """Several errors as one text."""
    texts = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


# Making


def _profile(one: SchedulerProfile, everywhere: int, registry: Mapping[str, Any]) -> Profile:
    name = one.scheduler_name or DEFAULT.name
    said = f"initializing profiles: creating profile for scheduler name {name}: "
    equipped = _equipped(one, registry, said)
    try:
        points, weights = chosen(one.plugins, equipped)
    except PluginError as error:
        raise ManifestError(f"{said}{error}") from None
    if len(points["queueSort"]) != 1:
        needed = f'only one queue sort plugin required for profile with scheduler name "{name}"'
        raise ManifestError(f"{said}{needed}, but got {len(points['queueSort'])}", "The default one is PrioritySort.")
    if not points["bind"]:
        needed = f'at least one bind plugin is needed for profile with scheduler name "{name}"'
        raise ManifestError(f"{said}{needed}", "The default one is DefaultBinder.")
    own = one.percentage_of_nodes_to_score
    made = Profile(name, DEFAULT.plugins, WEIGHTS, everywhere if own is None else own)
    return _running(made, {METHODS[point]: points[point] for point in METHODS}, weights, equipped)


def _equipped(one: SchedulerProfile, registry: Mapping[str, Any], said: str) -> dict[str, Any]:
    equipped = dict(registry)
    for number, config in enumerate(one.plugin_config):
        if config.name not in KNOWN:
            continue
        args, known = arguments(config, f".pluginConfig[{number}]"), KNOWN[config.name]
        wrong = list(known.problems(args, "")) if config.name == "NodeResourcesFit" else []
        if wrong:
            raise ManifestError(f'{said}initializing plugin "{config.name}": {aggregated(wrong)}')
        if config.name in registry:
            equipped[config.name] = known.apply(registry[config.name], args)
    return equipped


def _running(
    profile: Profile, points: Mapping[str, tuple[str, ...]], weights: Mapping[str, int], equipped: Mapping[str, Any]
) -> Profile:
    used = {name for names in points.values() for name in names}
    order = dict.fromkeys([*(one.name for one in PLUGINS if one.name in used), *sum(points.values(), ())])
    running = replace(profile, plugins=tuple(equipped[name] for name in order if name in equipped))
    for name in points["filter"]:
        if hasattr(equipped.get(name), "prefilter") and name not in points["prefilter"]:
            raise ManifestError(
                f'plugin "{name}" filters without its preFilter', "The real scheduler starts, but fails on every pod."
            )
    every = {point: tuple(one.name for one in running.offering(point)) for point in points}
    other = {point: names for point, names in points.items() if names != every[point]}
    scoring = {name: weights[name] for name in points["score"] if name in equipped}
    return replace(running, points=other, weights=WEIGHTS if scoring == WEIGHTS else scoring)
