import Testing

@testable import AurelisSigning

/// RFC 9421, appendix B.2: what the RFC says is a good signature is one, and what signs alike every time gives the same.
@Suite("Message signatures of RFC 9421")
struct SpecificationExampleTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var section: String
        var label: String
        var input: String
        var signature: String
        var isResponse = false

        var testDescription: String { section }

        var message: SignableMessage {
            var message = isResponse ? SpecificationMessages.response : SpecificationMessages.request
            message.fields += [("Signature-Input", "\(label)=\(input)"), ("Signature", "\(label)=:\(signature):")]
            return message
        }
    }

    static let examples = [
        Example(
            section: "B.2.1",
            label: "sig-b21",
            input: #"();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
            signature: """
                d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA\
                7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0m\
                KZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO\
                5Nyt8C8ssinQ98Xw9Q==
                """
        ),
        Example(
            section: "B.2.2",
            label: "sig-b22",
            input: #"("@authority" "content-digest" "@query-param";name="Pet");created=1618884473"#
                + #";keyid="test-key-rsa-pss";tag="header-example""#,
            signature: """
                LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+EC\
                xCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7C\
                l+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQ\
                l3/XaVe4bXTugEjHSw==
                """
        ),
        Example(
            section: "B.2.3",
            label: "sig-b23",
            input: #"("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")"#
                + #";created=1618884473;keyid="test-key-rsa-pss""#,
            signature: """
                bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38\
                K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCo\
                C1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FU\
                o5fTIztsDZKEgM4cUA==
                """
        ),
        Example(
            section: "B.2.4",
            label: "sig-b24",
            input: #"("@status" "content-type" "content-digest" "content-length");created=1618884473"#
                + #";keyid="test-key-ecc-p256""#,
            signature:
                "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==",
            isResponse: true
        ),
        Example(
            section: "B.2.5",
            label: "sig-b25",
            input: #"("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
            signature: "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
        ),
        Example(
            section: "B.2.6",
            label: "sig-b26",
            input: #"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473"#
                + #";keyid="test-key-ed25519""#,
            signature: "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
        ),
    ]

    /// The examples cover less than a gateway would ask for.
    private func verifier() throws -> MessageVerifier {
        var rules = MessageVerifier.Rules()
        rules.components = []
        return MessageVerifier(keys: try SpecificationKeys.verifying(), rules: rules)
    }

    private func body(_ example: Example) -> [UInt8] {
        example.isResponse ? SpecificationMessages.answer : SpecificationMessages.body
    }

    @Test("the examples' signatures are good", arguments: examples)
    func good(example: Example) throws {
        let verified = try verifier().verify(
            example.message,
            body: body(example),
            at: SpecificationMessages.created
        )
        #expect(verified.label == example.label)
        #expect(verified.created == SpecificationMessages.created)
    }

    @Test("a changed byte of signature, covered part or body is found", arguments: examples)
    func changed(example: Example) throws {
        var signature = example
        signature.signature = (example.signature.first == "A" ? "B" : "A") + example.signature.dropFirst()
        var later = example
        later.input.replace("created=1618884473", with: "created=1618884474")
        for forged in [signature, later] {
            #expect(
                refusal {
                    try verifier().verify(forged.message, body: body(example), at: SpecificationMessages.created)
                } == .invalid
            )
        }
        #expect(
            refusal {
                try verifier().verify(example.message, body: [0x7B, 0x7D], at: SpecificationMessages.created)
            } == .digest
        )
    }

    @Test("signing the examples gives their fields", arguments: [("B.2.5", "sig-b25"), ("B.2.6", "sig-b26")])
    func signs(section: String, label: String) throws {
        let example = try #require(Self.examples.first { $0.label == label })
        let isShared = label == "sig-b25"
        var signer = MessageSigner(
            key: isShared
                ? try SigningKey(parsing: SpecificationKeys.sharedSecret, for: .hmacSHA256)
                : try SigningKey(parsing: SpecificationKeys.ed25519Private, for: .ed25519),
            keyID: isShared ? "test-shared-secret" : "test-key-ed25519",
            components: isShared
                ? try components("date", "@authority", "content-type")
                : try components("date", "@method", "@path", "@authority", "content-type", "content-length")
        )
        signer.label = label
        signer.namesAlgorithm = false
        let fields = try signer.fields(
            for: SpecificationMessages.request,
            body: SpecificationMessages.body,
            at: SpecificationMessages.created,
            nonce: nil
        )
        #expect(fields.map(\.name) == ["signature-input", "signature"])
        #expect(fields[0].value == "\(label)=\(example.input)")
        // Where the platform's Ed25519 is randomised, only verifying tells.
        #if !canImport(Darwin)
            #expect(fields[1].value == "\(label)=:\(example.signature):")
        #endif
    }

    @Test("the signature base is the RFC's, letter for letter")
    func base() throws {
        let input = try SignatureInput(
            components: components(
                "date",
                "@method",
                "@path",
                "@query",
                "@authority",
                "content-type",
                "content-length"
            ),
            created: SpecificationMessages.created,
            keyID: "test-key-rsa-pss"
        )
        #expect(
            try input.base(of: SpecificationMessages.request) == """
                "date": Tue, 20 Apr 2021 02:07:55 GMT
                "@method": POST
                "@path": /foo
                "@query": ?param=Value&Pet=dog
                "@authority": example.com
                "content-type": application/json
                "content-length": 18
                "@signature-params": ("date" "@method" "@path" "@query" "@authority" "content-type" "content-length")\
                ;created=1618884473;keyid="test-key-rsa-pss"
                """
        )
    }

    @Test(
        "derived components have the values of RFC 9421, 2.2",
        arguments: [
            ("@method", "POST"), ("@target-uri", "https://example.com/foo?param=Value&Pet=dog"),
            ("@authority", "example.com"), ("@scheme", "https"), ("@request-target", "/foo?param=Value&Pet=dog"),
            ("@path", "/foo"), ("@query", "?param=Value&Pet=dog"),
        ]
    )
    func derived(name: String, value: String) throws {
        #expect(try SignatureComponent(parsing: name).value(in: SpecificationMessages.request) == value)
        #expect(try SignatureComponent(parsing: name).value(in: SpecificationMessages.response) == nil)
    }

    @Test("a target without query has the query \"?\", and values of one field are joined without their outer space")
    func edges() throws {
        var message = SpecificationMessages.request
        message.target = "/foo"
        message.fields = [("X-Part", "  one "), ("x-part", "two\t"), ("X-Empty", "")]
        #expect(try SignatureComponent(parsing: "@query").value(in: message) == "?")
        #expect(try SignatureComponent(parsing: "X-Part").value(in: message) == "one, two")
        #expect(try SignatureComponent(parsing: "x-empty").value(in: message) == "")
        #expect(try SignatureComponent(parsing: "x-none").value(in: message) == nil)
    }

    @Test(
        "query parameters have the RFC's one encoding (2.2.8)",
        arguments: [
            ("var", "this%20is%20a%20big%0Amultiline%20value"), ("bar", "with%20plus%20whitespace"),
            ("fa%C3%A7ade%22%3A%20", "something"), ("twice", nil), ("none", nil),
        ] as [(String, String?)]
    )
    func queryParameters(name: String, value: String?) {
        let query =
            "?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace"
            + "&fa%C3%A7ade%22%3A%20=something&twice=1&twice=2"
        #expect(QueryParameters(query[...]).value(of: name) == value)
    }
}
