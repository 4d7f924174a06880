"""Labelled records of every kind that there is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.matching.generating import Company, Generator, slug
from benchmarks.matching.noise import NOISES
from benchmarks.matching.vocabulary import Vocabulary

_FREE = ("gmail.com", "proton.me", "gmx.de", "outlook.com")
_CLEAN = 0.6
"""The share of names without noise."""

# Placeholders stand alone: no letter or digit touches them.
_PLACE = re.compile(r"(?<![^\W_])[CO](?![^\W_])")
_TOPIC = re.compile(r"(?<![^\W_])T(?![^\W_])")

Record = dict[str, Any]


class Labelled(NamedTuple):
    """A record, its kind, and whose it is: any of ``accept`` is right."""

    record: Record
    kind: str
    noise: str
    accept: tuple[frozenset[str], ...]
    review: frozenset[str] = frozenset()
    variant: str = ""


class Records:
    """Makes records about the companies of a generator."""

    def __init__(self, made: Generator) -> None:
        self.made = made
        self.words: Vocabulary = made.words
        self.dice: random.Random = made.dice

    def labelled(self, count: int) -> Iterator[Labelled]:
        """So many records, in no order."""
        kinds = list(KINDS)
        shares = [KINDS[kind] for kind in kinds]
        for number in range(count):
            kind = self.dice.choices(kinds, shares)[0]
            found = kind(self)
            found.record["id"] = f"{found.record['source']}-{number:06}"
            yield found

    def ours(self) -> str:
        """Our name, mostly the first."""
        names = self.words.our_names
        name = self.dice.choices(names, [8, *[1] * (len(names) - 1)])[0]
        return name.upper() if self.dice.random() < 0.05 else name

    def spelled(self, company: Company) -> tuple[str, str]:
        """A name with or without noise, and which."""
        if self.dice.random() < _CLEAN:
            return company.display, "clean"
        noise = self.dice.choice(list(NOISES))
        if noise == "typo" and len(company.display) < 6:
            return company.display, "clean"
        return NOISES[noise](company.display, self.dice), noise

    def chat(self, title: str, people: Sequence[str] = (), kind: str = "private_group") -> Record:
        """A Telegram chat."""
        people = list(people) or self.people()
        return {"source": "telegram", "title": title, "chat_type": kind, "participants": people}

    def channel(self, name: str, *, shared: bool) -> Record:
        """A Slack channel."""
        return {"source": "slack", "name": name, "is_ext_shared": shared}

    def meeting(self, title: str, guests: Sequence[str] = ()) -> Record:
        """A meeting."""
        people = [self.address(self.words.our_domain) for _ in range(self.dice.randrange(1, 4))]
        if self.dice.random() < 0.2:
            people.append(self.address(self.dice.choice(_FREE)))
        return {"source": "calendar", "title": title, "attendees": [*people, *guests]}

    def deal(self, name: str, company: str | None = None, guests: Sequence[str] = ()) -> Record:
        """A deal."""
        emails = list(guests)
        return {
            "source": "hubspot",
            "deal_name": name,
            "associated_company": company,
            "contact_emails": emails,
        }

    def person(self) -> str:
        """First and last name; one in nine is called like a company."""
        last = self.dice.choice([*self.words.last_names, *self.words.common[:1]])
        return f"{self.dice.choice(self.words.first_names)} {last}"

    def people(self) -> list[str]:
        """Those in a chat, some with our name."""
        found = [self.person() for _ in range(self.dice.randrange(1, 4))]
        return [
            f"{p} | {self.words.our_names[0]}" if self.dice.random() < 0.3 else p for p in found
        ]

    def address(self, domain: str) -> str:
        """Somebody's e-mail address there."""
        first, _, last = self.person().lower().partition(" ")
        local = self.dice.choice([first, f"{first}.{last}", f"{first[0]}{last}"])
        return f"{slug(local, '.')}@{domain}"

    def titled(self, templates: Sequence[str], name: str) -> str:
        """A template with the company's and our name in it."""
        return self.filled(self.dice.choice(templates), name)

    def filled(self, template: str, *names: str) -> str:
        """The template with these names, in turn, and ours."""
        left = list(names)
        return _PLACE.sub(lambda m: self.ours() if m[0] == "O" else left.pop(0), template)

    def channel_name(self, template: str, *names: str) -> str:
        """A channel's name, all in small letters."""
        left = [slug(name) for name in names]
        our = slug(self.ours())
        return _PLACE.sub(lambda m: our if m[0] == "O" else left.pop(0), template)

    def once(self) -> str:
        """A word or two that hardly come twice."""
        return f"{self.dice.choice(self.words.once)} {self.dice.choice(self.words.once)}s"

    def pick(self) -> Company:
        """A company of the mapping."""
        return self.dice.choice(self.made.mapped)


def _of(company: Company) -> tuple[frozenset[str], ...]:
    return (frozenset({company.base}),)


NOBODY: tuple[frozenset[str], ...] = (frozenset(),)


def name(r: Records) -> Labelled:
    """A company beside us."""
    company = r.pick()
    text, noise = r.spelled(company)
    source = r.dice.randrange(3)
    if source == 0:
        return Labelled(r.chat(r.titled(r.words.telegram, text)), "name", noise, _of(company))
    if source == 1:
        text, noise = (text, noise) if noise in {"typo", "clean"} else (company.display, "clean")
        record = r.channel(r.channel_name(r.dice.choice(r.words.slack), text), shared=True)
        return Labelled(record, "name", noise, _of(company))
    return Labelled(r.deal(r.titled(r.words.deals, text)), "name", noise, _of(company))


def name_alone(r: Records) -> Labelled:
    """A company with a cue, but not with us."""
    company = r.pick()
    if r.dice.random() < 0.5:
        text, noise = r.spelled(company)
        record = r.chat(r.titled(r.words.telegram_alone, text))
        accept = (*_of(company), frozenset()) if company.common else _of(company)
        return Labelled(record, "name_alone", noise, accept)
    template = r.dice.choice(r.words.slack_alone)
    record = r.channel(r.channel_name(template, company.display), shared=r.dice.random() < 0.9)
    return Labelled(record, "name_alone", "clean", _of(company))


def in_calendar(r: Records) -> Labelled:
    """A company in the title of a meeting."""
    company = r.pick()
    text, noise = r.spelled(company)
    return Labelled(r.meeting(r.titled(r.words.calendar, text)), "in_calendar", noise, _of(company))


def domain(r: Records) -> Labelled:
    """Guests of a company in a meeting that says nothing."""
    company = r.dice.choice([c for c in r.made.mapped if c.rows[0][2]])
    host = company.domain if r.dice.random() < 0.8 else f"eu.{company.domain}"
    title = r.dice.choice(r.words.plain_titles)
    return Labelled(r.meeting(title, [r.address(host)]), "domain", "clean", _of(company))


def explicit(r: Records) -> Labelled:
    """A group that the mapping names."""
    company = r.dice.choice([c for c in r.made.mapped if len(c.rows[0][1]) > 4])
    return Labelled(r.chat(company.rows[0][1]), "explicit", "clean", _of(company))


def company_only(r: Records) -> Labelled:
    """A deal that only its company field tells."""
    company = r.pick()
    text, noise = r.spelled(company)
    return Labelled(r.deal("Renewal", text), "company_only", noise, _of(company))


def topic(r: Records) -> Labelled:
    """A company and what it is about, said of many or only here."""
    company = r.pick()
    text, noise = r.spelled(company)
    words = r.dice.choice(r.words.topics) if r.dice.random() < 0.6 else r.once()
    chat = ("O <> C T", "C T <> O", "O C T", "T - C <> O", "C <> O T", "O / C T")
    source = r.dice.randrange(4)
    if source < 2:
        template = r.dice.choice(chat)
        title = r.filled(_TOPIC.sub("\0", template), text).replace("\0", words)
        return Labelled(r.chat(title), "topic", noise, _of(company))
    if source == 2:
        template = r.dice.choice(("O-C-T", "C-T-O", "C-O-T"))
        text = text if noise == "typo" else company.display
        noise = noise if noise == "typo" else "clean"
        made = r.channel_name(_TOPIC.sub("\0", template), text).replace("\0", slug(words))
        return Labelled(r.channel(made, shared=True), "topic", noise, _of(company))
    template = r.dice.choice(("C T", "C | T", "T - C"))
    made = r.filled(_TOPIC.sub("\0", template), text).replace("\0", words)
    accept = (*_of(company), frozenset()) if company.common else _of(company)
    return Labelled(r.deal(made), "topic", noise, accept)


def several(r: Records) -> Labelled:
    """Two companies, the second sometimes not mapped."""
    one, other = r.dice.sample(r.made.mapped, 2)
    if r.dice.random() < 0.3:
        other = r.dice.choice(r.made.unmapped)
    title = r.filled(r.dice.choice(r.words.several), one.display, other.display)
    accept = frozenset(c.base for c in (one, other) if c.mapped)
    return Labelled(r.chat(title), "several", "clean", (accept,))


def variant(r: Records) -> Labelled:
    """A variant, by its name."""
    company = r.dice.choice([c for c in r.made.mapped if c.variants])
    kind = company.variants[0].rpartition("-")[2]
    title = r.titled(r.words.telegram[:3], f"{company.display} {kind.title()}")
    return Labelled(r.chat(title), "variant", "clean", _of(company), variant=company.variants[0])


def people(r: Records) -> Labelled:
    """A chat that only its people tell."""
    company = r.pick()
    tags = ("{} | {}", "{} ({})", "{} @ {}")
    those = [
        r.dice.choice(tags).format(r.person(), company.display)
        for _ in range(r.dice.randrange(2, 4))
    ]
    title = r.dice.choice(r.words.plain_titles)
    return Labelled(r.chat(title, [*those, *r.people()]), "people", "clean", _of(company))


def twin(r: Records) -> Labelled:
    """Two companies of one name: a tie, unless a guest's domain tells."""
    one, other = r.dice.choice(r.made.twins)
    if r.dice.random() < 0.3:
        chosen = r.dice.choice([one, other])
        record = r.meeting(r.titled(r.words.calendar, one.display), [r.address(chosen.domain)])
        return Labelled(record, "twin_domain", "clean", _of(chosen))
    record = r.chat(r.titled(r.words.telegram, one.display))
    return Labelled(record, "tie", "clean", NOBODY, frozenset({one.base, other.base}))


def unmapped(r: Records) -> Labelled:
    """A company that the mapping does not know, in any place."""
    return _somewhere(r, r.dice.choice(r.made.unmapped), "unmapped")


def colliding(r: Records) -> Labelled:
    """One that is called like a mapped one, but for a word or a letter."""
    return _somewhere(r, r.dice.choice(r.made.colliding), "colliding")


def _somewhere(r: Records, company: Company, kind: str) -> Labelled:
    source = r.dice.randrange(4)
    if source == 0:
        record = r.chat(r.titled(r.words.telegram, company.display))
    elif source == 1:
        template = r.dice.choice((*r.words.slack, *r.words.slack_alone))
        record = r.channel(r.channel_name(template, company.display), shared=True)
    elif source == 2:
        guests = [r.address(company.domain)]
        record = r.meeting(r.titled(r.words.calendar, company.display), guests)
    else:
        known = company.display if r.dice.random() < 0.5 else None
        guests = [r.address(company.domain)] if r.dice.random() < 0.4 else []
        record = r.deal(r.titled(r.words.deals, company.display), known, guests)
    return Labelled(record, kind, "clean", NOBODY)


def idiom(r: Records) -> Labelled:
    """A word that is also a company's name."""
    title = r.dice.choice(r.words.idioms).replace("W", r.dice.choice(r.words.common))
    source = r.dice.randrange(4)
    if source == 0:
        record = r.chat(title)
    elif source == 1:
        record = r.channel(slug(title), shared=False)
    elif source == 2:
        record = r.deal(title)
    else:
        record = r.meeting(title)
    return Labelled(record, "idiom", "clean", NOBODY)


def nobody(r: Records) -> Labelled:
    """What is about no company."""
    title = r.dice.choice(r.words.nobody)
    source = r.dice.randrange(4)
    if source == 0:
        record = r.chat(title, kind=r.dice.choice(["private_group", "public_channel"]))
    elif source == 1:
        record = r.channel(slug(title), shared=False)
    elif source == 2:
        record = r.meeting(title)
    else:
        record = r.deal(r.dice.choice([title, r.person(), f"Lead: {r.person()}"]))
    return Labelled(record, "nobody", "clean", NOBODY)


def ours_only(r: Records) -> Labelled:
    """What is about ourselves."""
    title = r.filled(r.dice.choice(r.words.ours_only))
    source = r.dice.randrange(3)
    if source == 0:
        record = r.chat(title)
    elif source == 1:
        record = r.channel(slug(title), shared=False)
    else:
        record = r.meeting(title)
    return Labelled(record, "ours_only", "clean", NOBODY)


def personal(r: Records) -> Labelled:
    """A chat with a person."""
    title = r.dice.choice(["{}", "{} 🌻", "{} 7"]).format(r.person())
    return Labelled(r.chat(title, kind="personal_chat"), "personal", "clean", NOBODY)


def lookalike_domain(r: Records) -> Labelled:
    """A guest whose address only looks like a company's."""
    company = r.pick()
    bare = company.domain.partition(".")[0]
    hosts = (f"my{bare}.com", f"{bare}-events.com", f"{bare}.vercel.app", f"{bare}.phish.example")
    local = r.dice.choice([r.address(h) for h in hosts] + [f"{bare}@{r.dice.choice(_FREE)}"])
    title = r.dice.choice(r.words.plain_titles)
    return Labelled(r.meeting(title, [local]), "lookalike_domain", "clean", NOBODY)


def referral(r: Records) -> Labelled:
    """Somebody else's deal that a company introduced."""
    company, other = r.pick(), r.dice.choice(r.made.unmapped)
    template = r.dice.choice(("{} (via {})", "{} - intro by {}", "{} | from {}"))
    record = r.deal(template.format(other.display, company.display), other.display)
    return Labelled(record, "referral", "clean", NOBODY)


_OF_ABOUT_A_HUNDRED: tuple[tuple[int, Callable[[Records], Labelled]], ...] = (
    *((26, name), (8, name_alone), (6, in_calendar), (8, domain), (4, explicit)),
    *((3, company_only), (8, topic), (5, several), (2, variant), (2, people), (2, twin)),
    *((9, unmapped), (5, colliding), (4, idiom), (6, nobody), (4, ours_only), (3, personal)),
    *((3, lookalike_domain), (1, referral)),
)
KINDS = {kind: share for share, kind in _OF_ABOUT_A_HUNDRED}
"""Every kind, and of so many in a hundred or so."""
