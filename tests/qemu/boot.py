"""A virtual machine on this machine's own files, read-only: the kernel, what it loads at first, and QEMU."""

from __future__ import annotations

import lzma
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

CHECKOUT = Path(__file__).resolve().parents[2]

# what the guest needs to see this machine's files, then for Bluetooth, and what the kernel asks for by name when it
# makes keys and encrypts; those that these depend on come along
MODULES = (
    *("virtio_pci", "virtio_rng", "9pnet_virtio", "9p"),
    *("ctr", "sha512_generic", "jitterentropy_rng", "drbg", "ecb", "cmac", "ccm", "hci_vhci"),
)

# in the guest, as the first process; ends the machine, for QEMU ends where it would boot anew
_INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for module in /modules/*; do /bin/busybox insmod $module; done
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 files /files
cd /files
for folder in dev proc sys run var/lib/bluetooth; do
    case $folder in dev) type=devtmpfs;; proc) type=proc;; sys) type=sysfs;; *) type=tmpfs;; esac
    /bin/busybox mount -t $type $type $folder
done
/bin/busybox mkdir -p dev/shm run/home
/bin/busybox chroot /files /bin/sh -c {command}
/bin/busybox reboot -f
"""


class MissingError(Exception):
    """Something that this machine lacks; the message says what, and how to install it."""


class Kernel(msgspec.Struct, frozen=True):
    """A kernel's image, and the folder of its modules."""

    image: Path
    modules: Path


def find_kernel(folders: Sequence[Path], unpack_in: Path) -> Kernel:
    """The newest kernel with hci_vhci in the first of these folders that has one; `unpack_in` is where to get one."""
    for folder in folders:
        for modules in sorted(folder.glob("lib/modules/*"), key=_version, reverse=True):
            image = folder / "boot" / f"vmlinuz-{modules.name}"
            if os.access(image, os.R_OK) and any(modules.rglob("hci_vhci.ko*")):
                return Kernel(image, modules)
    raise MissingError(
        "a Linux kernel with the module hci_vhci, which need not be installed, only unpacked:\n"
        f"    mkdir -p {unpack_in} && cd {unpack_in}\n"
        "    apt-get download $(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p')\n"
        "    dpkg-deb -x linux-image-*.deb ."
    )


def _version(modules: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", modules.name)]


def load_order(modules: Path, wanted: Sequence[str]) -> list[Path]:
    """The files of these modules, each behind those that it depends on; what is built into the kernel is left out."""
    files = {_module(path): path for path in modules.rglob("*.ko*")}
    builtin = modules / "modules.builtin"
    within = {_module(Path(line)) for line in builtin.read_text(encoding="utf-8").splitlines()}
    order: list[Path] = []

    def add(name: str) -> None:
        if name in within:
            return
        if name not in files:
            raise MissingError(
                f"the kernel module {name}, which {modules} has not: take a full kernel, not “cloud”"
            )
        if files[name] in order:
            return
        depends = re.search(rb"\0depends=([^\0]*)\0", octets(files[name]))
        for other in filter(None, depends[1].decode().split(",") if depends else []):
            add(other.replace("-", "_"))
        order.append(files[name])

    for name in wanted:
        add(name)
    return order


def _module(path: Path) -> str:
    return path.name.split(".")[0].replace("-", "_")


def octets(module: Path) -> bytes:
    """A module as the kernel loads it, unpacked."""
    packed = module.read_bytes()
    match module.suffix:
        case ".ko":
            return packed
        case ".xz":
            return lzma.decompress(packed)
        case _:
            return subprocess.run(["zstd", "-dc"], input=packed, stdout=subprocess.PIPE, check=True).stdout


def find_programs() -> dict[str, str]:
    """The paths of the programs that take part."""
    packages = {
        "qemu-system-x86_64": "qemu-system-x86",
        "bluetoothd": "bluez",
        "dbus-daemon": "dbus",
        "busybox": "busybox-static",
    }
    beside = os.pathsep.join(
        (os.environ.get("PATH", ""), "/usr/sbin", "/usr/libexec/bluetooth", "/usr/lib/bluetooth")
    )
    found = {name: shutil.which(name, path=beside) for name in packages}
    missing = [package for name, package in packages.items() if found[name] is None]
    if missing:
        raise MissingError(f"programs:\n    apt-get install --no-install-recommends {' '.join(missing)}")
    return {name: path for name, path in found.items() if path is not None}


def run(
    kernel: Kernel, found: dict[str, str], arguments: Sequence[str], log: Path, limit_s: float
) -> Iterator[str]:
    """Boots, runs ``python -m tests.qemu.guest`` with these arguments in the guest, and gives its lines.

    Args:
        kernel: which boots.
        found: the programs.
        arguments: for the guest.
        log: where the kernel's and the services' own words go.
        limit_s: how long it may take altogether.
    """
    with tempfile.TemporaryDirectory(prefix="legbal-qemu-") as folder:
        initramfs = _pack(kernel, found, arguments, Path(folder))
        accelerator = "kvm" if _has_kvm() else "tcg"
        machine = [
            *("nice", "timeout", "--foreground", str(limit_s), found["qemu-system-x86_64"]),
            *("-machine", f"pc,accel={accelerator}", "-cpu", "max", "-smp", "1", "-m", "1024"),
            *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-nic", "none"),
            *("-kernel", str(kernel.image), "-initrd", str(initramfs)),
            *("-append", "console=ttyS0 loglevel=4 panic=-1"),
            *("-serial", f"file:{log}", "-serial", "stdio"),
            *("-device", "virtio-rng-pci"),
            *("-fsdev", "local,id=files,path=/,security_model=none,readonly=on,multidevs=remap"),
            *("-device", "virtio-9p-pci,fsdev=files,mount_tag=files"),
        ]
        yield f"{'KVM' if accelerator == 'kvm' else 'no KVM: slow emulation'}, Linux {kernel.modules.name}"
        with subprocess.Popen(
            machine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                yield line.rstrip()
        if process.returncode == 124:
            yield f"stopped after {limit_s:.0f} s"


def _has_kvm() -> bool:
    """Whether any kernel runs on KVM here: there are virtual machines with a /dev/kvm that only some kernels run on."""
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    return os.access("/dev/kvm", os.R_OK | os.W_OK) and ("vmx" in flags or "svm" in flags)


def _pack(kernel: Kernel, found: dict[str, str], arguments: Sequence[str], folder: Path) -> Path:
    """Writes what the kernel starts with: busybox, the modules, and what it does first."""
    root = folder / "root"
    for name in ("bin", "modules", "proc", "dev", "files"):
        (root / name).mkdir(parents=True)
    shutil.copy(found["busybox"], root / "bin/busybox")
    for number, module in enumerate(load_order(kernel.modules, MODULES)):
        (root / "modules" / f"{number:02}-{_module(module)}.ko").write_bytes(octets(module))
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/run/home",
        "TMPDIR": "/run",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "LANG": "C.UTF-8",
    }
    command = shlex.join(
        [
            *("env", "-i", *(f"{key}={value}" for key, value in environment.items())),
            *(sys.executable, "-m", "tests.qemu.guest", *arguments),
        ]
    )
    script = f"cd {shlex.quote(str(CHECKOUT))} && exec {command} > /dev/ttyS1 2> /dev/ttyS0"
    (root / "init").write_text(_INIT.format(command=shlex.quote(script)), encoding="utf-8")
    (root / "init").chmod(0o755)
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    packed = folder / "initramfs"
    with packed.open("wb") as out:
        subprocess.run(
            [found["busybox"], "cpio", "-o", "-H", "newc"],
            input=names.encode(), stdout=out, stderr=subprocess.DEVNULL, cwd=root, check=True,
        )  # fmt: skip
    return packed
