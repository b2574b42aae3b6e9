/// JSON Web Tokens.
extension SecretScan {
    private static let longestPart = 8_192

    /// The token whose header begins at a place.
    mutating func webToken(at index: Int) -> SecretMatch? {
        let header = text.end(of: .token, from: index, limit: 1_024)
        work += header - index
        guard header - index >= 15, header < text.count, text[header] == UInt8(ascii: ".") else { return nil }
        let payload = text.end(of: .token, from: header + 1, limit: SecretScan.longestPart)
        work += payload - header
        guard payload - header > 10, payload < text.count, text[payload] == UInt8(ascii: ".") else { return nil }
        let end = text.end(of: .token, from: payload + 1, limit: SecretScan.longestPart)
        work += 2 * (end - payload)
        guard end - payload > 20, let object = Base64Text.decoded(text, index..<header),
            object.last == UInt8(ascii: "}"),
            object.contains("\"alg\"")
        else { return nil }
        guard Randomness(text, payload + 1..<end).isToken, !isExplanation(header + 1..<payload) else { return nil }
        runEnd = max(runEnd, end)
        return SecretMatch(index, end, .jsonWebToken, certainty: 3)
    }

    /// Whether it is John Doe's, by which everybody explains these tokens.
    private func isExplanation(_ payload: Range<Int>) -> Bool {
        guard payload.count <= 512, let claims = Base64Text.decoded(text, payload) else { return false }
        return claims.contains("John Doe") || claims.contains("\"1234567890\"") || claims.contains("example")
    }
}

extension [UInt8] {
    /// Whether it has a text anywhere; for short ones.
    fileprivate func contains(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard count >= length else { return false }
        return (0...count - length).contains { start in
            (0..<length).allSatisfy { self[start + $0] == text.utf8Start[$0] }
        }
    }
}
