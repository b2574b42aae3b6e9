"""A second implementation of the audit log's format, from Documentation/audit.md alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path

MARK, END = b',"mac":"', b'"}'
TAIL = len(MARK) + 64 + len(END)


class Broken(Exception):
    """The log is not what was written."""


def keys_of(path: Path) -> dict[str, bytes]:
    keys = [base64.b64decode(text) for text in path.read_text().strip().split(",")]
    return {hashlib.sha256(b"aurelis audit key" + key).hexdigest()[:16]: key for key in keys}


def verify(directory: Path, keys: dict[str, bytes]) -> list[dict]:
    """The entries of a whole log; raises `Broken` otherwise."""
    entries: list[dict] = []
    previous, sequence, number, removed = None, None, None, {}
    for path in sorted(directory.glob("audit-*.jsonl")):
        text = path.read_bytes()
        if not text.endswith(b"\n"):
            raise Broken(f"{path.name}: the last line has no end")
        key = None
        for line_number, line in enumerate(text[:-1].split(b"\n"), 1):
            place = f"{path.name}, line {line_number}"
            body, tail = line[:-TAIL], line[-TAIL:]
            if len(line) <= TAIL or not tail.startswith(MARK) or not tail.endswith(END):
                raise Broken(place)
            entry = json.loads(body + b"}")
            if key is None:
                if entry["event"] != "audit_head" or entry["version"] != 1 or path.name != f"audit-{entry['file']:08}.jsonl":
                    raise Broken(place)
                key = keys[entry["key"]]
                if previous is None:
                    previous, sequence, first = bytes.fromhex(entry["previous"]), entry["seq"] - 1, entry
                elif entry["previous"] != previous.hex() or entry["file"] != number + 1:
                    raise Broken(place)
                number = entry["file"]
            code = hmac.new(key, previous + body, hashlib.sha256).digest()
            if not hmac.compare_digest(code.hex().encode(), tail[len(MARK) : -len(END)]):
                raise Broken(place)
            sequence += 1
            if entry["seq"] != sequence:
                raise Broken(place)
            if entry["event"] == "audit_event" and entry["action"] == "retention":
                removed[entry["through_file"]] = (entry["through_seq"], entry["through_mac"])
            previous = code
            entries.append(entry | {"mac": code.hex()})
    if entries and first["file"] == 1 and (first["seq"] != 1 or first["previous"] != "00" * 32):
        raise Broken("the first file has no beginning")
    if entries and first["file"] > 1:
        meant = removed.get(first["file"] - 1) == (first["seq"] - 1, first["previous"])
        if not meant and not any(through >= first["file"] for through in removed):
            raise Broken("files are missing")
    return entries


def check_anchors(path: Path, entries: list[dict]) -> int:
    """How many anchors agree; raises `Broken` when one does not."""
    known = {entry["seq"]: entry["mac"] for entry in entries}
    anchors = [json.loads(line) for line in path.read_text().splitlines()]
    for anchor in anchors:
        if known and anchor["seq"] >= min(known) and known.get(anchor["seq"]) != anchor["mac"]:
            raise Broken(f"anchor of entry {anchor['seq']}")
    return len(anchors)
