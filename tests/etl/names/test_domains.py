"""Whose a host name is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.names.domains import FREE_MAIL, host_of, of_address, registrable
from tests.guarding import no_hang


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("ann@acme.example", "acme.example"),
        ("ann@eu.mail.acme.example", "acme.example"),
        ("acme.co.uk", "acme.co.uk"),
        ("www.ACME.co.uk.", "acme.co.uk"),
        ("https://www.acme.example:8443/about?x=1", "acme.example"),
        ("mailto:ann@acme.example", "acme.example"),
        ("@acme.example", "acme.example"),
        ("acme.github.io", "acme.github.io"),
        ("büro.example", "xn--bro-hoa.example"),
        ("co.uk", None),
        ("github.io", None),
        ("localhost", None),
        ("10.1.2.3", None),
        ("acme", None),
        ("acme.example, brindle.example", None),
        ("", None),
        ("a..b", None),
    ],
)
def test_registrable_domain(text: str, domain: str | None) -> None:
    assert registrable(text) == domain


def test_guests_of_a_public_suffix_belong_to_nobody() -> None:
    assert of_address("ann@co.uk") is None
    assert of_address("ann@github.io") is None


@pytest.mark.parametrize(
    "address", ["ann@gmail.com", "ann@yahoo.co.uk", "Ann@PM.me", "r1@resource.calendar.google.com"]
)
def test_free_mail_and_rooms_are_evidence_of_nothing(address: str) -> None:
    assert of_address(address) is None


def test_people_at_a_provider_are_people() -> None:
    assert of_address("ann@google.com") == "google.com"
    assert "google.com" not in FREE_MAIL


@given(st.text(max_size=30))
def test_any_text_has_a_domain_or_none(text: str) -> None:
    domain = registrable(text)
    assert domain is None or registrable(domain) == domain


@pytest.mark.parametrize("text", ["0.´", "a b.example", "x..example"])
def test_what_no_host_may_hold_is_none(text: str) -> None:
    assert registrable(text) is None


def test_the_suffix_list_is_not_loaded_by_importing() -> None:
    code = (
        "import sys, etl.matching.matcher, etl.mapping.read\n"
        "print([m for m in ('publicsuffixlist', 'pydantic', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("mass", ["\u0650\u064b", "a.", "ä.", "a@", ":1", "a:", "/", "ä"])
def test_a_host_is_no_longer_than_any_may_be(mass: str) -> None:
    with no_hang():
        assert host_of(f"ا{mass * 200_000}.example") is None


def test_a_host_may_be_as_long_as_any_is() -> None:
    host = ".".join(["a" * 62] * 3 + ["b" * 56]) + ".example"
    assert len(host) == 253
    assert host_of(host) == host
    assert host_of(f"a{host}") is None
