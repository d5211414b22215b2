"""Field selectors on objects."""

from __future__ import annotations

import pytest

from labkit.errors import FieldError
from labkit.kubectl.fieldselectors import parse

POD = {
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"nodeName": "node-1", "restartPolicy": "Always"},
    "status": {"phase": "Running", "podIP": "10.0.0.1"},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ("status.phase=Running", True),
        ("status.phase==Running,spec.nodeName!=node-2", True),
        ("status.phase!=Running", False),
        ("metadata.name=web,metadata.namespace=shop", True),
        ("spec.hostNetwork=false", True),
        ("status.nominatedNodeName=", True),
        ("status.podIP=10.0.0.2", False),
    ],
)
def test_a_pod_is_chosen_by_its_fields(text, holds):
    assert parse("Pod", text)(POD) is holds


@pytest.mark.parametrize(
    ("kind", "obj", "text"),
    [
        ("Node", {"metadata": {"name": "n"}, "spec": {"unschedulable": True}}, "spec.unschedulable=true"),
        ("Job", {"metadata": {"name": "j"}, "status": {"succeeded": 2}}, "status.successful=2"),
        ("ReplicaSet", {"metadata": {"name": "r"}}, "status.replicas=0"),
        ("Event", {"metadata": {"name": "e"}, "source": {"component": "kubelet"}}, "source=kubelet"),
        ("Secret", {"metadata": {"name": "s"}, "type": "Opaque"}, "type=Opaque"),
    ],
)
def test_other_kinds_have_fields_of_their_own(kind, obj, text):
    assert parse(kind, text)(obj)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("Pod", "field label not supported: spec.x"),
        ("Deployment", 'field label "spec.x" not supported for appsv1.Deployment'),
        ("ConfigMap", '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'),
    ],
)
def test_a_field_that_is_not_supported_is_refused_in_the_kinds_words(kind, message):
    with pytest.raises(FieldError) as caught:
        parse(kind, "spec.x=1")
    assert str(caught.value) == message
