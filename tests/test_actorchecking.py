"""What check_controller finds, and that the project's own controllers pass."""

from __future__ import annotations

import random
from typing import Any

import pytest

from labkit import Key, check_controller
from labkit.autoscaling.hpa.controller import HorizontalPodAutoscalers
from labkit.controllers import CONTROLLERS
from labkit.controllers.servicelb import ServiceLoadBalancers


def findings(controller: Any) -> dict[str, str]:
    return {one.where: one.sentence for one in check_controller(controller).findings}


@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda one: one.__name__)
def test_the_projects_own_controllers_are_controllers(controller: Any) -> None:
    report = check_controller(controller)
    assert report, str(report)


def test_so_are_those_that_a_lab_may_have_besides() -> None:
    for controller in (ServiceLoadBalancers(20.0), HorizontalPodAutoscalers()):
        report = check_controller(controller)
        assert report, str(report)


def namespace_of(cluster, entry):
    return [Key("Namespace", "", entry.key.namespace)]


class ConfigCounter:
    """Writes the number of a namespace's ConfigMaps on it."""

    name = "config-counter"
    watches = {"ConfigMap": namespace_of}

    def reconcile(self, cluster, key):
        self.count(cluster, key, str(len(cluster.keys("ConfigMap", key.name))))

    def count(self, cluster, key, text):
        if cluster.get(key) is not None:
            cluster.patch(key, {"metadata": {"annotations": {"configmaps": text}}})


def test_ten_lines_are_a_controller() -> None:
    report = check_controller(ConfigCounter)
    assert report.ok
    assert str(report) == "config-counter is a controller: nothing was found."


def test_what_is_missing_is_said() -> None:
    class Bare:
        def reconcle(self, cluster, key): ...

    found = findings(Bare)
    assert set(found) == {"name", "watches", "reconcile"}
    assert found["reconcile"].endswith("should reconcle be it?")


def test_a_kind_that_is_not_there_is_named() -> None:
    class Misspelt(ConfigCounter):
        watches = {"Configmap": namespace_of}

    assert findings(Misspelt)["watches"] == "there is no kind 'Configmap'; did you mean 'ConfigMap'?"


def test_a_class_that_wants_arguments_is_not_made() -> None:
    class Wanting(ConfigCounter):
        def __init__(self, what):
            self.what = what

    assert "made without arguments" in findings(Wanting)["making it"]


def test_writing_again_is_found() -> None:
    class Appending(ConfigCounter):
        def count(self, cluster, key, text):
            before = (cluster.get(key) or {"metadata": {}})["metadata"].get("annotations", {}).get("configmaps", "")
            super().count(cluster, key, before + text)

    assert (
        "it wrote once more (update of Namespace default); compare before you write" in findings(Appending)["reconcile"]
    )


def test_a_memory_is_found() -> None:
    class Remembering(ConfigCounter):
        def __init__(self):
            self.seen = []

        def reconcile(self, cluster, key):
            self.seen.append(key)
            super().reconcile(cluster, key)

    assert "it keeps something on itself" in findings(Remembering)["memory"]


HEARD: list[Key] = []


def test_a_memory_elsewhere_is_found() -> None:
    class Global(ConfigCounter):
        def count(self, cluster, key, text):
            HEARD.append(key)
            if cluster.clock.now < 1:
                super().count(cluster, key, str(len(HEARD)))

    assert "in two worlds of one seed it did two things" in findings(Global)["reconcile"]


def test_chance_is_found() -> None:
    class Chancy(ConfigCounter):
        def count(self, cluster, key, text):
            if "annotations" not in cluster.require(key)["metadata"]:
                super().count(cluster, key, str(random.random()))

    assert "draw from cluster.rng" in findings(Chancy)["reconcile"]


def test_a_change_in_place_is_found() -> None:
    class Careless(ConfigCounter):
        def count(self, cluster, key, text):
            cluster.require(key)["metadata"]["labels"] = {"configmaps": text}

    assert findings(Careless)["reconcile"].startswith("it changed an object in place")


def test_events_in_place_of_keys_are_found() -> None:
    class Eventful(ConfigCounter):
        watches = {"ConfigMap": lambda cluster, entry: [entry.new]}

    assert findings(Eventful)["watches['ConfigMap']"].startswith("it gave what changed; give its key")


def test_wrong_answers_and_failures_are_found() -> None:
    class Telling(ConfigCounter):
        def reconcile(self, cluster, key):
            return True

    class Failing(ConfigCounter):
        def reconcile(self, cluster, key):
            return cluster.require(key)["spec"]["nothing"]

    class Busy(ConfigCounter):
        def reconcile(self, cluster, key):
            return 0

    assert findings(Telling)["reconcile"].startswith("it returned True; return None, or the seconds")
    assert "it failed for Namespace default: KeyError: 'nothing'" in findings(Failing)["reconcile"]
    assert "it was called 500 times at one moment" in findings(Busy)["reconcile"]
