"""What `lab.apply` answers: each object, and what of it a lab doesn't do."""

from __future__ import annotations

import pytest

from labkit import Lab

JOB = """
apiVersion: batch/v1
kind: Job
metadata: {{name: pi}}
spec:
  template:
    metadata: {{annotations: {annotations}}}
    spec: {{restartPolicy: Never, containers: [{{name: pi, image: perl, command: {command}}}]}}
"""
NOTE = "accepted, not simulated: Job pi's program: its pods run until labkit.dev/exits-after or lab.behave ends them"


@pytest.mark.parametrize(
    ("command", "annotations", "noted"),
    [
        ("[perl, -wle, print 3]", "{}", True),
        ("[perl, -wle, print 3]", "{labkit.dev/exits-after: 5s}", False),
        ("[sleep, '5']", "{}", False),
    ],
)
def test_a_job_whose_end_nobody_knows_is_told_of(command: str, annotations: str, noted: bool) -> None:
    told = str(Lab.kubernetes(nodes=1).apply(JOB.format(command=command, annotations=annotations)))
    assert told == "\n".join(["job.batch/pi created", *([NOTE] if noted else [])])


def test_a_cron_job_is_told_of_by_its_template() -> None:
    pod = "{restartPolicy: Never, containers: [{name: a, image: shop/report:1.0}]}"
    spec = f"{{schedule: '* * * * *', jobTemplate: {{spec: {{template: {{spec: {pod}}}}}}}}}"
    told = Lab.kubernetes(nodes=1).apply(f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: tick}}\nspec: {spec}")
    assert "CronJob tick's program" in str(told)
