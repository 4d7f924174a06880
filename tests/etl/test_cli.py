"""What the command line says of itself, and of what it cannot do."""

from __future__ import annotations

import re

import pytest

from etl import exits
from etl.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["match"], "match takes one of --records, --sample and --score"),
        (["explain"], "explain takes TEXT"),
        (["check", "twice"], "check takes no further words"),
        (["--online"], "--online is for check, not for run"),
        (["--no-such"], "unrecognized arguments: --no-such"),
        (["--max-workers", "x"], "--max-workers is 'x'"),
        (["--a\nb"], "unrecognized arguments: --a"),
    ],
)
def test_wrong_usage_is_one_line_that_leads_on(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == exits.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("run_etl: ")
    assert said in line
    assert line.endswith("(--help shows the options)")


def helped(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        main(["--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "variable"),
    [
        ("our-name", "OUR_COMPANY_NAMES"),
        ("our-domain", "OUR_COMPANY_DOMAINS"),
        ("telegram-timezone", "TELEGRAM_TIMEZONE"),
        ("hubspot-timezone", "HUBSPOT_TIMEZONE"),
        ("hubspot-date-order", "HUBSPOT_DATE_ORDER"),
        ("hubspot-labels", "HUBSPOT_LABELS"),
    ],
)
def test_help_names_the_variable_of_a_flag(
    flag: str, variable: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert re.search(rf"--{flag} [^\[]*\[{variable}\]", helped(capsys))


def test_help_keeps_what_match_takes_together(capsys: pytest.CaptureFixture[str]) -> None:
    (group,) = re.findall(r"match takes one of:\n(.*?)\n\n", helped(capsys), re.DOTALL)
    assert re.findall(r"--\w+", group) == ["--records", "--sample", "--score"]
