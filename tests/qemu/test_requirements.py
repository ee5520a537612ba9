"""What `python -m tests.qemu` needs is found, or named with how to get it. Booting is not tried here."""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.qemu.boot import CHECKOUT, MissingError, find_kernel, load_order
from tests.qemu.names import NAMES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guest runs on Linux's files")

VERSIONS = ("6.1.0-9-amd64", "6.1.0-57-amd64")


def module(name: str, *depends: str) -> bytes:
    """A kernel module, as far as its load order goes."""
    return b"\x7fELF\0license=GPL\0depends=" + ",".join(depends).encode() + b"\0name=" + name.encode() + b"\0"


@pytest.fixture
def kernels(tmp_path: Path) -> Path:
    """A folder with two unpacked kernels."""
    for version in VERSIONS:
        modules = tmp_path / "lib/modules" / version
        (modules / "kernel").mkdir(parents=True)
        (modules / "modules.builtin").write_text("kernel/lib/crc16.ko\n", encoding="utf-8")
        (modules / "kernel/hci_vhci.ko").write_bytes(module("hci_vhci", "bluetooth"))
        (modules / "kernel/bluetooth.ko.xz").write_bytes(
            lzma.compress(module("bluetooth", "ecdh-generic", "crc16"))
        )
        (modules / "kernel/ecdh_generic.ko").write_bytes(module("ecdh_generic"))
        (tmp_path / "boot").mkdir(exist_ok=True)
        (tmp_path / "boot" / f"vmlinuz-{version}").write_bytes(b"MZ")
    return tmp_path


def test_what_is_missing_is_named_with_how_to_install_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.qemu"],
        cwd=CHECKOUT, env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The real stack cannot run here. Missing: programs")
    assert "apt-get install --no-install-recommends qemu-system-x86" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_scenario_that_there_is_not_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.qemu", "adapter on fire"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no such scenario: adapter on fire" in done.stderr


def test_the_newest_kernel_is_taken_and_a_missing_one_is_named(kernels: Path, tmp_path: Path) -> None:
    assert find_kernel([tmp_path / "none", kernels], tmp_path).image.name == "vmlinuz-6.1.0-57-amd64"
    with pytest.raises(MissingError, match="apt-get download") as missing:
        find_kernel([tmp_path / "none"], tmp_path / "here")
    assert f"cd {tmp_path / 'here'}" in str(missing.value)


def test_modules_are_loaded_behind_those_that_they_depend_on(kernels: Path) -> None:
    modules = kernels / "lib/modules" / VERSIONS[0]
    order = [path.name.split(".")[0] for path in load_order(modules, ("hci_vhci", "ecdh_generic"))]
    assert order == ["ecdh_generic", "bluetooth", "hci_vhci"]  # each once, crc16 is in the kernel itself
    with pytest.raises(MissingError, match="9p"):
        load_order(modules, ("9p",))


def test_the_page_shows_how_each_scenario_ended() -> None:
    page = (CHECKOUT / "docs/real-stack.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"\nholds  {name}: " not in page] == []
