"""Every operation's answer has the shape that botocore's model gives it."""

import pytest
from botocore.validate import ParamValidator

from labkit import Lab
from labkit.ecs.operations import OPERATIONS
from tests.ecs.scripts import first_steps, the_rest


@pytest.fixture
def answers():
    """Every answer of both scripts, with the shape it should have."""
    lab = Lab.ecs(instances=0, seed=1)
    seen = []

    def keep(parsed, model, **unused):
        seen.append((model, parsed))

    lab.client.meta.events.register("after-call.*.*", keep)
    first_steps(lab.client, lambda: lab.launch(3))
    lab.run("1m")
    the_rest(lab.client)
    return seen


def unknown_words(shape, value, path):
    """Values that the model's enumerations don't have."""
    if shape.type_name == "structure":
        for name, part in value.items():
            yield from unknown_words(shape.members[name], part, f"{path}.{name}")
    elif shape.type_name == "list":
        for part in value:
            yield from unknown_words(shape.member, part, path)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path}: {value}"


def test_every_operation_is_called_and_answers_as_the_model_says(answers):
    for model, parsed in answers:
        body = {name: part for name, part in parsed.items() if name != "ResponseMetadata"}
        if model.output_shape is None:
            assert body == {}
            continue
        report = ParamValidator().validate(body, model.output_shape)
        assert not report.has_errors(), f"{model.name}: {report.generate_report()}"
        assert list(unknown_words(model.output_shape, body, model.name)) == []
    assert {model.name for model, _ in answers} == set(OPERATIONS)


def test_answers_have_the_members_that_boto3_code_reads(answers):
    missing = [
        (model.name, name)
        for model, parsed in answers
        for name in (model.output_shape.members if model.output_shape else ())
        if name not in parsed and name not in ("nextToken", "tags")
    ]
    assert missing == []
