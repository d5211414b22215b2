"""kubectl get on a small world that stands still."""

from __future__ import annotations

import json

import pytest
import yaml

from labkit import Lab

EXPECTED = "expected <header>:<json-path-expr>"
REFUSED = "Error from server (BadRequest): Unable to find "


def test_a_table_is_as_wide_as_its_widest_cells_and_three_spaces(lab):
    assert lab.kubectl("get pods") == (
        "NAME     READY   STATUS    RESTARTS   AGE\n"
        "hungry   0/1     Pending   0          90s\n"
        "web-1    1/1     Running   0          90s\n"
        "web-2    1/1     Running   0          90s\n"
    )


def test_ages_are_those_of_virtual_time(lab):
    lab.run(60)
    assert lab.kubectl("get pod web-1 --no-headers") == "web-1   1/1   Running   0     2m30s\n"


def test_wide_tables_have_more_columns(lab):
    assert lab.kubectl("get pod web-1 -o wide").splitlines()[1].split() == [
        "web-1", "1/1", "Running", "0", "90s", "10.0.0.1", "node-1", "<none>", "<none>",
    ]  # fmt: skip


def test_every_namespace_gets_a_column_for_it(lab):
    lines = lab.kubectl("get po -A").splitlines()
    assert lines[0].startswith("NAMESPACE   NAME ")
    assert lines[-1].startswith("ops         agent ")
    assert lab.kubectl("get no -A").startswith("NAME ")


def test_several_kinds_stand_apart_with_typed_names(lab):
    first, second = lab.kubectl("get po,deploy").split("\n\n")
    assert first.splitlines()[1].startswith("pod/hungry ")
    assert second.splitlines()[1].startswith("deployment.apps/web ")


def test_all_leaves_out_what_is_no_workload(lab):
    text = lab.kubectl("get all")
    assert "deployment.apps/web" in text
    assert "settings" not in text


def test_objects_come_in_the_order_they_are_named(lab):
    assert lab.kubectl("get pod web-2 hungry -o name") == "pod/web-2\npod/hungry\n"


def test_labels_can_have_columns(lab):
    assert lab.kubectl("get pods -L app,tier -l app=web --no-headers").splitlines()[0].split()[-2:] == ["web", "<none>"]
    assert lab.kubectl("get pod web-2 --show-labels").splitlines()[1].split()[-1] == "app=web,tier=front"


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        ("-l app=web", "web-1 web-2"),
        ("-l 'app notin (web)'", "hungry"),
        ("-l 'app in (web),tier'", "web-2"),
        ("--field-selector status.phase=Pending", "hungry"),
        ("--field-selector status.phase!=Pending,spec.nodeName=node-1", "web-1"),
        ("--field-selector metadata.name=web-2", "web-2"),
        ("-A --field-selector metadata.namespace=ops", "agent"),
        ("--sort-by .metadata.labels.app", "hungry web-1 web-2"),
        ("--sort-by={.spec.nodeName}", "hungry web-1 web-2"),
    ],
)
def test_selectors_and_sorting_choose(lab, flags, names):
    found = lab.kubectl(f"get pods {flags} -o jsonpath='{{.items[*].metadata.name}}'")
    assert found == names


def test_quantities_are_sorted_by_amount(lab):
    lab.add("Node", "node-3", status={"allocatable": {"cpu": "1500m"}})
    names = lab.kubectl("get nodes --sort-by=.status.allocatable.cpu -o name").split()
    assert names == ["node/node-1", "node/node-3", "node/node-2"]


def test_yaml_reads_back_as_the_object(lab):
    text = lab.kubectl("get cm settings -o yaml")
    assert "  text: |\n    a\n    b\n" in text
    assert yaml.safe_load(text)["data"] == {"LEVEL": "info", "text": "a\nb\n"}


def test_several_objects_are_a_list(lab):
    listed = json.loads(lab.kubectl("get pods -o json"))
    assert (listed["kind"], len(listed["items"])) == ("List", 3)
    assert json.loads(lab.kubectl("get pod web-1 -o json"))["kind"] == "Pod"


def test_other_outputs(lab):
    columns = "custom-columns=NAME:.metadata.name,NODE:.spec.nodeName"
    assert lab.kubectl(f"get pods -l app -o {columns}") == (
        "NAME     NODE\nhungry   <none>\nweb-1    node-1\nweb-2    node-2\n"
    )
    template = '{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'
    assert lab.kubectl(f"get pods -l app=web -o go-template='{template}'") == "web-1\nweb-2\n"
    assert lab.kubectl("get pod hungry -o jsonpath='{.status.phase}'") == "Pending"
    assert lab.kubectl("get pod hungry -o jsonpath-as-json='{.status.phase}'") == '[\n    "Pending"\n]\n'


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("get podd", 'error: the server doesn\'t have a resource type "podd"\n'),
        ("get pod nothing", 'Error from server (NotFound): pods "nothing" not found\n'),
        ("get deploy/nothing", 'Error from server (NotFound): deployments.apps "nothing" not found\n'),
        ("get pods -n nowhere", "No resources found in nowhere namespace.\n"),
        ("get pods -l app=none", "No resources found in default namespace.\n"),
        ("get pods -A -l app=none", "No resources found\n"),
        ("get sc", "No resources found\n"),
        ("get pods --sort-by=.spec.nothing", "No resources found in default namespace.\n"),
        (
            "get pods --field-selector=spec.image=x",
            REFUSED + '"/v1, Resource=pods" that match label selector "", '
            + 'field selector "spec.image=x": field label not supported: spec.image\n',
        ),
        (
            "get deploy --field-selector=spec.replicas=1",
            REFUSED + '"apps/v1, Resource=deployments" that match label selector "", field selector '
            + '"spec.replicas=1": field label "spec.replicas" not supported for appsv1.Deployment\n',
        ),
        ("get pods -o jsonpath='{.x'", "error: error parsing jsonpath {.x, unclosed action\n"),
        ("get pods -o jsonpath", "error: template format specified but no template given\n"),
        ("get pods -o custom-columns=A", f"error: unexpected custom-columns spec: A, {EXPECTED}\n"),
        ("get pod web-1 -A", "error: a resource cannot be retrieved by name across all namespaces\n"),
        ("get pod/web-1 deploy", None),
        ("get pod/a/b", "error: arguments in resource/name form may not have more than one slash\n"),
        ("get pod web-1 -l app", "error: name cannot be provided when a selector is specified\n"),
        ("get po,deploy web", "error: you must specify only one resource\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said_in_the_real_words(lab, command, text):
    output = lab.kubectl(command)
    if text is None:
        assert output.stderr.startswith("error: there is no need to specify a resource type as a separate argument")
    else:
        assert (output.stderr, output.stdout) == (text, "")
    assert output.exit_code == (0 if output.startswith("No resources") else 1)


def test_what_is_there_is_shown_beside_what_is_not(lab):
    output = lab.kubectl("get pod web-1 nothing")
    assert "web-1 " in output.stdout
    assert output.stderr == 'Error from server (NotFound): pods "nothing" not found\n'
    assert lab.kubectl("get pod nothing --ignore-not-found") == ""


def test_watching_shows_every_change_at_its_own_age():
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.kubectl("create deployment web --image=shop/web:1.0")
    rows = [row.split() for row in lab.kubectl("get pods -w").stdout.splitlines()[1:]]
    assert [row[2] for row in rows][:1] + [row[2] for row in rows][-1:] == ["Pending", "Running"]
    assert rows[-1][4] == "4s"
    assert lab.now == 60


def test_watching_is_of_what_was_asked_for_and_as_long():
    lab = Lab.kubernetes(nodes=2, seed=1)
    lab.kubectl("create deployment web --image=shop/web:1.0")
    assert lab.kubectl("get pods -w -l app=other --request-timeout=5s").stdout == ""
    assert lab.now == 5
    assert lab.kubectl("get pod nothing --ignore-not-found -w").stdout == ""
    assert lab.kubectl("get pods,svc -w").stderr == "error: you may only specify a single resource type\n"
    assert lab.kubectl("get pods -w -o yaml").exit_code == 1


def test_objects_can_be_named_by_a_file(lab, tmp_path):
    (tmp_path / "pods.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: web-2}\n")
    assert lab.kubectl("get -f pods.yaml -o name", cwd=tmp_path) == "pod/web-2\n"
