"""What learners often believe of Services, names and traffic, each with what is true instead."""

from __future__ import annotations

NETWORK: dict[str, str] = {
    "a Service's name gives its pods": (
        "The name of a Service gives its one cluster IP, and who answers there is drawn for each connection. Only a"
        " headless Service, clusterIP: None, gives the pods' own addresses."
    ),
    "an alias is completed by the search list": (
        "externalName goes into the answer as it is, and nothing is appended to it. Write the whole name:"
        " bank.back.svc.cluster.local."
    ),
    "a Service selects pods of every namespace": (
        "A selector finds pods of the Service's own namespace alone. To reach another one, use its name or an alias"
        " of type ExternalName."
    ),
    "session affinity holds for ever": (
        "A client is remembered for timeoutSeconds after its last connection, 10800 if you don't say. And a pod that is"
        " gone is forgotten at once."
    ),
    "one pod is the way to the same pod": (
        "With one pod everybody gets the same one, until it dies or can't cope. sessionAffinity: ClientIP keeps each"
        " client with its own."
    ),
    "traffic policy Local means the same pod": (
        "Local leaves only endpoints on the node where the connection arrives. Several there still take turns, and"
        " where there is none, nobody answers."
    ),
    "traffic policy Local falls back to other nodes": (
        "With Local a node without a ready endpoint has none to offer, and connections there fail. Cluster, the"
        " default, uses the endpoints of every node."
    ),
    "a Service remembers its clients": (
        "By default every connection is drawn anew, whoever it comes from. sessionAffinity: ClientIP is what remembers."
    ),
    "more pods help a Service that finds none": (
        "The Service's selector doesn't find the new pods either. Compare its selector with the pods' labels."
    ),
    "a port's name is found by itself": (
        "A targetPort with a name is looked up in each pod's containerPort names; a pod without that name is no"
        " endpoint for it. Use the name that is there, or the number."
    ),
    "the namespace comes first": (
        "A name is read from the inside out: the Service, then its namespace, as in stock.back."
    ),
    "a name brings its port": (
        "DNS gives an address and no port. The client names the Service's port, and http without one means 80."
    ),
    "a headless Service balances": (
        "A headless Service only answers in DNS. The client picks one of the addresses, and no kube-proxy is involved."
    ),
    "ExternalName forwards traffic": (
        "ExternalName is an alias in DNS: clients go to the other name themselves. No packet passes through it, and its"
        " ports mean nothing."
    ),
    "a NodePort is open where pods are": (
        "The port is open on every node, and kube-proxy there sends on to pods on any node, unless the traffic policy"
        " is Local."
    ),
    "endpoints mean that it answers": (
        "An endpoint is ready because its probe says so, or because it has none. Whether the application listens on"
        " that port is another question."
    ),
}  # fmt: skip
