"""What all operations share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.ecs.requests import checked_tags, cluster_of, limited, merged_tags, page
from labkit.errors import AwsError


@given(count=st.integers(0, 40), size=st.integers(1, 12))
def test_pages_follow_each_other_without_gap_or_repetition(count, size):
    items, seen, request = list(range(count)), [], {"maxResults": size}
    while True:
        answer = page(request, items, "items")
        seen += answer["items"]
        assert len(answer["items"]) <= size
        if "nextToken" not in answer:
            break
        request = {"maxResults": size, "nextToken": answer["nextToken"]}
    assert seen == items


@pytest.mark.parametrize("request_", [{"maxResults": 101}, {"maxResults": -1}, {"nextToken": "nonsense"}])
def test_a_page_that_cannot_be_is_refused(request_):
    with pytest.raises(AwsError) as refusal:
        page(request_, [1], "items")
    assert refusal.value.code == "InvalidParameterException"


def test_a_missing_cluster_is_not_found(bare):
    assert cluster_of(bare, {}).name == "default"
    with pytest.raises(AwsError, match="Cluster not found") as refusal:
        cluster_of(bare, {"cluster": "shop"})
    assert refusal.value.code == "ClusterNotFoundException"


def test_names_are_counted():
    with pytest.raises(AwsError, match="cannot be empty"):
        limited({"tasks": []}, "tasks", 2, "Tasks")
    with pytest.raises(AwsError, match=r"^taskIds can have at most 2 items\.$"):
        limited({"tasks": ["a", "b", "c"]}, "tasks", 2, "Tasks")


def test_tags_replace_those_of_the_same_key():
    assert merged_tags([{"key": "a", "value": "1"}], [{"key": "a", "value": "2"}, {"key": "b"}]) == [
        {"key": "a", "value": "2"},
        {"key": "b", "value": ""},
    ]


def test_too_many_tags_and_tags_of_aws_are_refused():
    with pytest.raises(AwsError, match="Too many tags"):
        checked_tags({"key": str(number)} for number in range(51))
    with pytest.raises(AwsError, match="aws:"):
        checked_tags([{"key": "aws:ecs"}])
