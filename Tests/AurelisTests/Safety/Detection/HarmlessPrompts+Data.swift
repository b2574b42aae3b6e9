extension HarmlessPrompts {
    static let data = #"""
        Is this public key fine for authorized_keys?
        ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl alice@laptop
        ====
        ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDw4o6gJy8UtmIbkcpnkO3Kwc4qsEnSZp/TR+fQi62F79RHWmwKOtFmwteURgLbj7D/WGuNLGOfa/2vse3G2eHnHl5CB8ruRX9fBl/KgwCVr2JaEuUm66bBQeP5XeBotdR4cvX38uPYivCDdPjJ1QWPdspTBKcxeFbccDw== bob@host
        ====
        github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
        ====
        What is in this certificate?
        -----BEGIN CERTIFICATE-----
        MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5
        MQswCQYDVQQGEwJVUzEPMA0GA1UEChMGQW1hem9uMRkwFwYDVQQDExBBbWF6b24g
        Um9vdCBDQSAzMB4XDTE1MDUyNjAwMDAwMFoXDTQwMDUyNjAwMDAwMFowOTELMAkG
        -----END CERTIFICATE-----
        ====
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
        q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
        -----END PUBLIC KEY-----
        ====
        -----BEGIN PGP PUBLIC KEY BLOCK-----
        mQINBFIAAAABEADAAH1N3HyV6JEBQGaaaaOWMVVzkmMmXSRMyHkHcWo6bVVTLRSB
        -----END PGP PUBLIC KEY BLOCK-----
        ====
        -----BEGIN CERTIFICATE REQUEST-----
        MIICvDCCAaQCAQAwdzELMAkGA1UEBhMCVVMxDTALBgNVBAgMBFV0YWgxDzANBgNV
        -----END CERTIFICATE REQUEST-----
        ====
        What is in this picture? data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
        ====
        background-image: url("data:image/gif;base64,R0lGODlhEAAQAMQAAORHHOVSKudfOulrSOp3WOyDZu6QdvCchPGolfO0o/XBs/fNwfjZ0frl3/zy7////wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACH5BAkAABAALAAAAAAQABAAAAVVICSOZGlCQAosJ6mu7fiyZeKqNKToQGDsM8hBADgUXoGAiqhSvp5QAnQKGIgUhwFUYLCVDFCrKUE1lBavAViFIDlTImbKC5Gm2hB0SlBCBMQiB0UjIQA7")
        ====
        The digest of the empty string: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        ====
        md5("hello") = 5d41402abc4b2a76b9719d911017c592, sha1("hello") = aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d
        ====
        git log:
        commit 5669f222e46c8134fb1f399c745b6882b43532d3
        Merge: 711db96 0ed2f1e
        Author: Alice <alice@example.com>
            Rotate the token signing key
        ====
        index 83db48f84ec878fbfb30b46d16630e944e34f205..d670460b4b4aece5915caf5c68d12f560a9fe3e4 100644
        --- a/token.go
        +++ b/token.go
        ====
        docker pull alpine@sha256:c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b
        ====
        Deployed: https://my-app-9f8e7d6c5b4a3210fedcba9876543210.vercel.app is live, key: preview
        ====
        Bitcoin's genesis address is 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa and the block hash 000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f
        ====
        The contract is at 0xdAC17F958D2ee523a2206206994597C13D831ec7, write an ABI call for balanceOf.
        ====
        IPFS: QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG or bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi
        ====
        s3://bucket/2024/06/11/part-00000-3f2b8c1e-9a7d-4e5f-8b6c-1d2e3f4a5b6c-c000.snappy.parquet
        ====
        arn:aws:iam::123456789012:role/TokenServiceRole and account 123456789012
        ====
        The video id is dQw4w9WgXcQ and the playlist PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf
        ====
        Google Doc: https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit?usp=sharing
        ====
        ISBN 978-3-16-148410-0, IBAN DE89370400440532013000, card 4242 4242 4242 4242
        ====
        Phone: +49 30 901820, order no. 1Z999AA10123456784, invoice INV-2024-000123-A7
        ====
        MAC 00:1B:44:11:3A:B7, IPv6 2001:0db8:85a3:0000:0000:8a2e:0370:7334, time 12:34:56
        ====
        #1e40af #dbeafe #f8fafc rgba(30, 64, 175, 0.5) hsl(226deg 71% 40%)
        ====
        ACGTACGTTAGCTAGCTAGCATCGATCGATCGATGCATGCATCGTAGCTAGCTAGCTAGCTAGCATGC
        ====
        MVLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHFDLSHGSAQVKGHGKKVADALTNAVAHVDDMPNALSALSDLHAHKLR
        ====
        Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore magna aliqua.
        ====
        Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft is one token in no tokenizer.
        ====
        pneumonoultramicroscopicsilicovolcanoconiosis_and_supercalifragilisticexpialidocious-2024-edition
        ====
        0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz is the alphabet of base62.
        ====
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        ====
        static const uint8_t key_schedule[] = {0x63,0x7c,0x77,0x7b,0xf2,0x6b,0x6f,0xc5,0x30,0x01,0x67,0x2b,0xfe,0xd7,0xab,0x76};
        ====
        00000000  2d 2d 2d 2d 2d 42 45 47  49 4e 20 43 45 52 54 49  |-----BEGIN CERTI|
        ====
        gzip: H4sIAAAAAAAAA8tIzcnJVyjPL8pJUQQA7UTqDQwAAAA= decodes to what?
        ====
        protobuf: CgVhbGljZRIKcGFzc3dvcmQxMg== and zlib: eJwrSS0uAQAEXQHB
        ====
        Sentry DSN: https://examplePublicKey@o0.ingest.sentry.io/0 goes into the client.
        ====
        Firebase config for the web: { projectId: "my-app-12345", appId: "1:1234567890:web:abcdef1234567890" }
        ====
        Google Analytics: G-XXXXXXXXXX, UA-12345678-1, GTM-ABC1234
        ====
        | key | value | token |
        |-----|-------|-------|
        | a   | 1     | <eos> |
        ====
        --------------------------------------------------------------------------------
        -----BEGIN-----
        KEY=VALUE
        -----END-----
        ====
        ================================ FAILURES ================================
        _____________________________ test_token_expiry _____________________________
        ====
        eyJ is not a word. eyJoZWxsbyI6IndvcmxkIn0= decodes to {"hello":"world"}.
        ====
        Cursor pagination: nextPageToken: "CAoQAA", page_token=eyJvZmZzZXQiOjEwMH0, continuation_token: eyJsYXN0S2V5IjoiYWJjIn0
        ====
        "next_token": "AAMA-EFRSURBSGhOWkRWbE5qUmhZMkl4TXpBMU5HRXhPVEJpTldZMFlqQmtORGN3TXprek9HWXpNREZtTVdVMk1qUTRPR1ZqTTJGbE1EZzE"
        ====
        "prompt_cache_key": "c7b1b0f2a3d94e5f8a6b7c8d9e0f1a2b", "safety_identifier": "u_7f83b1657ff1fc53b92dc18148a1d65d"
        ====
        "public_key": "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=", "key_fingerprint": "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDU1IPpG4wLB2XT0bQ"
        ====
        "tool_call_id": "call_9pw1qnYScqvGrCH58HWCvFH6", "id": "chatcmpl-9ZQ7bDk3X1m8f2Lr5T6vYw0e"
        ====
        "encrypted_content": "gAAAAABmZ3v8Q2xhdWRlLWlzLW5vdC1hLXNlY3JldC1idXQtdGhpcy1pcy1sb25nLWFuZC1yYW5kb20"
        ====
        "thoughtSignature": "EtUBCtIBAVSoXO4mPq8Yl3h7G5kZ2vR9wN1bXcD6fTjUeA0sIyLgHnBoKpQrMtWz"
        ====
        Map the keys: {"keyA": "KeyboardA", "keyB": "KeyboardB", "key_enter": "Enter13", "keyCode": 65}
        ====
        Password strength meter: weak: #dc2626, fair: #f59e0b, strong: #16a34a, secret: #000000
        ====
        The signature is sig=unsigned, alg=none; token_type=bearer, expires_in=3600
        ====
        mypy: error: Argument "password" to "login" has incompatible type "str | None"; expected "str"
        ====
        TS2345: Argument of type '{ token: string; key: number; }' is not assignable to parameter of type 'AuthToken2FA'.
        ====
        warning: initialization of immutable value 'token' was never used; consider replacing with assignment to '_'
        ====
        error[E0382]: borrow of moved value: `token` --> src/auth/token.rs:42:13
        ====
        FATAL:  password authentication failed for user "postgres" (SQLSTATE 28P01)
        ====
        Error: secretOrPrivateKey must have a value at module.exports [as sign] (/app/node_modules/jsonwebtoken/sign.js:107:20)
        ====
        The answer's fields: access_token (string), token_type (Bearer), expires_in: 3599, scope: "https://www.googleapis.com/auth/cloud-platform"
        ====
        AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '11112222-bbbb-3333-cccc-4444dddd5555'.
        """#
}
