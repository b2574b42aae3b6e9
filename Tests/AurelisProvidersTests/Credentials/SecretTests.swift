import Testing

@testable import AurelisProviders

@Suite("Secrets")
struct SecretTests {
    private let text = "s3cr3t-value-1234"

    @Test("no way of printing shows it")
    func printing() {
        let secret = Secret(text)
        var dumped = ""
        dump(secret, to: &dumped)
        struct Holder { let secret: Secret }
        let credential = Credential(secret: secret, origin: "here")
        let all =
            "\(secret) \(String(reflecting: secret)) \(dumped) \(Holder(secret: secret)) \(credential)"
            + String(reflecting: CredentialReference.literal(secret))
        #expect(!all.contains(text))
        #expect(all.contains("[secret]"))
        dumped = ""
        dump(credential, to: &dumped)
        #expect(!dumped.contains(text))
    }

    @Test("it is no value that can be encoded")
    func encoding() {
        #expect(!(Secret(text) as Any is any Encodable))
    }

    @Test("its text and bytes are lent")
    func lending() {
        let secret = Secret(text)
        #expect(secret.withText { $0 == text })
        #expect(secret.withBytes { $0.elementsEqual(text.utf8) })
        #expect(secret.count == text.utf8.count)
        #expect(Secret("").withText { $0.isEmpty })
    }

    @Test("two secrets are compared by what they hold")
    func comparing() {
        #expect(Secret(text).isSame(as: Secret(text)))
        #expect(!Secret(text).isSame(as: Secret(text + "x")))
        #expect(!Secret(text).isSame(as: Secret(String(text.reversed()))))
    }
}
