"""The command `labkit`."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labkit import cli
from labkit.cli import doctor, jupyter
from labkit.cli.course import folder
from labkit.cli.run import standing
from labkit.errors import LabError

POD = """
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: %s}
spec:
  containers: [{name: main, image: nginx, resources: {requests: {cpu: "%s"}}}]
"""


@pytest.fixture
def labkit(capsys, monkeypatch):
    """Runs `labkit ARGUMENTS`; returns exit status, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["labkit", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        captured = capsys.readouterr()
        return int(stopped.value.code or 0), captured.out, captured.err

    return run


def manifest(folder: Path, name: str, namespace: str = "default", cpu: str = "1") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(POD % (name, namespace, cpu), "utf-8")
    return path


def test_run_prints_what_get_pods_would(labkit, tmp_path):
    status, out, err = labkit("run", manifest(tmp_path, "web"), "--nodes", 2, "--for", "1m")
    header, row = out.splitlines()
    assert header.split()[:5] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert row.split()[:3] == ["web", "1/1", "Running"]
    assert row.split()[6] == "node-1"
    assert (status, err) == (0, "")


def test_run_says_why_a_pod_is_pending_and_fails(labkit, tmp_path):
    status, out, _ = labkit("run", manifest(tmp_path, "web"), manifest(tmp_path, "huge", cpu="64"), "--zones", "")
    assert status == 1
    assert "\nPending:\n  default/huge: 0/3 nodes are available: 3 Insufficient cpu." in out


def test_run_shows_all_namespaces_when_there_are_several(labkit, tmp_path):
    space = tmp_path / "space.yaml"
    space.write_text("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")
    _, out, _ = labkit("run", manifest(tmp_path, "web"), manifest(tmp_path, "cart", "shop"), space)
    assert out.splitlines()[0].startswith("NAMESPACE")
    _, out, _ = labkit("run", manifest(tmp_path, "cart", "shop"), space)
    assert [line.split()[0] for line in out.splitlines()] == ["NAME", "cart"]


def test_run_prints_json(labkit, tmp_path):
    status, out, _ = labkit("run", manifest(tmp_path, "huge", cpu="64"), "--json", "--for", "30s")
    told = json.loads(out)
    assert (status, told["seconds"], told["pending"]) == (1, 30.0, True)
    assert told["pods"][0].items() >= {"name": "huge", "phase": "Pending", "ready": False, "node": ""}.items()
    assert told["pods"][0]["reason"].startswith("0/3 nodes are available")


def test_run_reads_standard_input(labkit, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(POD % ("web", "default", "1")))
    status, out, _ = labkit("run", "-")
    assert status == 0
    assert "web" in out


def test_run_of_the_same_seed_prints_the_same(labkit, tmp_path):
    path = manifest(tmp_path, "web")
    assert labkit("run", path, "--seed", 7) == labkit("run", path, "--seed", 7)


def test_run_words_errors_as_the_real_tool_does(labkit, tmp_path):
    status, out, err = labkit("run", tmp_path / "nothing.yaml")
    assert (status, out) == (1, "")
    assert err.startswith(f'error: the path "{tmp_path}/nothing.yaml" does not exist')
    status, _, err = labkit("run", manifest(tmp_path, "web", "elsewhere"))
    assert status == 1
    assert err.startswith('Error from server (NotFound): namespaces "elsewhere" not found')


def test_run_refuses_a_bad_duration(labkit, tmp_path):
    status, _, err = labkit("run", manifest(tmp_path, "web"), "--for", "soon")
    assert status == 1
    assert "soon" in err


def pod(**status):
    return {"metadata": {"name": "web", "namespace": "default"}, "spec": {"nodeName": "node-1"}, "status": status}


def test_a_waiting_container_says_why_and_the_last_warning_says_more():
    waiting = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}}
    found = standing(pod(phase="Pending", containerStatuses=[waiting, waiting]), "Failed to pull image")
    assert found.reason == "ImagePullBackOff: Back-off pulling image; Failed to pull image"
    assert standing(pod(phase="Succeeded")).reason == ""
    assert standing({**pod(), "spec": {}}).reason == "the scheduler has not looked at it yet"


def test_build_makes_exercises_where_the_course_is(labkit, tmp_path, monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    for name in ("notebooks", "solutions"):
        (tmp_path / name).mkdir()
    (tmp_path / "notebooks/index.ipynb").write_text("{}")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "solutions/01-x.ipynb")
    monkeypatch.chdir(tmp_path / "notebooks")
    assert labkit("build")[:2] == (0, f"{Path('exercises/01-x.ipynb')}\n")
    assert labkit("build")[:2] == (0, "exercises/ is up to date\n")


def test_conformance_prints_agreement_and_exits_as_the_report_says(labkit, tmp_path):
    table = tmp_path / "table.json"
    table.write_text('[{"id": "table/0", "fn": "DoThings", "in": {}, "out": 1}]')
    status, out, _ = labkit("conformance", table)
    assert status == 2
    assert "DoThings" in out
    assert labkit("conformance", tmp_path / "nothing.json")[0] == 1


def test_lab_starts_jupyter_on_the_course_and_passes_options_on(labkit, monkeypatch):
    called = {}
    monkeypatch.setattr(jupyter, "folder", lambda: Path("/course"))
    monkeypatch.setattr(jupyter, "trust", lambda course: called.update(trusted=course))
    monkeypatch.setattr(jupyter.subprocess, "call", lambda words, env: called.update(words=words, env=env) or 0)
    assert labkit("lab", "--no-browser", "--port", 9999)[0] == 0
    assert called["trusted"] == Path("/course")
    assert called["words"][:3] == [sys.executable, "-m", "jupyterlab"]
    assert called["words"][-3:] == ["--no-browser", "--port", "9999"]
    assert "--LabApp.default_url=/lab/tree/notebooks/index.ipynb" in called["words"]
    assert called["env"]["PATH"].startswith(str(Path(sys.executable).parent) + os.pathsep)


def test_the_notebooks_of_the_course_are_trusted_and_a_broken_one_is_left_alone(tmp_path, monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("hello")])
    nbformat.write(notebook, tmp_path / "notebooks/good.ipynb")
    (tmp_path / "notebooks/bad.ipynb").write_text("{")
    notary = pytest.importorskip("nbformat.sign").NotebookNotary
    assert not notary().check_signature(notebook)
    jupyter.trust(tmp_path)
    assert notary().check_signature(notebook)


def test_jupyter_does_not_ask_about_news():
    environment = jupyter.environment({"JUPYTER_CONFIG_PATH": "/mine"})
    ours, theirs = environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    settings = json.loads((Path(ours) / "labconfig" / "page_config.json").read_text("utf-8"))
    assert settings["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}
    assert theirs == "/mine"


def test_the_course_is_found_from_a_folder_inside_it(tmp_path, root):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/index.ipynb").write_text("{}")
    assert folder(tmp_path / "notebooks") == tmp_path
    assert folder(tmp_path.parent) == root


def test_doctor_finds_this_machine_fit(labkit):
    status, out, _ = labkit("doctor")
    marked = [line.split()[:2] for line in out.splitlines() if not line.startswith(" ")]
    assert [subject for _, subject in marked][:3] == ["Python", "Packages", "JupyterLab"]
    assert {mark for mark, _ in marked} <= {"ok", "note", "missing"}
    assert status == int("missing" in out)


def test_doctor_says_what_to_do_about_an_old_python():
    finding = doctor.python((3, 10, 4))
    assert finding.is_fatal
    assert finding.advice == "labkit needs Python 3.11 or newer."


def test_doctor_holds_packages_against_the_lock(tmp_path):
    lock = tmp_path / "requirements.lock"
    elsewhere = "only-elsewhere==1 ; sys_platform == 'elsewhere' \\\n"
    lock.write_text(f"pytest==0.1 \\\n    --hash=x\nnot-there==1.0 \\\n{elsewhere}")
    finding = doctor.packages(lock)
    assert finding.is_fatal
    assert "pytest 0.1 (here: " in finding.words
    assert "not-there 1.0 (here: none)" in finding.words
    assert "elsewhere 1" not in finding.words
    assert doctor.packages(tmp_path / "none").well


def test_doctor_calls_a_missing_browser_no_reason_to_fail():
    finding = doctor.browser(names=["no-such-browser"])
    assert not finding.well
    assert not finding.is_fatal
    assert "apt-get install chromium" in finding.advice


def test_every_command_is_listed(labkit):
    _, out, _ = labkit("--help")
    assert all(name in out for name in ("lab", "run", "build", "conformance", "doctor"))


def test_the_command_is_installed():
    from importlib.metadata import PackageNotFoundError, entry_points, version

    try:
        version("labkit")
    except PackageNotFoundError:
        pytest.skip("labkit itself is not installed here")
    assert entry_points(group="console_scripts")["labkit"].value == "labkit.cli:main"


def test_the_command_starts_without_pandas_or_jupyter():
    heavy = {"pandas", "matplotlib", "IPython", "numpy", "jupyterlab"}
    code = f"import labkit.cli, sys; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_errors_of_the_course_have_a_hint(tmp_path, monkeypatch):
    monkeypatch.setattr("labkit.cli.course.__file__", str(tmp_path / "a/b/c.py"))
    with pytest.raises(LabError, match="Go to the folder of your clone"):
        folder(tmp_path)
