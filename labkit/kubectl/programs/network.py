"""nslookup, wget and curl: cluster DNS and requests through the cluster, as the pod sees them."""

from __future__ import annotations

from urllib.parse import urlsplit

from labkit.errors import LabError
from labkit.kubectl.programs.place import Place, Program, Ran, not_simulated
from labkit.network import dns
from labkit.network.dns import Record

REFUSED, TIMED_OUT, UNKNOWN = "refused", "timed out", "unknown host"
CURL = {UNKNOWN: 6, REFUSED: 7, TIMED_OUT: 28}
"""curl's exit codes."""
_VALUED = (
    "-T", "--timeout", "-m", "--max-time", "--connect-timeout", "-H", "--header", "-t", "-X", "--request", "-w",
    "--write-out", "--retry",
)  # fmt: skip
_PLAIN = ("-q", "-s", "-S", "-sS", "-qO-", "-qO", "-f", "-fsS", "-fs", "-k", "-L", "-sL", "--spider", "-i", "-I", "-v")


def nslookup(place: Place, args: list[str]) -> Ran:
    """What cluster DNS answers the pod; 1 if it knows no such name."""
    kind, names = "A", []
    for word in args:
        if word.startswith(("-type=", "-query=", "-q=")):
            kind = word.partition("=")[2].upper()
        elif word.startswith("-"):
            raise not_simulated(f"nslookup {word}")
        else:
            names.append(word)
    if not names or kind not in ("A", "SRV"):
        raise not_simulated(f"nslookup {' '.join(args)}".strip())
    if f"nameserver {dns.SERVER}\n" not in place.files.get("/etc/resolv.conf", ""):
        return Ran("", ";; connection timed out; no servers could be reached\n\n", 1)
    answer = place.lab.dns(names[0], from_pod=f"{place.pod.namespace}/{place.pod.name}", type=kind)
    head = f"Server:\t\t{dns.SERVER}\nAddress:\t{dns.SERVER}:53\n\n"
    if not answer.records:
        said = "No answer" if answer.status == "NOERROR" else answer.status
        return Ran(f"{head}** server can't find {names[0]}: {said}\n\n", "", 1)
    return Ran(head + "".join(map(_line, answer.records)) + "\n")


def _line(record: Record) -> str:
    if record.type == "CNAME":
        return f"{record.name}\tcanonical name = {record.value}\n"
    if record.type == "SRV":
        return f"{record.name}\tservice = {record.value}\n"
    return f"Name:\t{record.name}\nAddress: {record.value}\n"


def wget(place: Place, args: list[str]) -> Ran:
    """A request as BusyBox makes it; the body names the pod that answered."""
    url, flags = _url("wget", args)
    if not any(word.startswith(("-O", "-qO", "--spider")) for word in flags):
        raise not_simulated("wget to a file", "Print it instead: wget -qO- URL")
    body, failed = _ask(place, url)
    target, port = _target(url)
    if failed == UNKNOWN:
        return Ran("", f"wget: bad address '{target}:{port}'\n" if ":" in _netloc(url) else _bad(target), 1)
    if failed == TIMED_OUT:
        return Ran("", "wget: download timed out\n", 1)
    if failed:
        return Ran("", f"wget: can't connect to remote host ({_address(place, target)}): Connection refused\n", 1)
    return Ran("" if "--spider" in flags else body)


def _bad(target: str) -> str:
    return f"wget: bad address '{target}'\n"


def curl(place: Place, args: list[str]) -> Ran:
    """A request as curl makes it; the body names the pod that answered."""
    url, flags = _url("curl", args)
    body, failed = _ask(place, url)
    target, port = _target(url)
    silent = any(word.startswith("-") and "s" in word and "S" not in word for word in flags if word[:2] != "--")
    if not failed:
        return Ran("" if "-o" in flags else body)
    words = {
        UNKNOWN: f"Could not resolve host: {target}",
        REFUSED: f"Failed to connect to {target} port {port} after 0 ms: Could not connect to server",
        TIMED_OUT: f"Failed to connect to {target} port {port} after 10000 ms: Timeout was reached",
    }[failed]
    return Ran("", "" if silent else f"curl: ({CURL[failed]}) {words}\n", CURL[failed])


def _url(program: str, args: list[str]) -> tuple[str, list[str]]:
    """The address and the flags; a flag that isn't known is refused by name."""
    queue, urls, flags = list(args), [], []
    while queue:
        word = queue.pop(0)
        if word in _VALUED or word in ("-o", "-O", "--output"):
            flags.append(f"{word[:2]}{'-' if word == '-O' else ''}")
            queue = queue[1:]
        elif word in _PLAIN or word.startswith(("-T", "-m", "--timeout=", "--max-time=", "-O-", "-q")):
            flags.append(word)
            queue = queue[1:] if word == "-qO" else queue
        elif word.startswith("-"):
            raise not_simulated(f"{program} {word}")
        else:
            urls.append(word)
    if len(urls) != 1:
        raise not_simulated(f"{program} with {len(urls)} URLs")
    return urls[0], flags


def _netloc(url: str) -> str:
    return urlsplit(url if "://" in url else f"http://{url}").netloc


def _target(url: str) -> tuple[str, int]:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _ask(place: Place, url: str) -> tuple[str, str]:
    """The body, or which way it failed."""
    host, port = _target(url)
    own = place.address if host in ("localhost", "127.0.0.1") else host
    try:
        asker = f"{place.pod.namespace}/{place.pod.name}"
        response = place.lab.request(f"http://{own}:{port}/", client=asker).all[0]
    except LabError as error:
        raise not_simulated(f"a request to {url}", str(error)) from None
    if not response.failure:
        return f"answered by {response.pod} on {response.node}\n", ""
    words = response.failure
    return "", UNKNOWN if words.startswith("could not resolve") else TIMED_OUT if "timed out" in words else REFUSED


def _address(place: Place, host: str) -> str:
    found = place.lab.dns(host, from_pod=f"{place.pod.namespace}/{place.pod.name}").addresses
    return found[0] if found else "127.0.0.1" if host == "localhost" else host


NETWORK: dict[str, Program] = {"nslookup": nslookup, "wget": wget, "curl": curl}
