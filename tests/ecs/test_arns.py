"""Names of ECS."""

from random import Random

from labkit.ecs import arns
from labkit.kinds import Key, ecs


def test_arns_are_long_ones():
    assert arns.arn("task", "shop", "0a") == "arn:aws:ecs:us-east-1:123456789012:task/shop/0a"
    assert arns.cluster_arn("shop").endswith(":cluster/shop")
    assert ecs.key_of_arn(arns.arn("service", "shop", "web")) == Key(ecs.SERVICE, "shop", "web")


def test_a_cluster_is_meant_by_name_by_arn_or_not_at_all():
    assert arns.cluster_key("shop") == arns.cluster_key(arns.cluster_arn("shop")) == Key(ecs.CLUSTER, "", "shop")
    assert arns.cluster_key(None).name == "default"


def test_ids_have_the_real_lengths_and_come_from_the_seed():
    assert len(arns.new_id(Random(1))) == 32 and arns.new_id(Random(1)) == arns.new_id(Random(1))
    assert len(arns.instance_id(Random(1))) == 19
    assert arns.uuid_of("a") == arns.uuid_of("a") != arns.uuid_of("b")
