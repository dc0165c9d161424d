"""DataHub as it may be met: down, closed to us, overloaded, refusing, speaking something else, falling silent."""
import json
import os
import socket

from catalog import Catalog, cut_off, html, silence, status
from drive import main, test

INGEST = "/aspects"


def scanned(house, url, more=""):
    house.shop().run("scan")
    with open(house.at("tagline.yaml"), "a") as f:
        f.write(f"sinks:\n  - name: hub\n    type: datahub\n    server: {url}\n    mode: own\n    token: ${{HUB_TOKEN}}\n{more}")
    return house


TOKEN = {"HUB_TOKEN": "sesame-8417-secret"}


def meets(house, trouble, code, says, more=""):
    """A push to a catalog in that trouble ends so; the token is in no word, and the log is whole."""
    catalog = Catalog(trouble)
    try:
        scanned(house, catalog.url, more)
        answer = house.run("push", code=code, env=TOKEN, seconds=60)
    finally:
        catalog.close()
    assert TOKEN["HUB_TOKEN"] not in answer.out + answer.err, answer
    for part in says:
        assert part in answer.err, f"does not say {part!r}\n{answer}"
    house.log_is_whole()
    return catalog


@test
def a_push_changes_no_tag_and_no_edge(house):
    catalog = Catalog({})
    try:
        scanned(house, catalog.url)
        with house.db() as db:
            db.execute("create view mart_mail as select substr(email, 1, 4) as who, country from users")
        house.run("scan")
        before = house.git("rev-parse", "main:state")
        assert '"state":"carried"' in house.state("shop/main/mart_mail"), house.state("shop/main/mart_mail")
        house.run("push", env=TOKEN)
    finally:
        catalog.close()
    assert house.git("log", "-1", "--format=%s", "main").startswith("push")
    assert house.git("rev-parse", "main:state") == before


@test
def a_push_arrives_and_its_receipt_is_logged(house):
    catalog = meets(house, {}, 0, ["accepted"])
    aspects = {proposal["aspectName"] for proposal in catalog.proposals}
    assert {"schemaMetadata", "status"} <= aspects, aspects
    assert all(f"Bearer {TOKEN['HUB_TOKEN']}" in headers for _, _, headers, _ in catalog.heard)
    assert "push" in house.git("log", "-1", "--format=%B", "main")


@test
def a_dry_run_writes_nothing_anywhere(house):
    catalog = Catalog()
    scanned(house, catalog.url)
    before = house.commits()
    house.run("push", "--dry-run", env=TOKEN)
    catalog.close()
    assert house.commits() == before and not catalog.proposals
    assert all(method == "GET" or "batchGet" in path for method, path, _, _ in catalog.heard)


@test
def a_catalog_that_is_down_is_exit_3(house):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    scanned(house, url, "    retries: 1\n")
    house.fails(3, "push", env=TOKEN, says=url)
    house.log_is_whole()


@test
def a_token_that_is_not_taken_is_exit_3_and_named_by_its_key(house):
    meets(house, {"/config": [status(401)]}, 3, ["cannot sign in", "token"])


@test
def a_missing_privilege_is_named(house):
    meets(house, {INGEST: [status(403)]}, 3, ["does not allow"])


@test
def a_batch_that_is_too_large_is_sent_in_parts(house):
    catalog = meets(house, {INGEST: [status(413), status(413), None]}, 0, ["accepted"])
    assert catalog.proposals


@test
def an_item_that_is_refused_does_not_stop_the_others(house):
    def picky(request_body):
        return b"users" in request_body and b"schemaMetadata" in request_body

    def answer(request):
        body = catalog.heard[-1][3]
        if picky(body):
            status(422, '{"message": "unknown field"}')(request)
        else:
            catalog.proposals += json.loads(body)["proposals"]
            status(200, '{"value": "ok"}')(request)
    catalog = Catalog({INGEST: [answer]})
    scanned(house, catalog.url)
    told = house.run("push", code=3, env=TOKEN)
    catalog.close()
    assert "refused" in told.err and "unknown field" in told.err, told
    assert any("orders" in proposal["entityUrn"] for proposal in catalog.proposals)
    assert "unknown field" in house.git("show", "main") or "422" in house.git("show", "main")


@test
def an_overloaded_catalog_is_asked_again_later(house):
    catalog = meets(house, {"/config": [status(429, headers=[("Retry-After", "0")]), status(503), None]}, 0, ["accepted"])
    assert [path for _, path, _, _ in catalog.heard].count("/config") == 3


@test
def a_catalog_that_stays_broken_is_exit_3(house):
    meets(house, {"/config": [status(500)]}, 3, ["500"], "    retries: 1\n")


@test
def a_page_for_people_is_not_taken_for_an_answer(house):
    meets(house, {"/config": [html]}, 3, ["JSON"])


@test
def an_answer_that_breaks_off_is_not_taken_for_one(house):
    meets(house, {"/config": [cut_off]}, 3, ["tagline:"], "    retries: 1\n")


@test
def a_catalog_that_falls_silent_in_the_middle_is_exit_3(house):
    meets(house, {INGEST: [silence]}, 3, ["tagline:"], "    retries: 1\n")


@test
def a_second_push_of_the_same_is_harmless(house):
    catalog = Catalog()
    scanned(house, catalog.url)
    house.run("push", env=TOKEN)
    house.run("push", env=TOKEN)
    catalog.close()
    house.log_is_whole()


@test
def proposals_in_a_file_need_no_server(house):
    house.shop().run("scan")
    house.run("push", "--to", "out.json")
    proposals = json.load(open(house.at("out.json")))
    urns = {proposal["entityUrn"] for proposal in proposals}
    assert any("users" in urn for urn in urns) and not os.path.exists(house.at("out.json.tmp")), urns
    assert json.loads(house.run("push", "--to", "-").out) == proposals or len(proposals) > 3


main()
