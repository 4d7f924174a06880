"""What generated names and titles are made of. Two vocabularies share no word, phrase or own
company: one to work with, one to measure by.
"""

from __future__ import annotations

from typing import NamedTuple


class Vocabulary(NamedTuple):
    """The words of one set."""

    our_names: tuple[str, ...]
    our_domain: str
    syllables: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    halves: tuple[tuple[str, ...], tuple[str, ...]]
    """Beginnings and ends of names such as ``Stonebridge``."""
    common: tuple[str, ...]
    """Words that are companies' names, too."""
    tails: tuple[str, ...]
    strange_tails: tuple[str, ...]
    """What makes another company of a name: ``Anchor Mining``."""
    topics: tuple[str, ...]
    """Said of many."""
    once: tuple[str, ...]
    """Said once."""
    telegram: tuple[str, ...]
    """Titles; ``C`` is the company, ``O`` is us."""
    telegram_alone: tuple[str, ...]
    slack: tuple[str, ...]
    slack_alone: tuple[str, ...]
    calendar: tuple[str, ...]
    deals: tuple[str, ...]
    several: tuple[str, ...]
    plain_titles: tuple[str, ...]
    """Of groups and meetings that say nothing."""
    idioms: tuple[str, ...]
    """``W`` is a common word, and no company is meant."""
    nobody: tuple[str, ...]
    ours_only: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TUNING = Vocabulary(
    our_names=("Ferncliff", "Ferncliff Partners", "FC"),
    our_domain="ferncliff.example",
    syllables=(
        _words("bel cor dax fen gal hul jor kel lum mir nov ost pra qui ros"),
        _words("a e i o u an er il on ar"),
        _words("bix dra fi gon lex mo nis pol rix sta tum vex wen za"),
    ),
    halves=(
        _words("Stone Silver Wild North Iron Green Bright Deep Oak Snow"),
        _words("bridge field gate harbor line pine ridge water works yard"),
    ),
    common=_words("Anchor Basin Candle Drift Ember Forge Grove Harvest Lantern Meadow"),
    tails=_words("Labs Network Capital Foundation Protocol Systems Ventures"),
    strange_tails=_words("Mining Pottery Hosts Coffee Airlines Insurance Motors"),
    topics=(
        *("integration", "billing", "key ceremony", "status page", "migration", "on-call"),
        *("API limits", "SLA review", "upgrade", "tax forms", "onboarding", "invoice 1042"),
    ),
    once=(
        *("gearbox", "souvenir", "turbine", "wallpaper", "umbrella", "parsley", "sextant"),
        *("harpoon", "velvet", "oyster", "caravan", "tripod", "gazette", "biscuit", "marble"),
        *("pelican", "tunnel", "ribbon", "walnut", "zeppelin", "mitten", "orchard", "puzzle"),
    ),
    telegram=(
        *("C <> O", "O <> C", "C | O", "O x C", "C - O", "C / O", "O & C", "[Partner] C <> O"),
        *("C <> O | Devs", "O <> C (Staking)", "C + O", "🚀 C x O", "C <> O - Support", "C⟷O"),
    ),
    telegram_alone=("[Partner] C", "C | Devs", "C onboarding", "C - Support", "C integration"),
    slack=("C-O", "O-C", "C_O", "ext-C-O", "O-C-devs", "C-x-O", "C-O-support", "old-C-O"),
    slack_alone=("ext-C", "client-C", "c-C", "vendor-C", "client-C-support"),
    calendar=(
        *("C <> O", "O / C sync", "C | O | planning", "Intro: C x O", "C check-in", "Call w/ C"),
        *("[Hold] C demo", "Chat (C)", "O - C monthly"),
    ),
    deals=(
        *("C", "C - Renewal", "New: C", "C | 2026", "C: Trial", "[Expansion] C", "C 24m"),
        *("C / Validator hosting", "C Upsell", "C – O staking"),
    ),
    several=("C <> C <> O", "O | C | C", "C x C x O", "C / C / O", "C & C <> O"),
    plain_titles=("Weekly", "Launch", "Coordination", "Sync", "Intro", "Planning", "Kick-off"),
    idioms=(
        *("W of the week", "The W club", "Our W dinner", "W and sail weekend", "New W recipes"),
        *("W festival 2026", "Old W stories"),
    ),
    nobody=(
        *("Book club", "Ski trip", "Family", "Rent", "Dentist", "Choir", "Neighbours 3B"),
        *("Devs lounge", "Football", "Chess", "Retro", "Focus", "Offsite", "Standup"),
    ),
    ours_only=(
        *("O all hands", "O team", "O announcements", "O devs", "O <> everyone", "O support"),
        *("O - Finance", "O offsite", "Friends of O"),
    ),
    first_names=_words("Ann Bob Cleo Dora Eli Fay Gus Hana Igor June Kurt Lia Mona Ned"),
    last_names=_words("Abbot Bauer Conti Dahl Evans Fuchs Greco Horn Ito Jansen"),
)

FINAL = Vocabulary(
    our_names=("Halcyon Digital", "Halcyon", "HCD"),
    our_domain="halcyon-digital.test",
    syllables=(
        _words("ack bru chi dro eli fro gra hec ivo jus kra lis mau nim ova"),
        _words("be ca do fu ge li mi no pu ri se ta"),
        _words("con dis fel gus ham jit kor lan mex nor pia que rus tel yon"),
    ),
    halves=(
        _words("Blue Cloud Fair Gold High Lake Moor Red Salt West"),
        _words("bay castle dale ford grid hill lane mark port stream"),
    ),
    common=_words("Beacon Compass Delta Falcon Glacier Island Kite Magnet Orbit Pillar"),
    tails=_words("Finance Technologies Group Digital Exchange Solutions Studio"),
    strange_tails=_words("Bakery Shipping Records Clothing Fitness Travel Energy"),
    topics=(
        *("Einrichtung", "soporte", "audit trail", "data room", "latency", "webhooks"),
        *("NDA draft", "pricing", "Q2 review", "bug bash", "rollout", "ticket 88123"),
    ),
    once=(
        *("accordion", "barnacle", "compost", "dumpling", "ferret", "gargoyle", "hammock"),
        *("igloo", "jigsaw", "kazoo", "lighthouse", "moccasin", "nutmeg", "omelette"),
        *("parachute", "quilt", "rhubarb", "scarecrow", "trombone", "vinegar", "whistle"),
    ),
    telegram=(
        *("O + C", "C · O", "C 🔗 O", "O: C", "C x O", "(closed) C / O", "O–C", "C, O"),
        *("C | O | Technik", "C <> O: Betrieb", "O // C", "C & O", "{C} O", "C ↔ O • Equipo"),
    ),
    telegram_alone=("{Kunde} C", "C | Technik", "C rollout", "C • Equipo", "Projekt C"),
    slack=("O_C", "C-O", "shared-C-O", "C-und-O", "O-C-technik", "C-O-rollout", "zz-C-O"),
    slack_alone=("shared-C", "kunde-C", "partner-C", "kunde-C-technik"),
    calendar=(
        *("O x C", "C / O Jour fixe", "C & O: Abstimmung", "Termin mit C", "Kickoff mit C"),
        *("Demo | C", "C Quartalsgespräch", "O–C weekly"),
    ),
    deals=(
        *("C", "C: Verlängerung", "Angebot - C", "C | Pilotprojekt", "C (2027)", "C 36 Monate"),
        *("[Neu] C", "C / Wartung", "C – O Lizenz"),
    ),
    several=("O + C + C", "C | C | O", "C x C x O", "O: C / C", "C, C, O"),
    plain_titles=("Jour fixe", "Abstimmung", "Kick off", "Review", "Besprechung", "Q&A"),
    idioms=(
        *("W am Abend", "Fans of W", "the W effect", "W hunting in May", "One more W"),
        *("W photo tour", "Tiny W builders"),
    ),
    nobody=(
        *("Bowling", "Mittagessen", "Urlaub", "Zahnarzt", "Eltern 4a", "Flohmarkt", "Yoga"),
        *("Rust meetup", "Kino", "Board games", "Payroll", "Vertrieb intern", "Retro"),
    ),
    ours_only=(
        *("O intern", "O Vorstand", "O news", "O social", "O <> all", "O hiring", "Ex-O"),
        *("O: Budget", "O Sommerfest"),
    ),
    first_names=_words("Ada Ben Cora Dirk Edda Finn Gesa Holm Ines Jörg Kira Levi Maja"),
    last_names=_words("Albers Braun Claes Diehl Ebert Funke Gerlach Hauke Illner"),
)

SETS = {"tuning": TUNING, "final": FINAL}
