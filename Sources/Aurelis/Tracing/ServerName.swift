/// Host and port of a provider's address.
///
///     ServerName("https://[::1]:8080/v1")     // ::1, 8080
struct ServerName: Equatable {
    let host: String
    let port: Int?

    init?(_ address: String) {
        // By bytes: this is read for every attempt that is traced.
        let text = address.utf8
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
        host = String(Substring(isBracketed ? authority[..<end].dropFirst() : authority[..<end]))
        port = Int(Substring(authority[end...].drop { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: ":") }))
        if host.isEmpty { return nil }
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
