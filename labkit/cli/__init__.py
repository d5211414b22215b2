"""The command `labkit`: open the course, run manifests, build exercises, replay recordings, check the machine.

    labkit lab                                  JupyterLab on notebooks/index.ipynb
    labkit run shop.yaml --nodes 4 --for 5m     where every pod goes, and why some don't
    labkit build                                exercises/ from solutions/
    labkit conformance FILES...                 how far labkit agrees with recordings of the real system
    labkit doctor                               what is missing on this machine

Errors go to stderr in the real tool's words. Each command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app", "main"]

app = typer.Typer(
    help="A lab for learning container orchestration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def main() -> None:
    """Run one command; LabErrors become a message on stderr and exit status 1."""
    from labkit.errors import LabError

    try:
        app()
    except LabError as error:
        from labkit.kubectl.wording import worded

        print(worded(error), file=sys.stderr)
        sys.exit(1)


@app.command("lab", context_settings=PASSED_ON)
def lab_command(context: typer.Context) -> None:
    """Open JupyterLab on the course; options such as --no-browser or --port 9999 are passed on to it."""
    from labkit.cli.jupyter import serve

    raise typer.Exit(serve(context.args))


@app.command("run")
def run_command(
    manifests: Annotated[list[Path], typer.Argument(help="Files or folders of manifests; - reads standard input.")],
    nodes: Annotated[int, typer.Option(min=0, help="How many nodes.")] = 3,
    cpu: Annotated[str, typer.Option(help="CPU of each node.")] = "4",
    memory: Annotated[str, typer.Option(help="Memory of each node.")] = "16Gi",
    zones: Annotated[str, typer.Option(help="Zones, a letter each.")] = "abc",
    duration: Annotated[str, typer.Option("--for", help="How long to run, in virtual time.")] = "2m",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Apply manifests to a new cluster, let time pass, and print where the pods are; status 1 if any is pending."""
    from labkit.cli.run import run

    outcome = run(manifests, duration, nodes=nodes, cpu=cpu, memory=memory, zones=zones, seed=seed)
    for note in outcome.unsimulated:
        print(f"accepted, not simulated: {note}", file=sys.stderr)
    print(outcome.as_json() if as_json else outcome)
    raise typer.Exit(outcome.exit_status)


@app.command("build")
def build_command() -> None:
    """Make the exercises from the solutions: answers cut out, everything else kept."""
    from labkit.checks.build import build
    from labkit.cli.course import folder

    course = folder()
    changed = build(course / "solutions", course / "exercises")
    print("\n".join(str(path.relative_to(course)) for path in changed) or "exercises/ is up to date")


@app.command("conformance")
def conformance_command(
    files: Annotated[list[Path], typer.Argument(help="Recordings, or folders of them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Replay recordings of the real system; status 1 if anything differs, 2 for what isn't simulated yet."""
    import json

    from labkit.conformance import replay

    report = replay(files)
    print(json.dumps(report.as_dict(), indent=2) if as_json else report)
    raise typer.Exit(report.exit_status)


@app.command("doctor")
def doctor_command() -> None:
    """Check this machine and say what to do about what is missing; status 1 if something needed is."""
    from labkit.cli.doctor import examine, show

    findings = examine()
    show(findings)
    raise typer.Exit(int(any(finding.is_fatal for finding in findings)))
