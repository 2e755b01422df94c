"""What the proof does not say of the tracks, the expert and the shifted views."""

import numpy as np
import pytest

from reference_numpy.concepts import driving


@pytest.fixture(scope="module")
def tracks():
    return driving.tracks(4, 0)


def test_every_other_track_goes_round_the_other_way(tracks):
    x, y = np.moveaxis(tracks["middle"], -1, 0)
    areas = (x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1) / 2
    np.testing.assert_array_equal(np.sign(areas), [1, -1, 1, -1])


def test_points_of_a_track_are_a_metre_apart(tracks):
    steps = np.linalg.norm(np.diff(tracks["middle"], axis=1), axis=-1)
    np.testing.assert_allclose(steps, 1, atol=0.02)


def test_the_expert_keeps_to_the_middle(tracks):
    poses = driving.drive(driving.expert_on(tracks["middle"]), tracks["pose"], driving.LAP)
    gaps = tracks["middle"] - poses[:, :, None, :2]
    assert np.sqrt((gaps**2).sum(axis=-1)).min(axis=-1).max() < driving.LANE / 2


def test_a_car_that_goes_straight_leaves_its_lane_and_is_not_let_in_again(tracks):
    poses = driving.drive(lambda pose: 0 * pose[:, 0], tracks["pose"], 60)
    back = np.concatenate([poses, poses[::-1]])
    steps = driving.steps_in_lane(poses, tracks["middle"])
    assert (steps < 60).all()
    np.testing.assert_array_equal(driving.steps_in_lane(back, tracks["middle"]), steps)


def test_a_view_that_is_not_shifted_is_the_picture(tracks):
    pictures, steering, none = tracks["pictures"][:, 0], tracks["steering"][:, 0], np.zeros(4, "f")
    seen, corrected = driving.shifted_view(pictures, steering, none, none)
    np.testing.assert_allclose(seen, pictures, atol=1e-5)
    np.testing.assert_allclose(corrected, steering, atol=1e-6)


@pytest.mark.parametrize(("shift", "turn"), [(0.5, 0.0), (-0.5, 0.0), (0.0, 0.1), (0.5, 0.1)])
def test_shifted_views_are_what_is_seen_and_done_there(tracks, shift, turn):
    middle, at = tracks["middle"], np.full(4, 40)
    pose = driving.on_middle(middle, at)
    heading = pose[:, 2]
    moves = [-shift * np.sin(heading), shift * np.cos(heading), turn + 0 * heading]
    there = pose + np.stack(moves, axis=1).astype("float32")
    here, true = (
        (driving.camera(tracks["ground"], p), driving.pure_pursuit(p, middle))
        for p in (pose, there)
    )
    moved = driving.shifted_view(*here, np.full(4, shift, "f"), np.full(4, turn, "f"))
    inner = (slice(None), slice(4, 12), slice(8, 16))  # what both cameras see
    apart = np.abs(here[0] - true[0])[inner].mean()
    assert np.abs(moved[0] - true[0])[inner].mean() < apart / 2
    np.testing.assert_allclose(moved[1], true[1], atol=0.01)
