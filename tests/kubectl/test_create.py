"""`kubectl create KIND` and `kubectl run`."""

from __future__ import annotations

import pytest
import yaml

from labkit.kinds import Key
from labkit.kubectl.create.policies import label_selector
from labkit.kubectl.create.workloads import name_of_image


def shown(lab, command, **more):
    return yaml.safe_load(lab.kubectl(f"{command} --dry-run=client -o yaml", **more).stdout)


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("create deployment shop --image=a:1 --replicas=2 --port=80 -- run it", "deployment.apps/shop"),
        ("create job once --image=a:1 -- echo hi", "job.batch/once"),
        ("create cronjob tick --image=a:1 --schedule='*/5 * * * *'", "cronjob.batch/tick"),
        ("create cm more --from-literal=a=1 --from-literal=b=2", "configmap/more"),
        ("create secret generic key --from-literal=a=1 --type=x/y", "secret/key"),
        ("create secret docker-registry key --docker-username=u --docker-password=p", "secret/key"),
        ("create ns team", "namespace/team"),
        ("create sa robot", "serviceaccount/robot"),
        ("create quota small --hard=pods=2,requests.cpu=1", "resourcequota/small"),
        ("create pdb web --selector=app=web --min-available=50%", "poddisruptionbudget.policy/web"),
        ("create priorityclass gold --value=1000 --description='gold pods'", "priorityclass.scheduling.k8s.io/gold"),
        ("create service clusterip s --tcp=80:8080", "service/s"),
        ("create svc nodeport s --tcp=80 --node-port=30090", "service/s"),
        ("create service externalname s --external-name=example.com", "service/s"),
        ("create ingress i --rule='shop.example.com/*=web:80,tls=key' --class=nginx", "ingress.networking.k8s.io/i"),
        ("create role reader --verb=get,list --resource=pods,deployments", "role.rbac.authorization.k8s.io/reader"),
        (
            "create clusterrolebinding b --clusterrole=reader --serviceaccount=ops:robot",
            "clusterrolebinding.rbac.authorization.k8s.io/b",
        ),
        ("run one --image=a:1 --env=A=1 --port=80 -- x y", "pod/one"),
    ],
)
def test_objects_are_created(lab, command, typed):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr) == (f"{typed} created\n", "")
    assert lab.kubectl(f"{command.split(' -- ')[0].replace('create', 'create', 1)} --dry-run=client").exit_code == 0


def test_a_dry_run_prints_what_the_client_would_send(lab):
    text = lab.kubectl("run one --image=shop/tool:1 --dry-run=client -o yaml").stdout
    assert text == (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  creationTimestamp: null\n  labels:\n    run: one\n  name: one\n"
        "spec:\n  containers:\n  - image: shop/tool:1\n    name: one\n    resources: {}\n  dnsPolicy: ClusterFirst\n"
        "  restartPolicy: Always\nstatus: {}\n"
    )
    assert lab.cluster.get(Key("Pod", "default", "one")) is None


def test_images_name_their_containers():
    names = [name_of_image(image) for image in ("a:1", "reg:5000/shop/web_x@sha256:1", "v1.2")]
    assert names == ["a", "web-x", "v1-2"]


def test_selectors_become_manifests():
    found = label_selector("app=web,tier in (front),!old")
    assert found["matchLabels"] == {"app": "web"}
    assert {each["operator"] for each in found["matchExpressions"]} == {"In", "DoesNotExist"}


def test_files_become_entries(lab, tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.bin").write_bytes(b"\xff")
    (tmp_path / "vars.env").write_text("# comment\nA=1\n\nB=x=y\n")
    obj = shown(lab, "create cm c --from-file=a.txt --from-file=key=a.txt --from-file=b.bin", cwd=tmp_path)
    assert (obj["data"], obj["binaryData"]) == ({"a.txt": "hello", "key": "hello"}, {"b.bin": "/w=="})
    assert shown(lab, "create cm c --from-env-file=vars.env", cwd=tmp_path)["data"] == {"A": "1", "B": "x=y"}
    assert set(shown(lab, "create cm c --from-file=.", cwd=tmp_path)["data"]) == {"a.txt", "vars.env"}


def test_overrides_are_merged_into_the_pod(lab):
    pod = shown(lab, """run one --image=a --overrides='{"spec":{"nodeSelector":{"disk":"ssd"}}}'""")
    assert pod["spec"]["nodeSelector"] == {"disk": "ssd"}


def test_a_job_can_be_made_from_a_cron_job(lab):
    lab.kubectl("create cronjob tick --image=a:1 --schedule='0 0 * * *'")
    assert lab.kubectl("create job now --from=cronjob/tick").stdout == "job.batch/now created\n"
    job = lab.cluster.require(Key("Job", "default", "now"))
    assert job["metadata"]["ownerReferences"][0]["name"] == "tick"
    assert job["metadata"]["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("create deployment", 'error: required flag(s) "image" not set\n'),
        (
            "create ns",
            "error: exactly one NAME is required, got 0\nSee 'kubectl create ns -h' for help and examples\n",
        ),
        (
            "create deployment web --image=x",
            'error: failed to create deployment: deployments.apps "web" already exists\n',
        ),
        ("create cm x --from-literal=a", "error: invalid literal source a, expected key=value\n"),
        ("create job x", "error: either --image or --from must be specified\n"),
        ("create pdb x --selector=a=b", "error: one of min-available or max-unavailable must be specified\n"),
        ("create service clusterip x", "error: at least one tcp port specifier must be provided\n"),
        ("create rolebinding x", "error: exactly one of clusterrole or role must be specified\n"),
        ("create widget x", "error: Unexpected args: [widget x]\nSee 'kubectl create -h' for help and examples\n"),
        ("run", 'error: required flag(s) "image" not set\n'),
        ("run x --image=y -it", "error: labkit does not simulate --stdin: no program runs in its containers\n"),
        ("create cm a --from-file=none", "error: error reading none: no such file or directory\n"),
    ],
)
def test_lines_that_make_no_sense_are_refused(lab, command, error):
    done = lab.kubectl(command)
    assert (done.stdout, done.stderr, done.exit_code) == ("", error, 1)


def test_a_group_without_subcommand_prints_its_help(lab):
    done = lab.kubectl("create secret")
    assert done.exit_code == 1
    assert "  generic           Create a secret from a local file, directory, or literal value\n" in done.stderr
