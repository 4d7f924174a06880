"""A mapping, records and labels, all from a seed and a vocabulary."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.matching.noise import NOISES
from benchmarks.matching.vocabulary import Vocabulary

_TLDS = ("com", "io", "xyz", "net", "fi", "co.uk", "network", "dev")


@dataclass(frozen=True)
class Company:
    """A company, and how the mapping has it, if it does."""

    base: str
    display: str
    domain: str
    mapped: bool
    common: bool = False
    rows: tuple[tuple[str, str, str], ...] = ()
    """Slack group, Telegram group, calendar domain."""
    variants: tuple[str, ...] = ()


def slug(name: str, joint: str = "-") -> str:
    """A name as a channel has it."""
    return re.sub(r"[^a-z0-9]+", joint, name.lower()).strip(joint)


class Generator:
    """Makes everything with the same dice."""

    def __init__(self, words: Vocabulary, seed: int, companies: int) -> None:
        self.words, self.dice = words, random.Random(seed)  # noqa: S311 - a benchmark
        self._taken: set[str] = {slug(name, "") for name in words.our_names}
        self.mapped = [self._company(mapped=True) for _ in range(companies)]
        self.unmapped = [self._company(mapped=False) for _ in range(companies // 4)]
        self.colliding = list(self._colliding())
        self.twins = list(self._twins())

    def _display(self) -> tuple[str, bool]:
        dice, words = self.dice, self.words
        coined = "".join(map(dice.choice, words.syllables)).capitalize()
        kind = dice.random()
        if kind < 0.08:
            return dice.choice(words.common), True
        if kind < 0.30:
            return f"{coined} {dice.choice(words.tails)}", False
        if kind < 0.55:
            first, last = map(dice.choice, words.halves)
            return dice.choice(
                [f"{first}{last}", f"{first}{last.title()}", f"{first} {last.title()}"]
            ), False
        if kind < 0.60:
            return dice.choice(
                [f"{coined}{dice.randrange(2, 99)}", f"{dice.randrange(2, 99)}{coined}"]
            ), False
        if kind < 0.62:
            return "".join(dice.choices("BDGJQVZ", k=2)), True
        if kind < 0.70:
            return f"{coined} {dice.choice(words.halves[1]).title()}", False
        return coined, False

    def _company(self, *, mapped: bool) -> Company:
        while True:
            display, common = self._display()
            if slug(display, "") not in self._taken:
                break
            self._taken.add(slug(display, ""))
            display = display + self.dice.choice(self.words.syllables[2])
            if slug(display, "") not in self._taken:
                break
        self._taken.add(slug(display, ""))
        domain = f"{slug(display, '')}.{self.dice.choice(_TLDS)}"
        if not mapped:
            return Company(slug(display), display, domain, mapped=False, common=common)
        base = slug(display, self.dice.choice(["-", "-", ""]))
        variants = (f"{base}-{self.dice.choice(['mainnet', 'testnet', 'validator'])}",)
        return Company(
            base,
            display,
            domain,
            mapped=True,
            common=common,
            rows=(self._row(display, domain),),
            variants=variants if self.dice.random() < 0.15 else (),
        )

    def _row(self, display: str, domain: str) -> tuple[str, str, str]:
        dice, ours = self.dice, self.words.our_names[0]
        slack = dice.choice([f"{slug(display)}-{slug(ours, '')}", "", "", "N/A", "-"])
        chat = dice.choice([f"{display} <> {ours}", "", "", "TBD", "-"])
        shown = dice.choice([domain, domain, f"https://{domain}/", f"@{domain}", ""])
        return slack, chat, shown

    def _colliding(self) -> Iterator[Company]:
        """Companies that are not mapped, called like one that is, but for a word or a letter."""
        for company in self.dice.sample(self.mapped, max(4, len(self.mapped) // 12)):
            tail = self.dice.choice(self.words.strange_tails)
            name = self.dice.choice(
                [f"{company.display} {tail}", f"{company.display}{tail.lower()}"]
            )
            yield Company(slug(name), name, f"{slug(name, '')}.com", mapped=False)
        for company in self.dice.sample(self.mapped, max(2, len(self.mapped) // 40)):
            if len(company.display) > 5:
                name = NOISES["typo"](company.display, self.dice)
                if slug(name, "") not in self._taken:
                    yield Company(slug(name), name, f"{slug(name, '')}.org", mapped=False)

    def _twins(self) -> Iterator[tuple[Company, Company]]:
        """Two companies of one name, told apart by their domains."""
        for _ in range(2):
            one = self._company(mapped=True)
            other = f"{slug(one.display, '')}.example"
            yield (
                Company(one.base, one.display, one.domain, True, rows=(("", "", one.domain),)),
                Company(f"{one.base}-2", one.display, other, True, rows=(("", "", other),)),
            )

    def mapping(self) -> Iterator[tuple[str, ...]]:
        """The rows of the mapping, header first."""
        yield (
            *("base_company", "variant_name", "slack_group", "telegram_group"),
            *("calendar_domain", "full_node_address", "variant_type"),
        )
        for company in self.mapped:
            for slack, chat, domain in company.rows:
                yield company.base, company.base, slack, chat, domain, "", "base"
            for variant in company.variants:
                yield company.base, variant, "", "", "", "", variant.rpartition("-")[2]
        for one, other in self.twins:
            yield one.base, one.base, "", "", one.domain, "", "base"
            yield other.base, one.display, "", "", other.domain, "", "base"
