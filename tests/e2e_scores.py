"""
Decisions are held to the labelled columns of tests/fixtures/columns: no set falls below its floor (floors.json). What is wrong and
the record does not know is printed; tests/bench/scores.py --record writes the record anew.
"""
import json
import os
import sys

from drive import PROGRAM, Skip, main, test

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench"))
import scores  # noqa: E402


def floors():
    with open(os.path.join(scores.COLUMNS, "floors.json"), encoding="utf-8") as f:
        return json.load(f)


def hold(results):
    low = []
    for stem, result in results.items():
        figures, floor = result.figures(), floors().get(stem, {})
        low += [f"{stem}: {what} {figures[what]}, floor {least}" for what, least in floor.items() if what != "false_alarms" and figures[what] < least]
        if figures["false_alarms"] > floor.get("false_alarms", figures["false_alarms"]):
            low.append(f"{stem}: {figures['false_alarms']} false alarms, at most {floor['false_alarms']}")
    if low:
        scores.show(results, scores.record())
    assert not low, "\n".join(low)


@test
def no_set_of_columns_is_decided_worse_than_its_floor(_house):
    hold({stem: scores.score(PROGRAM, stem, scores.groups()) for stem in scores.sets()})


@test
def of_columns_that_are_nobodys_at_most_one_in_200_is_called_personal(_house):
    of = scores.groups()
    nobodys = alarms = 0
    for stem in ("machine", "tpch", "tpcds"):
        result = scores.score(PROGRAM, stem, of)
        nobodys, alarms = nobodys + result.nobody, alarms + result.alarms
    assert alarms * 200 <= nobodys, f"{alarms} of {nobodys}"


@test
def real_columns_of_gittables_are_not_decided_worse_than_their_floor(_house):
    results = scores.gittables(PROGRAM)
    if not results:
        raise Skip("no ../shared/data/columns/gittables-dev.json beside the tree")
    hold(results)


main()
