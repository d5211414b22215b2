"""Profiles from the real scheduler's file, and what their arguments make of the plugins."""

import numpy as np
import pytest
from making import ZONE, add, node, place, pod, world

from labkit import Lab, Profile
from labkit.errors import LabError, ManifestError
from labkit.kinds import Key
from labkit.scheduler import DEFAULT, decide, explain
from labkit.scheduler.configuration import profiles
from labkit.scheduler.interpodaffinity import InterPodAffinity
from labkit.scheduler.noderesourcesfit import NodeResourcesFit
from labkit.scheduler.scoringstrategy import LeastAllocated, MostAllocated, Point, RequestedToCapacityRatio, Weighted

HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"


def one(yaml: str, plugins: tuple = ()) -> Profile:
    (found,) = profiles(f"{HEAD}profiles:\n- {yaml}", plugins)
    return found


def named(profile: Profile, name: str):
    return next(plugin for plugin in profile.plugins if plugin.name == name)


def configured(plugin: str, args: str) -> object:
    return named(one(f"pluginConfig: [{{name: {plugin}, args: {args}}}]"), plugin)


def test_an_empty_configuration_is_the_default_profile():
    assert profiles(HEAD) == (DEFAULT,)
    assert profiles({"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration"}) == (
        DEFAULT,
    )


def test_profiles_are_taken_as_they_are():
    assert profiles(DEFAULT) == (DEFAULT,)
    assert profiles([DEFAULT, DEFAULT.named("other")])[1].name == "other"


def test_a_configuration_is_read_from_a_file(tmp_path):
    (tmp_path / "scheduler.yaml").write_text(HEAD + "percentageOfNodesToScore: 70")
    assert profiles(tmp_path / "scheduler.yaml")[0].percentage == 70
    assert profiles(str(tmp_path / "scheduler.yaml"))[0].percentage == 70


def test_a_profile_has_its_own_percentage_or_everybodys():
    listed = "[{schedulerName: a, percentageOfNodesToScore: 30}, {schedulerName: b}]"
    found = profiles(f"{HEAD}percentageOfNodesToScore: 70\nprofiles: {listed}")
    assert [profile.percentage for profile in found] == [30, 70]


def test_a_plugin_disabled_at_score_still_filters():
    profile = one("plugins: {score: {disabled: [{name: TaintToleration}]}}")
    assert "TaintToleration" not in [plugin.name for plugin in profile.offering("score")]
    assert "TaintToleration" in [plugin.name for plugin in profile.filters]


def test_a_plugin_disabled_at_multipoint_is_gone():
    profile = one("plugins: {multiPoint: {disabled: [{name: InterPodAffinity}]}}")
    assert "InterPodAffinity" not in [plugin.name for plugin in profile.plugins] and not profile.points


def test_a_star_leaves_only_what_is_enabled():
    profile = one("plugins: {score: {disabled: [{name: '*'}], enabled: [{name: ImageLocality, weight: 7}]}}")
    assert [plugin.name for plugin in profile.offering("score")] == ["ImageLocality"]
    assert profile.weights == {"ImageLocality": 7}


def test_a_plugin_enabled_anew_runs_first_with_its_new_weight_or_1():
    profile = one("plugins: {score: {enabled: [{name: ImageLocality, weight: 9}, {name: TaintToleration}]}}")
    names = [plugin.name for plugin in profile.offering("score")]
    assert names[:3] == ["ImageLocality", "TaintToleration", "NodeAffinity"]
    assert (profile.weights["ImageLocality"], profile.weights["TaintToleration"]) == (9, 1)


def test_a_default_plugin_enabled_anew_at_multipoint_keeps_its_place():
    profile = one("plugins: {multiPoint: {enabled: [{name: NodeAffinity, weight: 8}]}}")
    assert [plugin.name for plugin in profile.plugins] == [plugin.name for plugin in DEFAULT.plugins]
    assert profile.weights == {**DEFAULT.weights, "NodeAffinity": 8}


def test_a_plugin_of_ones_own_may_be_named():
    class Quiet:
        def score_node(self, pod, node):
            return 100 - len(node.pods)

    profile = one("plugins: {multiPoint: {enabled: [{name: Quiet, weight: 4}]}}", (Quiet,))
    assert [plugin.name for plugin in profile.offering("score")][-1] == "Quiet" and profile.weights["Quiet"] == 4


FAILED = "initializing profiles: creating profile for scheduler name default-scheduler: "
ARGS = "strict decoding error: decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin "
CONFIG = "profiles[0].pluginConfig[0].args"


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("foo: 1", 'strict decoding error: unknown field "foo"'),
        (
            "profiles: [{plugins: {score: {runs: []}}}]",
            'strict decoding error: unknown field "profiles[0].plugins.score.runs"',
        ),
        ("percentageOfNodesToScore: 101", "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]"),
        ("profiles: [{schedulerName: a}, {}]", "profiles[1].schedulerName: Required value"),
        ("profiles: [{plugins: {score: {enabled: [{name: Foo}]}}}]", FAILED + 'ScorePlugin "Foo" does not exist'),
        (
            "profiles: [{plugins: {multiPoint: {enabled: [{name: Foo}]}}}]",
            FAILED + 'PreFilterPlugin "Foo" does not exist',
        ),
        (
            "profiles: [{plugins: {score: {enabled: [{name: NodeName}]}}}]",
            FAILED + 'plugin "NodeName" does not extend ScorePlugin plugin',
        ),
        (
            "profiles: [{plugins: {score: {enabled: [{name: ImageLocality}, {name: ImageLocality}]}}}]",
            FAILED + 'plugin "ImageLocality" already registered as "ScorePlugin"',
        ),
        (
            "profiles: [{plugins: {multiPoint: {disabled: [{name: '*'}]}}}]",
            FAILED + 'only one queue sort plugin required for profile with scheduler name "default-scheduler", '
            "but got 0",
        ),
        (
            "profiles: [{pluginConfig: [{name: DefaultPreemption, args: {foo: 1, bar: 2}}]}]",
            ARGS + 'DefaultPreemption: strict decoding error: unknown field "bar", unknown field "foo"',
        ),
        (
            "profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: "
            "{resources: [{Name: cpu}]}}}]}]",
            ARGS + 'NodeResourcesFit: strict decoding error: unknown field "scoringStrategy.resources[0].Name"',
        ),
        (
            "profiles: [{pluginConfig: [{name: DefaultPreemption, args: {kind: InterPodAffinityArgs}}]}]",
            "decoding .profiles[0].pluginConfig[0]: args for plugin DefaultPreemption were not of type "
            "DefaultPreemptionArgs.kubescheduler.config.k8s.io, got InterPodAffinityArgs.kubescheduler.config.k8s.io",
        ),
        (
            "profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Most}}}]}]",
            FAILED + 'initializing plugin "NodeResourcesFit": scoringStrategy.type: Unsupported value: "Most": '
            'supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
        ),
        (
            "profiles: [{pluginConfig: [{name: NodeResourcesFit, "
            "args: {scoringStrategy: {type: RequestedToCapacityRatio}}}]}]",
            FAILED + 'initializing plugin "NodeResourcesFit": scoringStrategy.requestedToCapacityRatio: '
            "Required value: must be specified when type is RequestedToCapacityRatio",
        ),
        (
            "profiles: [{pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}]}]",
            f"{CONFIG}.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]",
        ),
        (
            "profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: "
            "[{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]}}]}]",
            f'{CONFIG}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
        ),
        (
            "profiles: [{pluginConfig: [{name: NodeResourcesBalancedAllocation, "
            "args: {resources: [{name: cpu, weight: 2}]}}]}]",
            f"{CONFIG}.resources[0].weight: Invalid value: 2: must be 1",
        ),
    ],
)  # fmt: skip
def test_what_the_real_scheduler_refuses_is_refused_in_its_words(yaml, message):
    with pytest.raises(ManifestError) as caught:
        profiles(HEAD + yaml)
    assert caught.value.message == message


def test_another_kind_is_refused_with_a_hint():
    with pytest.raises(
        ManifestError, match=r'no kind "Pod" is registered for version "v1"\n.*KubeSchedulerConfiguration'
    ):
        profiles({"apiVersion": "v1", "kind": "Pod"})


def test_a_filter_without_its_prefilter_is_refused():
    off = "{disabled: [{name: NodeResourcesFit}]}"
    with pytest.raises(ManifestError, match="filters without its preFilter"):
        one(f"plugins: {{preFilter: {off}}}")


# Arguments


def ratings(strategy, *pairs: tuple[int, int]) -> list[int]:
    """Scores of nodes with the same (taken, room) of cpu and memory."""
    taken = np.array([[one, one] for one, _ in pairs], np.int64)
    room = np.array([[one, one] for _, one in pairs], np.int64)
    return strategy.score(taken, room).tolist()


def test_most_allocated_is_the_share_taken_at_most_100():
    strategy = configured("NodeResourcesFit", "{scoringStrategy: {type: MostAllocated}}").strategy
    assert strategy == MostAllocated()
    assert ratings(strategy, (1, 3), (5, 4), (0, 4), (1, 0)) == [33, 100, 0, 0]


def test_resources_are_weighted():
    args = "{scoringStrategy: {type: LeastAllocated, resources: [{name: cpu, weight: 3}, {name: memory}]}}"
    strategy = configured("NodeResourcesFit", args).strategy
    assert strategy == LeastAllocated((Weighted("cpu", 3), Weighted("memory", 1)))
    taken, room = np.array([[50, 0]]), np.array([[100, 100]])
    assert strategy.score(taken, room).tolist() == [62]
    assert strategy.terms([50, 0], [100, 100])[-1] == "(50*3+100*1)/4 = 62"


def test_a_curve_is_straight_between_its_points_and_rounds_towards_zero():
    falling = RequestedToCapacityRatio((Point(0, 10), Point(70, 3)))
    assert falling.curve[[0, 1, 33, 70, 100]].tolist() == [100, 99, 67, 30, 30]
    rising = RequestedToCapacityRatio((Point(20, 0), Point(100, 10)))
    assert rising.curve[[0, 20, 21, 60, 100]].tolist() == [0, 0, 1, 50, 100]


def test_a_resource_that_the_curve_rates_0_plays_no_part():
    strategy = RequestedToCapacityRatio((Point(0, 0), Point(100, 10)))
    assert strategy.score(np.array([[0, 55]]), np.array([[100, 100]])).tolist() == [55]
    assert strategy.score(np.array([[50, 55]]), np.array([[100, 100]])).tolist() == [53]


def test_an_extended_resource_counts_if_the_pod_asks_for_it():
    args = "{scoringStrategy: {type: MostAllocated, resources: [{name: example.com/gpu}]}}"
    profile = one(f"pluginConfig: [{{name: NodeResourcesFit, args: {args}}}]")
    cluster = world(node("n1", more={"example.com/gpu": "4"}), node("n2", more={"example.com/gpu": "2"}))
    asking = add(cluster, pod("a", "1", more={"example.com/gpu": "1"}))
    assert decide(cluster, asking, profile=profile).scores["NodeResourcesFit"] == {"n1": 25, "n2": 50}
    plain = add(cluster, pod("b", "1"))
    assert decide(cluster, plain, profile=profile).scores["NodeResourcesFit"] == {"n1": 0, "n2": 0}
    why = explain(cluster, asking, profile=profile)
    terms = next(score.terms for row in why.rows for score in row.scores if score.plugin == "NodeResourcesFit")
    assert terms == ("example.com/gpu 1*100/2 = 50", "(50)/1 = 50")


def test_ignored_resources_arent_filtered():
    cluster = world(node("n1", cpu="1"))
    key = add(cluster, pod("a", more={"example.com/gpu": "1", "other.org/nic": "1"}))
    assert decide(cluster, key).node is None
    plugin = configured("NodeResourcesFit", "{ignoredResources: [example.com/gpu], ignoredResourceGroups: [other.org]}")
    assert decide(cluster, key, profile=DEFAULT.with_plugin(plugin)).node == "n1"
    assert not NodeResourcesFit(ignored=frozenset({"cpu"})).ignores("cpu")


def test_balance_over_three_resources_is_their_standard_deviation():
    plugin = configured(
        "NodeResourcesBalancedAllocation", "{resources: [{name: cpu}, {name: memory}, {name: example.com/gpu}]}"
    )
    cluster = world(node("n1", "4", "4000", more={"example.com/gpu": "4"}), node("n2", "4", "4000"))
    key = add(cluster, pod("a", "1", "1000", more={"example.com/gpu": "4"}))
    cluster.patch(Key("Node", "", "n2"), {"metadata": {"labels": {"x": "y"}}})
    why = explain(cluster, key, profile=DEFAULT.with_plugin(plugin))
    terms = plugin.score_terms(why.cycle, 0)
    assert terms[1].endswith("example.com/gpu 4/4 = 1.0000: balance 64") and terms[2] == "(150 + 64 - 100)/2 = 57"


def test_an_added_affinity_holds_for_every_pod():
    wanted = "{nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}"
    plugin = configured(
        "NodeAffinity", f"{{addedAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {wanted}}}}}"
    )
    cluster = world(node("n1"), node("n2", labels={"disk": "ssd"}))
    decision = decide(cluster, add(cluster, pod("a")), profile=DEFAULT.with_plugin(plugin))
    assert decision.node == "n2"
    assert decision.rejected["n1"].reasons == ("node(s) didn't match scheduler-enforced node affinity",)


def test_hard_affinity_of_others_counts_by_its_weight():
    near_web = {"topologyKey": ZONE, "labelSelector": {"matchLabels": {"app": "web"}}}
    cluster = world(node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "b"}))
    affinity = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [near_web]}}
    place(cluster, pod("friend", labels={"app": "web"}, affinity=affinity), "n2")
    key = add(cluster, pod("web", labels={"app": "web"}))
    assert decide(cluster, key).scores["InterPodAffinity"] == {"n1": 0, "n2": 200}
    for plugin in (InterPodAffinity(hard_weight=0), InterPodAffinity(own_terms_only=True)):
        assert "InterPodAffinity" not in decide(cluster, key, profile=DEFAULT.with_plugin(plugin)).scores
    assert configured("InterPodAffinity", "{hardPodAffinityWeight: 5}") == InterPodAffinity(5)


def test_default_constraints_hold_for_pods_of_a_service():
    constraint = f"{{maxSkew: 1, topologyKey: {ZONE}, whenUnsatisfiable: DoNotSchedule}}"
    plugin = configured("PodTopologySpread", f"{{defaultingType: List, defaultConstraints: [{constraint}]}}")
    cluster = world(node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "b"}))
    meta = {"name": "web", "namespace": "default"}
    cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"selector": {"app": "web"}}})
    place(cluster, pod("old", labels={"app": "web"}), "n1")
    key = add(cluster, pod("new", labels={"app": "web"}))
    assert set(decide(cluster, key).feasible) == {"n1", "n2"}
    decision = decide(cluster, key, profile=DEFAULT.with_plugin(plugin))
    assert decision.feasible == ("n2",) and decision.rejected["n1"].plugin == "PodTopologySpread"


# A lab's scheduler


def test_pods_are_scheduled_by_the_profile_they_name_and_others_wait():
    packing = "pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated}}}]"
    lab = Lab.kubernetes(
        nodes=2,
        zones="",
        scheduler=f"{HEAD}profiles:\n- schedulerName: default-scheduler\n- schedulerName: packer\n  {packing}",
    )
    lab.apply([pod("a", "1"), pod("b", "1", schedulerName="packer"), pod("c", "1", schedulerName="nobody")])
    lab.run("1s")
    nodes = {name: lab.get("pods", name)["spec"].get("nodeName") for name in "abc"}
    assert nodes == {"a": "node-1", "b": "node-1", "c": None}
    assert not lab.get("pods", "c").get("status", {}).get("conditions")
    with pytest.raises(LabError, match="no scheduler is called nobody"):
        lab.why("c")
    assert lab.why("b").profile.name == "packer" and lab.at("1s").why("b").profile.name == "packer"
    assert lab.fork().why("b").node == "node-1"


# Variations


def test_a_profile_is_varied_without_changing_it():
    varied = DEFAULT.without("ImageLocality").weighted(NodeResourcesFit=5).named("mine")
    assert varied.name == "mine" and varied.weights["NodeResourcesFit"] == 5
    assert "ImageLocality" not in [plugin.name for plugin in varied.plugins]
    assert Profile() == DEFAULT and DEFAULT.weights["NodeResourcesFit"] == 1


def test_a_misspelt_plugin_is_named_with_the_right_one():
    with pytest.raises(LabError, match='no plugin "ImageLocalty"\nDid you mean ImageLocality'):
        DEFAULT.without("ImageLocalty")
    with pytest.raises(LabError, match="a weight is 1 or more"):
        DEFAULT.weighted(ImageLocality=0)


def test_a_plugin_takes_the_place_of_its_namesake():
    packing = DEFAULT.with_plugin(NodeResourcesFit(MostAllocated()), weight=3)
    assert [plugin.name for plugin in packing.plugins] == [plugin.name for plugin in DEFAULT.plugins]
    assert named(packing, "NodeResourcesFit").strategy == MostAllocated() and packing.weights["NodeResourcesFit"] == 3
