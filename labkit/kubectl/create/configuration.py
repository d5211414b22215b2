"""`kubectl create configmap` and `kubectl create secret`.

Sources: kubectl pkg/cmd/create/create_{configmap,secret,secret_docker,secret_tls}.go and pkg/util/*.go, v1.32.5.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from labkit.errors import CommandError
from labkit.fields import names
from labkit.kubectl.call import Call
from labkit.kubectl.create.generator import Object, generator, manifest, subcommands
from labkit.kubectl.parser import Flag

SOURCES = (
    Flag("from-literal", "", "array", help="An entry, as key=value"),
    Flag("from-file", "", "list", help="A file or folder, as [key=]path"),
    Flag("from-env-file", "", "list", help="A file of lines key=value"),
)
DOCKER_HUB = "https://index.docker.io/v1/"


@generator(
    "configmap",
    "cm",
    usage="NAME [--from-file=[key=]source] [--from-literal=key1=value1]",
    flags=SOURCES,
    failed="failed to create configmap: ",
)
def config_map(call: Call, name: str) -> Object:
    """Create a config map from a local file, directory or literal value."""
    texts: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in entries(call, "ConfigMap", name).items():
        try:
            texts[key] = value.decode("utf-8")
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    parts = {field: value for field, value in (("data", texts), ("binaryData", binary)) if value}
    return manifest("v1", "ConfigMap", name, **parts)


def entries(call: Call, kind: str, name: str) -> dict[str, bytes]:
    """The entries that the flags name, in their order; CommandError for keys that are bad or there twice."""
    found: dict[str, bytes] = {}
    if call.flags["from-env-file"] and (call.flags["from-file"] or call.flags["from-literal"]):
        raise CommandError("error: from-env-file cannot be combined with from-file or from-literal")
    for key, value in _all_entries(call):
        if wrong := names.config_map_key(key):
            raise CommandError(f'error: "{key}" is not a valid key name for a {kind}: {",".join(wrong)}')
        if key in found:
            text = f"cannot add key {key!r}, another key by that name already exists in Data for {kind} {name!r}"
            raise CommandError(f"error: {text}".replace("'", '"'))
        found[key] = value
    return found


def _all_entries(call: Call) -> Iterator[tuple[str, bytes]]:
    for word in call.flags["from-literal"]:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise CommandError(f"error: invalid literal source {word}, expected key=value")
        yield key, value.strip("\"'").encode()
    for word in call.flags["from-file"]:
        yield from _from_file(call, word)
    for word in call.flags["from-env-file"]:
        yield from _from_env_file(_read(call, word).decode("utf-8", "replace"))


def _from_file(call: Call, word: str) -> Iterator[tuple[str, bytes]]:
    key, equals, path = word.partition("=")
    if word.count("=") > 1:
        raise CommandError("error: key names or file paths cannot contain '='")
    if equals and not (key and path):
        missing = "key name" if not key else "file path"
        raise CommandError(f'error: {missing} for "{word}" is missing')
    place = path if equals else word
    if not equals and (call.cwd / place).is_dir():
        for file in sorted((call.cwd / place).iterdir()):
            if file.is_file():
                yield file.name, file.read_bytes()
        return
    yield (key if equals else Path(place).name), _read(call, place)


def _read(call: Call, path: str) -> bytes:
    try:
        return (call.cwd / path).read_bytes()
    except OSError:
        raise CommandError(f"error: error reading {path}: no such file or directory") from None


def _from_env_file(text: str) -> Iterator[tuple[str, bytes]]:
    for line in text.splitlines():
        stripped = line.lstrip()
        if stripped and not stripped.startswith("#"):
            key, _, value = stripped.partition("=")
            yield key, value.encode()


subcommands(
    "create secret",
    "Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n"
    " A generic type secret indicate an Opaque secret type.\n\n"
    " A tls type secret holds TLS certificate and its associated key.",
    "(docker-registry | generic | tls) [options]",
    {
        "docker-registry": "Create a secret for use with a Docker registry",
        "generic": "Create a secret from a local file, directory, or literal value",
        "tls": "Create a TLS secret",
    },
)
FAILED = "failed to create secret "


@generator(
    "secret generic",
    usage="NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]",
    flags=(*SOURCES, Flag("type", help="The type of the secret")),
    failed=FAILED,
)
def secret(call: Call, name: str) -> Object:
    """Create a secret from a local file, directory, or literal value."""
    data = {key: base64.b64encode(value).decode() for key, value in entries(call, "Secret", name).items()}
    parts: Object = {"data": data} if data else {}
    return manifest("v1", "Secret", name, **parts, **({"type": call.flags["type"]} if call.flags["type"] else {}))


@generator(
    "secret tls",
    usage="NAME --cert=path/to/cert/file --key=path/to/key/file",
    flags=(Flag("cert", help="The file of the certificate"), Flag("key", help="The file of the key")),
    required=("cert", "key"),
    failed=FAILED,
)
def tls_secret(call: Call, name: str) -> Object:
    """Create a TLS secret."""
    files = {"tls.crt": call.flags["cert"], "tls.key": call.flags["key"]}
    data = {key: base64.b64encode(_read(call, path)).decode() for key, path in files.items()}
    return manifest("v1", "Secret", name, data=data, type="kubernetes.io/tls")


@generator(
    "secret docker-registry",
    usage="NAME --docker-username=user --docker-password=password --docker-email=email",
    flags=(
        Flag("docker-username", help="The user"),
        Flag("docker-password", help="The password"),
        Flag("docker-email", help="The mail address"),
        Flag("docker-server", default=DOCKER_HUB, help="The registry"),
    ),
    failed=FAILED,
)
def docker_secret(call: Call, name: str) -> Object:
    """Create a secret for use with a Docker registry."""
    user, password, mail = (call.flags[f"docker-{field}"] for field in ("username", "password", "email"))
    for field, value in (("username", user), ("password", password)):
        if not value:
            raise CommandError(f"error: either --from-file or the combination of --docker-{field} is required")
    login = {"username": user, "password": password} | ({"email": mail} if mail else {})
    login["auth"] = base64.b64encode(f"{user}:{password}".encode()).decode()
    text = json.dumps({"auths": {call.flags["docker-server"]: login}}, separators=(",", ":"))
    data = {".dockerconfigjson": base64.b64encode(text.encode()).decode()}
    return manifest("v1", "Secret", name, data=data, type="kubernetes.io/dockerconfigjson")
