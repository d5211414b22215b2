"""A real JupyterLab and a real browser, for tests that skip themselves, saying so, where there is no Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


class Server(NamedTuple):
    """A running JupyterLab: its address and the folder it serves."""

    url: str
    folder: Path


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on a free port, serving an empty folder, with settings of its own."""
    folder, config = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("config")
    (config / "labconfig").mkdir()
    (config / "labconfig" / "page_config.json").write_text(json.dumps(QUIET))
    server = Server(f"http://127.0.0.1:{free_port()}", folder)
    process = subprocess.Popen(
        command(server), env=environment(config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(server.url + "/api")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def command(server: Server) -> list[str]:
    """How that JupyterLab is started."""
    options = {
        "ServerApp.port": server.url.rpartition(":")[2], "ServerApp.root_dir": str(server.folder),
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True", "IdentityProvider.token": "", "LabApp.expose_app_in_browser": "True",
    }  # fmt: skip
    return [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]


def environment(config: Path) -> dict[str, str]:
    """The environment, with Jupyter's own files under ``config``."""
    homes = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTERLAB_SETTINGS_DIR": config / "user",
        "JUPYTERLAB_WORKSPACES_DIR": config / "spaces",
    }
    return os.environ | {name: str(path) for name, path in homes.items()}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(url: str, patience: float = 60.0) -> None:
    """Return as soon as ``url`` answers; TimeoutError after ``patience`` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within {patience} s")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if program is None:
        pytest.skip("no Chromium here: browser tests need Debian's package chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def run_notebook(chromium: Any, jupyterlab: Server) -> Iterator[Callable[..., Any]]:
    """A function that opens a notebook of the given cells in a new page, runs it whole, and returns the page."""
    pages: list[Any] = []

    def run(*cells: str, name: str = "test.ipynb", width: int = 1280, height: int = 1000) -> Any:
        write(jupyterlab.folder / name, cells)
        page = chromium.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        open_and_run(page, f"{jupyterlab.url}/lab/workspaces/{name.partition('.')[0]}/tree/{name}?reset")
        return page

    yield run
    for page in pages:
        page.evaluate("window.jupyterapp.commands.execute('kernelmenu:shutdown')")
        page.close()


def write(path: Path, cells: tuple[str, ...]) -> None:
    """A notebook file of code cells."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, path)


def open_and_run(page: Any, url: str) -> None:
    """Open a notebook, wait until its kernel idles, run all cells and wait until it idles again."""
    page.goto(url)
    idle = page.locator(".jp-StatusBar-Widget", has_text="| Idle")
    idle.first.wait_for(timeout=60_000)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(
        "() => { const p = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];"
        " return p.length && p.every(e => /\\d/.test(e.textContent)) }", timeout=60_000)  # fmt: skip
    idle.first.wait_for(timeout=60_000)
