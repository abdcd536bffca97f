"""Requests are few, allowed, and bring everything that can be had."""

from itertools import pairwise

from hypothesis import given, strategies as st

from custom_components.lumme_energy.modbus_registers.blocks import Block, Space
from custom_components.lumme_energy.modbus_registers.planner import pieces, plan, split

BLOCKS = st.builds(Block, st.sampled_from(Space), st.integers(0, 300), st.sampled_from([1, 2, 4]))
WANTED = st.lists(BLOCKS, max_size=40)


def _h(address: int, size: int = 2) -> Block:
    return Block(Space.HOLDING, address, size)


def test_neighbours_and_near_ones_are_one_request() -> None:
    assert plan([_h(0), _h(2), _h(18)], max_gap=16, max_registers=125) == [_h(0, 20)]
    assert plan([_h(0), _h(2), _h(19)], max_gap=16, max_registers=125) == [_h(0, 20 + 1)]
    assert plan([_h(0), _h(2), _h(20)], max_gap=16, max_registers=125) == [_h(0, 4), _h(20)]


def test_no_request_is_too_long() -> None:
    assert plan([_h(n) for n in range(0, 12, 2)], max_gap=1, max_registers=5) == [
        _h(0, 4),
        _h(4, 4),
        _h(8, 4),
    ]


def test_spaces_do_not_mix() -> None:
    other = Block(Space.INPUT, 2, 2)
    assert plan([_h(0), other], max_gap=16, max_registers=125) == [_h(0), other]


def test_refused_gap_is_never_asked_for() -> None:
    assert plan([_h(0), _h(4)], max_gap=16, max_registers=125, refused={_h(2)}) == [_h(0), _h(4)]


def test_refused_register_is_left_out_with_what_needs_it() -> None:
    assert plan([_h(0), _h(2), _h(4)], max_gap=16, max_registers=125, refused={_h(2)}) == [
        _h(0),
        _h(4),
    ]


@given(WANTED, st.integers(0, 30), st.integers(4, 125), st.sets(BLOCKS, max_size=6))
def test_plan_keeps_every_rule(
    wanted: list[Block], max_gap: int, max_registers: int, refused: set[Block]
) -> None:
    requests = plan(wanted, max_gap=max_gap, max_registers=max_registers, refused=refused)
    assert requests == sorted(requests)
    for request in requests:
        assert request.size <= max_registers
        assert not any(request.covers(bad) for bad in refused)
    for block in wanted:
        possible = not any(block.covers(bad) for bad in refused)
        assert any(request.covers(block) for request in requests) == possible


@given(WANTED.filter(lambda wanted: len(wanted) > 1))
def test_split_leaves_nothing_out_and_blames_what_is_between(wanted: list[Block]) -> None:
    inside = [block._replace(space=Space.INPUT) for block in wanted]
    whole = Block(Space.INPUT, 0, 400)
    parts = pieces(inside, whole)
    assert all(one.end <= two.address for one, two in pairwise(parts))
    if len(parts) < 2:
        return
    before, behind, blame = split(parts)
    assert before + behind == parts
    assert before
    assert behind
    assert not any(part.covers(blame) for part in parts)
    joined = Block(Space.INPUT, before[-1].address, behind[0].end - before[-1].address)
    assert joined.covers(blame)
