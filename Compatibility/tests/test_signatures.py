"""Signed requests (RFC 9421, RFC 9530), signed and verified here by a second implementation and by openssl."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import subprocess
import time
from urllib.parse import urlsplit

import httpx2
import pytest

from support.provider import ScriptedProvider
from support.samples import CHAT_MODEL

SECRET = base64.b64encode(bytes(range(32))).decode()
COVERED = '"@method" "@target-uri" "content-digest"'
BODY = json.dumps({"model": CHAT_MODEL, "messages": [{"role": "user", "content": "Hello"}]}).encode()


def digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signature(base: str) -> str:
    code = hmac.new(base64.b64decode(SECRET), base.encode(), hashlib.sha256).digest()
    return base64.b64encode(code).decode()


def signed(url: str, body: bytes, nonce: str, created: int | None = None) -> dict[str, str]:
    """The fields that sign a POST."""
    parameters = f'({COVERED});created={created or int(time.time())};keyid="ci";nonce="{nonce}"'
    base = f'"@method": POST\n"@target-uri": {url}\n"content-digest": {digest(body)}\n"@signature-params": {parameters}'
    return {
        "content-type": "application/json",
        "content-digest": digest(body),
        "signature-input": f"sig={parameters}",
        "signature": f"sig=:{signature(base)}:",
    }


@pytest.fixture(scope="module")
def gateway(launch, tmp_path_factory):
    file = tmp_path_factory.mktemp("signatures") / "aurelis.yaml"
    keys = "[{ id: ci, algorithm: hmac-sha256, secret: { env: CI_SECRET } }]"
    file.write_text(f"simulate: true\ngateway: {{ signatures: {{ keys: {keys} }} }}\n")
    return launch("serve", "--config", str(file), environment={"CI_SECRET": SECRET})


def test_a_request_signed_by_somebody_else_s_code_is_answered_once(gateway):
    url = gateway.url + "/v1/chat/completions"
    fields = signed(url, BODY, "n1")

    assert httpx2.post(url, content=BODY, headers=fields).status_code == 200
    again = httpx2.post(url, content=BODY, headers=fields)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "signature_replayed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda url: {}, "signature_missing"),
        (lambda url: signed(url, BODY + b" ", "n2"), "digest_mismatch"),
        (lambda url: signed(url, BODY, "n3", int(time.time()) - 3600), "signature_expired"),
        (lambda url: signed(url + "?x=1", BODY, "n4"), "signature_invalid"),
        (lambda url: {**signed(url, BODY, "n5"), "signature": "sig=:AAAA:"}, "signature_invalid"),
        (lambda url: {**signed(url, BODY, "n6"), "signature-input": "("}, "signature_malformed"),
    ],
)
def test_what_is_wrong_with_a_signature_is_said_in_openai_s_shape(gateway, change, code):
    url = gateway.url + "/v1/chat/completions"
    answer = httpx2.post(url, content=BODY, headers={"content-type": "application/json", **change(url)})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"]


def test_openssl_signs_for_the_gateway_with_rsa(launch, tmp_path):
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    make = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key]
    subprocess.run(make, check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
    schemes = {
        "rsa-v1_5-sha256": ["-sha256"],
        "rsa-pss-sha512": ["-sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:64"],
    }
    keys = ", ".join(f"{{ id: {name}, algorithm: {name}, public_key: {public} }}" for name in schemes)
    file = tmp_path / "aurelis.yaml"
    file.write_text(f"simulate: true\ngateway: {{ signatures: {{ keys: [{keys}] }} }}\n")
    server = launch("serve", "--config", str(file))
    url = server.url + "/v1/chat/completions"
    for name, options in schemes.items():
        parameters = f'({COVERED});created={int(time.time())};keyid="{name}"'
        lines = f'"@method": POST\n"@target-uri": {url}\n"content-digest": {digest(BODY)}\n'
        base = f'{lines}"@signature-params": {parameters}'.encode()
        made = subprocess.run(["openssl", "dgst", *options, "-sign", key], input=base, capture_output=True, check=True).stdout
        fields = {"content-type": "application/json", "content-digest": digest(BODY), "signature-input": f"sig={parameters}"}

        def sent(signature: bytes) -> int:
            field = f"sig=:{base64.b64encode(signature).decode()}:"
            return httpx2.post(url, content=BODY, headers={**fields, "signature": field}).status_code

        assert sent(made[:-1] + bytes([made[-1] ^ 1])) == 401
        assert sent(made) == 200


def base_of(request, url: str) -> tuple[str, bytes]:
    """What was signed of a request as it arrived, and the signature."""
    input_, signature = (request.headers[name] for name in ("signature-input", "signature"))
    parameters = input_.removeprefix("sig1=")
    lines = []
    for name in re.findall(r'"([^"]+)"', parameters[: parameters.index(")")]):
        value = {"@method": "POST", "@target-uri": url}.get(name) or request.headers[name]
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines), base64.b64decode(signature.removeprefix("sig1=").strip(":"))


def test_openssl_verifies_what_goes_to_a_provider(launch, tmp_path):
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True, capture_output=True)
    with ScriptedProvider() as provider:
        provider.replies(200, {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})
        file = tmp_path / "aurelis.yaml"
        signing = f"{{ key: {{ file: {key} }}, key_id: k1, algorithm: ed25519 }}"
        file.write_text(f"providers: [{{ id: up, base_url: '{provider.url}', signing: {signing} }}]\n")
        server = launch("serve", "--config", str(file))
        url = server.url + "/v1/chat/completions"
        assert httpx2.post(url, content=BODY, headers={"content-type": "application/json"}).status_code == 200

        request = provider.received[-1]
        assert request.headers["content-digest"] == digest(request.body)
        address = urlsplit(provider.url)
        base, made = base_of(request, f"http://{address.netloc}/v1/chat/completions")
        (tmp_path / "base").write_text(base)
        (tmp_path / "signature").write_bytes(made)
        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin"]
        files = ["-in", tmp_path / "base", "-sigfile", tmp_path / "signature"]
        assert subprocess.run([*verify, *files], capture_output=True).returncode == 0
