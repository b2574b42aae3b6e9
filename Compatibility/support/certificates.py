"""An authority of one's own, made by openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """Issues certificates for loopback into a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.certificate = directory / "ca.pem"
        self._openssl(
            "req", "-x509", *NEW_KEY, "-keyout", directory / "ca.key", "-out", self.certificate, "-subj", "/CN=Test CA",
            "-days", "2",
        )  # fmt: skip

    def issue(self, name: str, into: str | None = None) -> tuple[Path, Path]:
        """A certificate called `name` and its key; `into`: under the names of another one, whose place they take."""
        base = self.directory / (into or name)
        certificate, key, request = base.with_suffix(".pem"), base.with_suffix(".key"), base.with_suffix(".csr")
        extensions = base.with_suffix(".ext")
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self._openssl("req", *NEW_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        self._openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.directory / "ca.key",
            "-CAcreateserial", "-out", certificate, "-days", "2", "-extfile", extensions,
        )  # fmt: skip
        # A whole chain, root included: who trusts the file then trusts what it holds.
        certificate.write_bytes(certificate.read_bytes() + self.certificate.read_bytes())
        return certificate, key

    @staticmethod
    def _openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
