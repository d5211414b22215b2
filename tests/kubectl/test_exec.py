"""`kubectl exec`: programs in containers, and the words in which it is refused."""

from __future__ import annotations

import pytest

from labkit import Lab

SHOP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {A: one, app.conf: "x=1\\ny=2\\n"}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: nginx
    ports: [{containerPort: 80}]
    env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: A}}}]
    volumeMounts: [{name: v, mountPath: /etc/app}]
  - {name: side, image: gcr.io/distroless/base}
  volumes: [{name: v, configMap: {name: c}}]
---
apiVersion: v1
kind: Pod
metadata: {name: done, annotations: {labkit.dev/exits-after: 1s}}
spec: {restartPolicy: Never, containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stuck, annotations: {labkit.dev/image-error: not found}}
spec: {containers: [{name: c, image: x}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture(scope="module")
def lab() -> Lab:
    made = Lab.kubernetes(nodes=1)
    made.apply(SHOP)
    return made.run("60s")


def said(lab: Lab, words: str) -> tuple[str, str, int]:
    output = lab.kubectl(f"exec web -c web -- {words}")
    return output.stdout, output.stderr, output.exit_code


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ("printenv A", "one\n"),
        ("hostname", "web\n"),
        ("cat /etc/app/app.conf", "x=1\ny=2\n"),
        ("ls /etc/app", "A\napp.conf\n"),
        ("wget -qO- http://web", "answered by web on node-1\n"),
        ("curl -s web.default.svc.cluster.local:80", "answered by web on node-1\n"),
        ("sh -c 'echo \"a $A\" ; echo $A'", "a one\none\n"),
        ("sh -c 'echo $A' ", "one\n"),
        ("sh -c 'echo '\"'\"'$A'\"'\"", "$A\n"),
        ("sh -c 'false || echo no && echo yes'", "no\nyes\n"),
        ("sh -c 'cat /etc/app/app.conf | grep y | wc -l'", "1\n"),
        ("sh -c 'X=5; echo ${X}${Y:-6}'", "56\n"),
        ("sh -c 'wget -qO- nope 2>/dev/null; echo $?'", "1\n"),
    ],
)
def test_programs_print_what_the_world_says(lab: Lab, words: str, out: str) -> None:
    assert said(lab, words) == (out, "", 0)


def test_nslookup_prints_as_busybox_does(lab: Lab) -> None:
    address = lab.get("service", "web")["spec"]["clusterIP"]
    head = "Server:\t\t10.0.0.10\nAddress:\t10.0.0.10:53\n\n"
    assert said(lab, "nslookup web")[0] == f"{head}Name:\tweb.default.svc.cluster.local\nAddress: {address}\n\n"
    out, err, code = said(lab, "nslookup nope")
    assert (out, err) == (
        f"{head}** server can't find nope: NXDOMAIN\n\n",
        "command terminated with exit code 1\n",
    )
    assert code == 1


@pytest.mark.parametrize(
    ("words", "err", "code"),
    [
        ("cat /nope", "cat: can't open '/nope': No such file or directory\n", 1),
        ("wget -qO- nope", "wget: bad address 'nope'\n", 1),
        ("curl nope", "curl: (6) Could not resolve host: nope\n", 6),
        ("sh -c 'exit 3'", "", 3),
    ],
)
def test_the_exit_code_is_the_programs(lab: Lab, words: str, err: str, code: int) -> None:
    assert said(lab, words) == ("", f"{err}command terminated with exit code {code}\n", code)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("python x.py", 'the program "python"'),
        ("sh -c 'for i in 1 2; do date; done'", 'the shell\'s "for"'),
        ("sh -c 'echo a > /tmp/x'", "the shell's >"),
        ("sh -c 'echo $(date)'", "the shell's $("),
        ("curl --frobnicate web", "curl --frobnicate"),
        ("sh", "a terminal"),
    ],
)
def test_what_is_not_simulated_is_named(lab: Lab, words: str, name: str) -> None:
    before = len(lab.history)
    out, err, code = said(lab, words)
    assert (out, err.splitlines()[0], code) == ("", f"error: {name} is not simulated by labkit", 1)
    assert len(lab.history) == before


@pytest.mark.parametrize(
    ("words", "err"),
    [
        ("exec done -- ls", "error: cannot exec into a container in a completed pod; current phase is Succeeded\n"),
        ("exec stuck -- ls", "error: Internal error occurred: unable to upgrade connection: container not found "
         '("c")\n'),
        ("exec web -c no -- ls", "Error from server (BadRequest): container no is not valid for pod web\n"),
        ("exec deploy/x -- ls", 'Error from server (NotFound): deployments.apps "x" not found\n'),
        ("exec web ls", "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
         "See 'kubectl exec -h' for help and examples\n"),
        ("exec web", "error: you must specify at least one command for the container\n"
         "See 'kubectl exec -h' for help and examples\n"),
    ],
)  # fmt: skip
def test_it_is_refused_in_the_real_words(lab: Lab, words: str, err: str) -> None:
    output = lab.kubectl(words)
    assert (output.stdout, output.stderr, output.exit_code) == ("", err, 1)


@pytest.mark.parametrize(("container", "program"), [("web", "'ls -l'"), ("side", "sh")])
def test_a_program_that_an_image_lacks_is_not_found(lab: Lab, container: str, program: str) -> None:
    err = lab.kubectl(f"exec web -c {container} -- {program}").stderr
    assert err.startswith("error: Internal error occurred: error executing command in container: ")
    plain = program.strip("'")
    assert err.endswith(f'exec: "{plain}": executable file not found in $PATH\n')


def test_the_default_container_is_said(lab: Lab) -> None:
    output = lab.kubectl("exec -it svc/web -- hostname")
    assert output.stderr == 'Defaulted container "web" out of: web, side\n'
    assert output.stdout == "web\n"


def test_sleeping_lets_time_pass(lab: Lab) -> None:
    before = lab.now
    said(lab, "sleep 2")
    assert lab.now == before + 2
