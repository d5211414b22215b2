"""Why as a table: safe HTML, the winner and ties marked, refusals in words."""

from labkit import Lab

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}


def shown(**spec) -> str:
    lab = Lab.kubernetes(nodes=3)
    containers = [{"name": "web", "image": "shop/web:1.0"}]
    lab.cluster.create({**POD, "spec": {"containers": containers, **spec}})
    return lab.run("1s").why("web")._repr_html_()


def test_the_words_of_a_manifest_are_escaped():
    html = shown(nodeSelector={"<b>": "x"})
    assert "nodeSelector &lt;b&gt;=x" in html
    assert "nodeSelector <b>" not in html


def test_the_winner_and_the_ties_are_marked():
    html = shown()
    assert html.count("★ chosen") == 1
    assert "a tie of node-1, node-2, node-3" in html


def test_a_refused_node_says_who_refused_it():
    html = shown(nodeSelector={"disk": "ssd"})
    assert html.count("✗ refused") == 3
    assert "NodeAffinity" in html
