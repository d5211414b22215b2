"""`kubectl delete`."""

from __future__ import annotations

import pytest

from labkit.kinds import Key

WEB = Key("Pod", "default", "web-1")


def gone_after(lab, seconds, key=WEB):
    lab.soon.append((lab.cluster.clock.now + seconds, lambda: lab.cluster.remove(key)))


def test_delete_waits_until_the_object_is_gone(lab):
    before = lab.cluster.clock.now
    gone_after(lab, 12)
    assert lab.kubectl("delete pod web-1").stdout == 'pod "web-1" deleted\n'
    assert lab.cluster.clock.now == before + 12


def test_without_waiting_the_clock_stands_still(lab):
    before = lab.cluster.clock.now
    assert lab.kubectl("delete pod web-1 --wait=false").stdout == 'pod "web-1" deleted\n'
    assert lab.cluster.clock.now == before
    assert lab.cluster.require(WEB)["metadata"]["deletionGracePeriodSeconds"] == 30


def test_a_time_out_ends_the_waiting(lab):
    done = lab.kubectl("delete pod web-1 --timeout=3s")
    assert (done.stderr, done.exit_code) == ("error: timed out waiting for the condition on pods/web-1\n", 1)


def test_what_never_goes_is_not_waited_for_for_good(lab):
    done = lab.kubectl("delete pod web-1")
    assert done.stderr == "error: labkit stopped waiting after 600 s: pods/web-1 is still there\n"


def test_an_object_that_comes_back_under_its_name_is_another_one(lab):
    def replaced():
        spec = lab.cluster.require(WEB)["spec"]
        lab.cluster.remove(WEB)
        lab.add("Pod", "web-1", spec=spec)

    lab.soon.append((lab.cluster.clock.now + 2, replaced))
    assert lab.kubectl("delete pod web-1").exit_code == 0


@pytest.mark.parametrize(
    ("flags", "grace", "words"),
    [("--now", 1, "deleted"), ("--grace-period=7", 7, "deleted"), ("--grace-period=0", 1, "deleted")],
)
def test_the_grace_period_is_what_was_asked_for(lab, flags, grace, words):
    assert lab.kubectl(f"delete pod web-1 --wait=false {flags}").stdout == f'pod "web-1" {words}\n'
    assert lab.cluster.require(WEB)["metadata"]["deletionGracePeriodSeconds"] == grace


def test_force_removes_at_once_and_warns(lab):
    done = lab.kubectl("delete pod web-1 --force")
    assert done.stdout == 'pod "web-1" force deleted\n'
    assert done.stderr.startswith("Warning: Immediate deletion does not wait")
    assert lab.cluster.get(WEB) is None


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("delete pod", "error: resource(s) were provided, but no name was specified\n"),
        ("delete pods --all -l a=b", "error: cannot set --all and --selector at the same time\n"),
        ("delete pod web-1 --now --grace-period=3", "error: --now and --grace-period cannot be specified together\n"),
        (
            "delete pod web-1 --force --grace-period=3",
            "error: --force and --grace-period greater than 0 cannot be specified together\n",
        ),
        (
            "delete pod web-1 --cascade=maybe",
            'error: invalid cascade value (maybe). Must be "background", "foreground", or "orphan"\n',
        ),
        ("delete pod web-1 -o yaml", "error: unexpected -o output mode: yaml. We only support '-o name'\n"),
        (
            "delete ns default",
            'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted\n',
        ),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)


def test_what_is_there_goes_though_another_is_missing(lab):
    done = lab.kubectl("delete cm settings nothing")
    assert done.stdout == 'configmap "settings" deleted\n'
    assert done.stderr == 'Error from server (NotFound): configmaps "nothing" not found\n'
    assert lab.kubectl("delete cm nothing --ignore-not-found").exit_code == 0


def test_nothing_that_matches_is_no_error(lab):
    done = lab.kubectl("delete pods -l app=nothing")
    assert (done.stdout, done.exit_code) == ("No resources found\n", 0)


@pytest.mark.parametrize(("strategy", "mark"), [("client", "dry run"), ("server", "server dry run")])
def test_a_dry_run_deletes_nothing(lab, strategy, mark):
    assert lab.kubectl(f"delete deploy web --dry-run={strategy}").stdout == f'deployment.apps "web" deleted ({mark})\n'
    assert lab.cluster.get(Key("Deployment", "default", "web")) is not None
