"""Advertising end to end: an exchange's log, every column of it decided, and the facts that policies can ask for."""
import json
import os
import shutil

from drive import main, test

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "adtech")
TERMS = "tcf: {vendor_id: 755, consent: [1, 3, 4], legitimate_interest: [2, 7, 9, 10], flexible: [7]}\n"
CLOCK = {"TAGLINE_CLOCK": "1767323045"}  # 2026-01-02, the day that the fixture's ages are counted from


def expected():
    with open(os.path.join(FIXTURES, "expected.json"), encoding="utf-8") as f:
        return json.load(f)


def exchange(house, terms=TERMS):
    shutil.copy(os.path.join(FIXTURES, "bid_log.csv"), house.at("bid_log.csv"))
    house.config([("exchange", "csv", "path: bid_log.csv")], terms)


def classified(house):
    """Column -> its lines, the dominant type last."""
    out = {}
    for line in house.run("classify", "--json", "exchange", env=CLOCK).lines():
        out.setdefault(line["column"], []).append(line)
    return out


@test
def every_column_of_a_bid_log_is_decided(house):
    exchange(house)
    got = {name: lines[-1]["info_type"] for name, lines in classified(house).items()}
    want = {name: of["type"] for name, of in expected().items()}
    assert got == want, {name: (got.get(name), want[name]) for name in want if got.get(name) != want[name]}


@test
def facts_are_what_the_log_was_made_of(house):
    exchange(house)
    got = classified(house)
    for name, of in expected().items():
        facts = got[name][-1]["facts"]
        assert facts == of["facts"], (name, {k: (facts.get(k), of["facts"].get(k)) for k in facts.keys() | of["facts"].keys()
                                             if facts.get(k) != of["facts"].get(k)})


@test
def why_counts_the_purposes_in_their_order(house):
    exchange(house)
    out = house.run("why", "-c", "tagline.yaml", "bid_log.csv:tc_string", env=CLOCK).out
    places = [out.index(f" permit purpose {n} to the vendor") for n in range(1, 12)]
    assert places == sorted(places), out


@test
def a_violation_says_how_many_values_made_it_one(house):
    exchange(house, TERMS + "datasets: [{match: '**', zone: mart, uses: [marketing.advertising.third_party.targeted]}]\n")
    house.run("scan", env=CLOCK)
    found = [v["why"] for v in house.run("policy", "check", "--json").lines() if v["rule"] == "adtech/consent-covers-targeting"]
    assert len(found) == 1 and "(tcf.vendor.purpose_4: " in found[0] and found[0].endswith(")"), found


@test
def a_file_is_decided_by_the_configuration_that_is_named(house):
    exchange(house)
    told = {words: "tcf.vendor.purpose_1" in house.run("classify", "--json", *words, "bid_log.csv", env=CLOCK).out
            for words in ((), ("-c", "tagline.yaml"))}
    assert told == {(): False, ("-c", "tagline.yaml"): True}, told
    assert "to the vendor" in house.run("why", "-c", "tagline.yaml", "bid_log.csv:tc_string", env=CLOCK).out
    assert "to the vendor" not in house.run("why", "bid_log.csv:tc_string", env=CLOCK).out
    house.fails(2, "classify", "-c", "no.yaml", "bid_log.csv", says="no.yaml")


@test
def without_a_vendor_nothing_is_said_of_one(house):
    exchange(house, "")
    facts = classified(house)["tc_string"][-1]["facts"]
    assert facts["tcf.purpose_1.consent"][1] == facts["tcf.decodes"][0], facts
    assert not [name for name in facts if name.startswith("tcf.vendor")], facts


@test
def wrong_terms_are_named_with_their_place(house):
    for terms, what in (("tcf: {vendor_id: 755, consent: [12]}\n", "numbers from 1 to 11"),
                        ("tcf: {vendor_id: 70000}\n", "expected at most 65535"),
                        ("tcf: {consent: [1]}\n", "no 'vendor_id'"),
                        ("tcf: {vendor_id: 755, purposes: [1]}\n", "purposes"),
                        ("tcf: {vendor_id: 755, consent: 1}\n", "list of purposes"),
                        ("tcf: 755\n", "mapping")):
        exchange(house, terms)
        answer = house.run("classify", "exchange", code=2)
        assert "tagline.yaml:3:" in answer.err and what in answer.err, answer


main()
