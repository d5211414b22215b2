"""Probes on one line: what is asked, then how often.

Source: kubectl pkg/describe/describe.go DescribeProbe, v1.32.5.
"""

from __future__ import annotations

from urllib.parse import quote

from labkit.kubectl.describe.metadata import Object, go_list


def probe(found: Object) -> str:
    """`http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3`."""
    pace = (
        f"delay={found.get('initialDelaySeconds') or 0}s timeout={found.get('timeoutSeconds') or 1}s "
        f"period={found.get('periodSeconds') or 10}s #success={found.get('successThreshold') or 1} "
        f"#failure={found.get('failureThreshold') or 3}"
    )
    return f"{_action(found)} {pace}"


def _action(found: Object) -> str:
    if "exec" in found:
        return f"exec {go_list(found['exec'].get('command'))}"
    if "httpGet" in found:
        return f"http-get {_url(found['httpGet'])}"
    if "tcpSocket" in found:
        return f"tcp-socket {found['tcpSocket'].get('host', '')}:{found['tcpSocket']['port']}"
    if "grpc" in found:
        return f"grpc <pod>:{found['grpc']['port']} {found['grpc'].get('service') or ''}"
    return "unknown"


def _url(request: Object) -> str:
    path = quote(request.get("path") or "/", safe="/:@!$&'()*+,;=~")
    return f"{(request.get('scheme') or 'HTTP').lower()}://{request.get('host', '')}:{request['port']}{path}"
