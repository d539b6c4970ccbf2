"""An admin publishes definitions: all of them, or nothing."""

import pytest

from lifecycle_fsm.domain.errors import Forbidden, MachineNotFound
from lifecycle_fsm.domain.paging import PageRequest
from lifecycle_fsm.services.browse import current_catalog, current_machine, find_machines, list_segments
from lifecycle_fsm.services.publish import NotPublished, Published, publish
from lifecycle_fsm.services.publishing_pages import page_publications
from tests.worlds import ADMIN, CSM, Stage, definitions

MID_MARKET = "segments/mid_market.yaml"


def changed(old: bytes, new: bytes) -> dict[str, bytes]:
    """The demo's definitions with one change in the mid-market segment."""
    files = definitions("demo")
    assert files[MID_MARKET].count(old) == 1
    return {**files, MID_MARKET: files[MID_MARKET].replace(old, new)}


def digests(stage: Stage) -> dict[str, str]:
    return {segment.segment: segment.digest for segment in list_segments(stage.world, ADMIN)}


def test_publishing_the_same_text_again_changes_nothing(stage: Stage) -> None:
    before = list_segments(stage.world, ADMIN)
    stage.clock.turn(days=1)

    outcome = publish(stage.world, ADMIN, definitions("demo"))

    assert isinstance(outcome, Published)
    assert outcome.changed == ()
    assert list_segments(stage.world, ADMIN) == before


def test_segments_are_asked_by_rank(stage: Stage) -> None:
    assert [segment.segment for segment in list_segments(stage.world, ADMIN)] == [
        "enterprise",
        "mid_market",
        "tech_touch",
    ]


def test_one_error_publishes_nothing(stage: Stage) -> None:
    before = digests(stage)

    outcome = publish(stage.world, ADMIN, changed(b"initial: new_customer", b"initial: new_costumer"))

    assert isinstance(outcome, NotPublished)
    (diagnostic,) = outcome.diagnostics
    assert (diagnostic.file, diagnostic.suggestion) == (MID_MARKET, "new_customer")
    assert digests(stage) == before


def test_accounts_keep_their_version_and_new_ones_get_the_new(stage: Stage) -> None:
    old = stage.sign("OLD", arr=50_000)
    before = digests(stage)

    outcome = publish(stage.world, ADMIN, changed(b"expected: 45d", b"expected: 40d"))

    new = stage.sign("NEW", arr=50_000)
    after = digests(stage)
    assert isinstance(outcome, Published)
    assert outcome.changed == ("mid_market",)
    assert stage.see(old).lifecycle.machine == before["mid_market"]
    assert stage.see(new).lifecycle.machine == after["mid_market"] != before["mid_market"]
    assert (after["enterprise"], after["tech_touch"]) == (before["enterprise"], before["tech_touch"])


def test_every_published_version_can_be_read_again(stage: Stage) -> None:
    published = digests(stage)

    machines = find_machines(stage.world, ADMIN, [*published.values(), "0" * 64])

    assert {machine.segment: digest for digest, machine in machines.items()} == published
    assert all(machine.digest == digest for digest, machine in machines.items())
    assert current_machine(stage.world, ADMIN, "nobody") is None


def test_an_unknown_version_is_named(stage: Stage) -> None:
    with stage.world.database.reading() as connection, pytest.raises(MachineNotFound, match="'feed' was ever"):
        stage.world.shelf.machines(connection, ["feed"])


def test_only_an_admin_publishes(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        publish(stage.world, CSM, definitions("demo"))


def test_of_publications_in_the_same_instant_the_last_one_counts(stage: Stage) -> None:
    first, catalog = definitions("demo"), "catalog.yaml"
    titles = []
    for number in range(6):
        extra = f"  account.extra_{number}: {{title: Extra, kind: text}}\n".encode()
        files = {**first, catalog: first[catalog].replace(b"\nfacts:\n", b"\nfacts:\n" + extra)}
        assert isinstance(publish(stage.world, ADMIN, files), Published)
        titles.append(f"account.extra_{number}" in current_catalog(stage.world, ADMIN).facts)

    made = page_publications(stage.world, ADMIN, PageRequest(10)).items

    assert titles == [True] * 6
    assert len({each.published_at for each in made}) == len(made) == 7


def test_a_catalog_that_comes_back_counts_again(stage: Stage) -> None:
    first = definitions("demo")
    extra = b"\nfacts:\n  account.extra: {title: Extra, kind: text}\n"
    publish(stage.world, ADMIN, {**first, "catalog.yaml": first["catalog.yaml"].replace(b"\nfacts:\n", extra)})
    stage.clock.turn(days=1)

    publish(stage.world, ADMIN, first)

    assert "account.extra" not in current_catalog(stage.world, ADMIN).facts
