"""Why: rows of data, a text, a table."""

from making import add, node, place, pod, world

from labkit.scheduler import explain


def why(**spec):
    cluster = world(node("n1", memory="4000"), node("n2", memory="4000"), node("n3", cpu="1"))
    place(cluster, pod("old", "1"), "n1")
    return explain(cluster, add(cluster, pod("web", "1250m", "1000", **spec)))


def test_the_chosen_node_comes_first_the_refused_last():
    rows = why().rows
    assert [(row.node, row.verdict) for row in rows] == [
        ("n2", "chosen"), ("n1", "feasible"), ("n3", "NodeResourcesFit: Insufficient cpu"),
    ]  # fmt: skip


def test_totals_are_the_sums_of_the_scores_shown():
    for row in why().rows:
        if row.total is not None:
            assert row.total == sum(score.weighted for score in row.scores)


def test_the_text_has_the_terms():
    text = str(why())
    assert "default/web → n2: " in text
    assert "cpu (4000-1250)*100/4000 = 68, memory (4000-1000)*100/4000 = 75, (68+75)/2 = 71" in text
    assert "n3: NodeResourcesFit: Insufficient cpu\n    cpu 1250 > 1000 - 0 = 1000" in text


def test_a_waiting_pod_shows_the_literal_message():
    found = why(nodeSelector={"disk": "ssd"})
    assert found.summary == f"default/web waits: {found.decision.message}"
    assert found.rows[0].terms == ("nodeSelector disk=ssd fails: no label disk",)


def test_a_tie_is_told():
    cluster = world(node("n1"), node("n2"))
    assert "a tie of n1, n2: the first visited is taken" in str(explain(cluster, add(cluster, pod("web"))))


def test_preemption_says_who_must_leave():
    cluster = world(node("n1", cpu="1"))
    place(cluster, pod("old", "1"), "n1")
    found = explain(cluster, add(cluster, pod("vip", "1", priority=5)))
    assert found.summary.endswith("It is nominated for n1, where default/old must leave first.")


def test_a_gated_pod_is_said_to_wait_for_its_gates():
    found = why(schedulingGates=[{"name": "example.com/licence"}])
    assert "waits for its scheduling gates: example.com/licence; without them it would go to" in found.summary


def test_a_pod_whose_spec_names_its_node_was_chosen_by_nobody():
    assert "is on n1 because its spec names that node: no scheduler chose it" in why(nodeName="n1").summary
