"""The same boto3 code against the lab and against moto: answers of the same shape."""

import json

import pytest

from labkit import Lab
from tests.ecs.scripts import first_steps, paths

moto = pytest.importorskip("moto")
boto3 = pytest.importorskip("boto3")

INVENTED = {
    "containers[].exitCode", "overrides", "startedBy", "stoppedReason", "taskSets", "platformFamily",
    "networkConfiguration", "tags[].key", "tags[].value", "attributes[]",
}  # fmt: skip
"""What moto answers and ECS doesn't: defaults for what isn't set, tags where they weren't asked for."""


@pytest.fixture
def theirs(monkeypatch):
    """What moto answers."""
    from moto.ec2.utils import generate_instance_identity_document

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with moto.mock_aws():
        client = boto3.client("ecs", "us-east-1")

        def machines():
            made = boto3.resource("ec2", "us-east-1").create_instances(ImageId="ami-12c6146b", MinCount=3, MaxCount=3)
            for one in made:
                document = json.dumps(generate_instance_identity_document(one))
                client.register_container_instance(instanceIdentityDocument=document)

        return first_steps(client, machines)


@pytest.mark.filterwarnings("ignore")
def test_answers_have_the_shape_of_motos(theirs):
    lab = Lab.ecs(instances=0, seed=1)
    ours = first_steps(lab.client, lambda: lab.launch(3))
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    for (name, mine), (_, other) in zip(ours, theirs, strict=True):
        held, wanted = dict(paths(mine)), dict(paths(other))
        types = {path: (held[path], kind) for path, kind in wanted.items() if path in held and held[path] != kind}
        assert types == {}, name
        missing = [path for path in wanted if not is_told(path, held) and not path.endswith(tuple(INVENTED))]
        assert missing == [], name


def is_told(path, held):
    """Whether an answer has something at a path, be it an empty list where the other has members or the reverse."""
    return any(one == path or one.startswith(f"{path}[]") or path.startswith((f"{one}[]", f"{one}.")) for one in held)
