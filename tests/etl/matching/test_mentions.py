"""What a channel only talks about suggests, and attributes nothing."""

from __future__ import annotations

from etl.matching.mentions import TALKED_ABOUT
from tests.etl.matching.test_matcher import decide, short

HOSTS = ("docs.brindle.example", "elsewhere.example")


def test_host_that_messages_link_to_is_the_nearest_thing_and_no_match() -> None:
    decision = decide("slack", "random", mentioned=HOSTS)
    assert (decision.status, decision.matches, decision.candidates) == ("unmatched", (), ())
    nearest = decision.nearest
    assert nearest is not None
    assert (nearest.text, nearest.field) == ("docs.brindle.example", "mentioned")
    assert (nearest.company, nearest.detail) == ("brindle", TALKED_ABOUT)


def test_channel_shared_with_somebody_goes_to_review_with_whom_it_talks_about() -> None:
    decision = decide("slack", "partners", mentioned=HOSTS, flags=("ext_shared",))
    assert (short(decision), decision.reason) == (("review", ["brindle"]), TALKED_ABOUT)


def test_domain_of_somebody_taking_part_is_untouched_by_what_is_talked_about() -> None:
    decision = decide(
        "slack",
        "partners",
        emails=("ann@lugaferns.example",),
        mentioned=HOSTS,
        flags=("ext_shared",),
    )
    assert short(decision) == ("matched", ["lugaferns"])


def test_our_own_free_mail_and_unknown_hosts_say_nothing() -> None:
    hosts = ("www.ourco.example", "gmail.com", "elsewhere.example", "localhost")
    for flags in ((), ("ext_shared",)):
        decision = decide("slack", "random", mentioned=hosts, flags=flags)
        assert (decision.status, decision.nearest) == ("unmatched", None)
