"""What the bundle begins with: legbal, and `-m MODULE` for a process of its own that it starts, as Python has it."""

import multiprocessing
import os
import runpy
import sys

# where systems keep the certificates that they trust: the bundled OpenSSL would look where its maker had them
_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS
)


def mend_environment() -> None:
    """Has programs that legbal starts load the system's libraries, and TLS trust what the system trusts."""
    before = os.environ.pop(
        "LD_LIBRARY_PATH_ORIG", None
    )  # the bundle's loader has put its own folder in its place
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif sys.platform == "linux":
        os.environ.pop("LD_LIBRARY_PATH", None)
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"  # another process of the bundle sets its own anew
    if "SSL_CERT_FILE" not in os.environ and "SSL_CERT_DIR" not in os.environ:
        there = next(filter(os.path.exists, _CERTIFICATES), None)
        if there is not None:
            os.environ["SSL_CERT_FILE"] = there


def main() -> None:
    """Runs legbal, or the module that is named behind `-m`."""
    multiprocessing.freeze_support()
    mend_environment()
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2:
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        from legbal.cli import main as legbal

        legbal()


if __name__ == "__main__":
    main()
