#!/bin/sh
# Sets up a virtual environment: locked dependencies, then labkit itself. `make` calls it: install.sh VENV [PYTHON]
set -eu

venv=$1
wanted=${2:-}
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
can_make='import ensurepip, venv'

say() { printf '%s\n' "$@" >&2; }

find_python() {
    missing=
    for candidate in ${wanted:-python3 python3.11 python3.12 python3.13 python3.14 python}; do
        "$candidate" -c "$new_enough" 2>/dev/null || continue
        if "$candidate" -c "$can_make" 2>/dev/null; then
            echo "$candidate"
            return
        fi
        missing=$candidate
    done
    if [ -n "$missing" ]; then
        say "$missing can't make virtual environments: its modules venv and ensurepip are missing." \
            "On Debian and Ubuntu: apt-get install python3-venv, then run make again."
    else
        say "labkit needs Python 3.11 or newer; tried: ${wanted:-python3, python3.11 to python3.14, python}." \
            "Install one, or name it: make PYTHON=/path/to/python3.12"
    fi
    exit 1
}

if ! "$venv/bin/python" -c "$new_enough" 2>/dev/null || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    say "Making $venv with $("$python" --version)."
    "$python" -m venv --clear "$venv"
fi
say "Installing what requirements.lock names into $venv; the first time takes a minute or two."
"$venv/bin/python" -m pip install -qq --no-deps --require-hashes --requirement requirements.lock
"$venv/bin/python" -m pip install -qq --no-deps --no-build-isolation --editable .
