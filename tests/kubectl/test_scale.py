"""`kubectl scale`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

WEB = Key("Deployment", "default", "web")


def test_scaling_asks_for_another_number_and_lets_no_time_pass(lab):
    before = lab.cluster.clock.now
    assert lab.kubectl("scale deploy web --replicas=5").stdout == "deployment.apps/web scaled\n"
    assert lab.cluster.require(WEB)["spec"]["replicas"] == 5
    assert lab.cluster.clock.now == before


@pytest.mark.parametrize("strategy", ["client", "server"])
def test_a_dry_run_scales_nothing(lab, strategy):
    assert "dry run)" in lab.kubectl(f"scale deploy --all --replicas=5 --dry-run={strategy}").stdout
    assert lab.cluster.require(WEB)["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("scale deploy web", 'error: required flag(s) "replicas" not set\n'),
        (
            "scale deploy web --replicas=-1",
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n",
        ),
        (
            "scale deploy nothing --replicas=1",
            'error: no objects passed to scale deployments.apps "nothing" not found\n',
        ),
        ("scale deploy web --replicas=1 --current-replicas=9", "error: Expected replicas to be 9, was 2\n"),
        (
            "scale pod web-1 --replicas=1",
            "Error from server (NotFound): the server could not find the requested resource\n",
        ),
    ],
)
def test_what_can_not_be_scaled_is_refused(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stderr, done.exit_code) == (error, 1)
