"""The player behind the dashboard."""

from __future__ import annotations

from typing import Any

from labkit import Lab
from labkit.kinds import Key
from labkit.views.snapshot import picture
from labkit.widgets.player import Player


def test_it_starts_at_the_present(lab: Any) -> None:
    player = Player(lab)
    assert player.at_end
    assert player.picture == picture(lab.cluster)
    assert player.where() == "9 s, moment 11 of 11 (now)"


def test_every_moment_shows_the_cluster_as_it_was(lab: Any) -> None:
    player = Player(lab)
    for place, moment in enumerate(player.film.moments):
        assert player.film.picture(place) == picture(lab.cluster.as_of(moment.entries, moment.time))


def test_seeking_beyond_the_ends_means_the_ends(lab: Any) -> None:
    player = Player(lab)
    player.seek(-5)
    assert player.place == 0
    assert player.head == 0
    player.seek(500)
    assert player.at_end


def test_steps_go_back_and_forth(lab: Any) -> None:
    player = Player(lab)
    player.seek(5)
    player.back()
    assert player.place == 4
    player.step()
    assert player.place == 5
    assert player.changes() == ["Pod web-1: bound to node-2"]


def test_playing_in_the_past_leaves_the_lab_alone(lab: Any) -> None:
    player = Player(lab)
    player.seek(0)
    player.advance(4.5)
    assert player.head == 4.5
    assert player.film.moments[player.place].time == 4
    assert lab.now == 9


def test_playing_past_the_end_lets_the_lab_live_on(lab: Any) -> None:
    player = Player(lab)
    player.advance(5)
    assert lab.now == 14
    assert player.at_end
    assert player.head == 14


def test_it_follows_what_happens_to_the_lab_elsewhere(lab: Any) -> None:
    player = Player(lab)
    lab.cluster.remove(Key("Pod", "default", "web-0"))
    player.refresh()
    assert player.at_end
    assert len(player.picture.pods) == 2
    player.seek(3)
    lab.run(3)
    player.refresh()
    assert player.head == 2
    assert not player.at_end


def test_colours_and_sizes_hold_for_the_whole_film(lab: Any) -> None:
    player = Player(lab)
    assert player.film.owners == ["Deployment/default/web"]
    assert player.film.most_pods == 2


def test_frames_are_the_same_each_time(lab: Any) -> None:
    player, again = Player(lab), Player(lab)
    for place in (7, 3, 7):
        player.seek(place)
        again.seek(place)
        assert player.frame() == again.frame()


def test_tasks_of_ecs_are_shown_and_told_of_too() -> None:
    lab = Lab.ecs(instances=1, seed=1)
    container = {"name": "web", "image": "shop/web:1.0", "cpu": 256, "memory": 512}
    lab.client.register_task_definition(family="web", containerDefinitions=[container])
    [task] = lab.client.run_task(taskDefinition="web")["tasks"]
    player = Player(lab.run("1m"))
    said = [line for place in range(len(player.film)) for line in (player.seek(place) or player.changes(9))]
    assert f"Task {task['taskArn'].rpartition('/')[2][:8]}: RUNNING" in said
    assert player.picture.nouns == ("instance", "task")
