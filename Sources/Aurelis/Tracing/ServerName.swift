/// Host and port of a provider's address.
///
///     ServerName("https://[::1]:8080/v1")     // ::1, 8080
struct ServerName: Equatable {
    let host: String
    let port: Int?

    init?(_ address: String) {
        // By bytes: this is read for every attempt that is traced.
        var address = address
        let found = address.withUTF8 { text -> (host: String, port: Int?)? in
            guard let scheme = text.firstIndex(of: UInt8(ascii: ":")), text[scheme...].starts(with: "://".utf8) else {
                return nil
            }
            let authority = text[scheme...].dropFirst(3).prefix { $0 != UInt8(ascii: "/") }
            let isBracketed = authority.first == UInt8(ascii: "[")
            let end =
                isBracketed
                ? authority.firstIndex(of: UInt8(ascii: "]"))
                : authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            guard let end else { return nil }
            let host = isBracketed ? authority[..<end].dropFirst() : authority[..<end]
            let port = authority[end...].drop { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: ":") }
            return (String(decoding: host, as: UTF8.self), Int(String(decoding: port, as: UTF8.self)))
        }
        guard let found, !found.host.isEmpty else { return nil }
        (host, port) = found
    }
}

extension ProviderID {
    /// What OpenTelemetry calls the provider of a preset; whoever it does not know keeps its own name.
    var genAIName: String {
        switch rawValue {
        case "github-models", "foundry": "azure.ai.inference"
        case "gemini": "gcp.gemini"
        case "mistral": "mistral_ai"
        default: rawValue
        }
    }
}
