"""`kubectl expose` and `kubectl autoscale`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key


def spec(lab, kind, name):
    return lab.cluster.require(Key(kind, "default", name))["spec"]


def test_a_service_selects_the_pods_of_the_workload(lab):
    assert lab.kubectl("expose deploy web --port=80 --target-port=8080").stdout == "service/web exposed\n"
    found = spec(lab, "Service", "web")
    assert found["selector"] == {"app": "web"}
    assert found["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 8080}]


def test_a_pod_is_exposed_by_its_labels_and_ports(lab):
    ports = [{"containerPort": 5432}, {"containerPort": 53, "protocol": "UDP"}]
    lab.add("Pod", "db", labels={"app": "db"}, spec={"containers": [{"name": "c", "image": "x", "ports": ports}]})
    assert lab.kubectl("expose pod db --name=sql --type=NodePort").stdout == "service/sql exposed\n"
    found = spec(lab, "Service", "sql")
    named = [(port["name"], port["port"], port["protocol"]) for port in found["ports"]]
    assert (found["selector"], found["type"]) == ({"app": "db"}, "NodePort")
    assert named == [("port-1", 5432, "TCP"), ("port-2", 53, "UDP")]


def test_an_autoscaler_is_made(lab):
    text = lab.kubectl("autoscale deploy web --min=2 --max=5 --cpu-percent=80").stdout
    assert text == "horizontalpodautoscaler.autoscaling/web autoscaled\n"
    found = spec(lab, "HorizontalPodAutoscaler", "web")
    assert (found["minReplicas"], found["maxReplicas"]) == (2, 5)
    assert found["metrics"][0]["resource"]["target"]["averageUtilization"] == 80


@pytest.mark.parametrize("command", ["expose deploy web --port=80", "autoscale deploy web --max=3"])
def test_a_dry_run_makes_nothing(lab, command):
    before = lab.cluster.version
    assert lab.kubectl(f"{command} --dry-run=client").stdout.endswith("(dry run)\n")
    assert lab.cluster.version == before


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("expose deploy web", "error: couldn't find port via --port flag or introspection\n"),
        ("expose cm settings --port=80", "error: cannot expose a ConfigMap\n"),
        ("expose deploy nothing --port=80", 'Error from server (NotFound): deployments.apps "nothing" not found\n'),
        (
            "expose pod agent -n ops --port=80",
            "error: couldn't retrieve selectors via --selector flag or introspection: "
            "the pod has no labels and cannot be exposed\n",
        ),
        ("autoscale deploy web", 'error: required flag(s) "max" not set\n'),
        ("autoscale deploy web --max=0", "error: --max=MAXPODS is required and must be at least 1, max: 0\n"),
        (
            "autoscale deploy web --min=5 --max=2",
            "error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 5\n",
        ),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)
