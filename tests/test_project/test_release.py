"""What a release says of itself: one version, a changelog that has it, who made it and what it was tried on."""

from __future__ import annotations

import re
import shlex
from datetime import date

import click
import pytest
import yaml
from packaging.version import Version
from trove_classifiers import classifiers

from legbal import __version__
from legbal.cli import COMMANDS, legbal
from tests.test_project.checkout import CHECKOUT, pyproject

GITHUB = CHECKOUT / ".github"
CHANGELOG = (CHECKOUT / "docs/changelog.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def released() -> list[tuple[Version, date]]:
    """The changelog's versions with their days, as they stand there."""
    found = [re.fullmatch(r"\[([0-9.]+)\] - (\d{4}-\d{2}-\d{2})", heading) for heading in HEADINGS[1:]]
    return [(Version(match[1]), date.fromisoformat(match[2])) for match in found if match]


def test_the_changelog_is_kept_as_the_ecosystem_does() -> None:
    assert HEADINGS[0] == "[Unreleased]"
    versions = released()
    assert len(versions) == len(HEADINGS) - 1
    assert versions == sorted(versions, reverse=True)
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= KINDS


def test_the_version_stands_in_one_place_and_the_changelog_has_it() -> None:
    assert pyproject()["project"]["dynamic"] == ["version"]
    assert pyproject()["tool"]["hatch"]["version"] == {"path": "legbal/__init__.py"}
    assert released()[0][0] == Version(__version__)


def test_nobody_is_named_and_no_address_given() -> None:
    assert pyproject()["project"]["authors"] == [{"name": "legbal contributors"}]
    assert "urls" not in pyproject()["project"]


def test_the_classifiers_exist() -> None:
    stated = pyproject()["project"]["classifiers"]
    assert not set(stated) - set(classifiers)
    assert stated == sorted(stated)


def test_the_pythons_that_are_named_are_those_that_the_workflow_tests() -> None:
    workflow = (GITHUB / "workflows/tests.yml").read_text(encoding="utf-8")
    stated = re.findall(r"Python :: (3\.\d+)", " ".join(pyproject()["project"]["classifiers"]))
    assert set(stated) == set(re.findall(r'python(?:-version)?: "(3\.\d+)"', workflow))


def test_every_action_is_pinned_by_its_commit() -> None:
    """A tag can be moved; the version behind it is for people, and for Dependabot."""
    used = [
        line
        for workflow in (GITHUB / "workflows").glob("*.yml")
        for line in re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    ]
    assert used
    assert not [line for line in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v[0-9.]+", line)]


def test_a_release_goes_its_way_in_order() -> None:
    jobs: dict[str, dict[str, str]] = yaml.safe_load(
        (GITHUB / "workflows/release.yml").read_text(encoding="utf-8")
    )["jobs"]
    order = ["build", "check", "bundle", "attest", "publish", "release"]
    assert list(jobs) == order
    assert [jobs[name]["needs"] for name in order[1:]] == order[:-1]


@pytest.mark.parametrize("form", ["meter", "bug"])
def test_a_report_asks_for_what_the_commands_give(form: str) -> None:
    text = (GITHUB / f"ISSUE_TEMPLATE/{form}.yml").read_text(encoding="utf-8")
    typed = [shlex.split(line) for line in re.findall(r"`legbal (.*?)`", text)]
    assert ["doctor", "--json"] in typed
    assert form != "meter" or ["capture"] in typed
    for name, *arguments in typed:
        assert name in COMMANDS
        command = legbal.get_command(click.Context(legbal), name)
        assert command is not None
        command.make_context(name, arguments)  # a UsageError if an option is unknown
