/// Host and port of a provider's address.
///
///     ServerName("https://[::1]:8080/v1")     // ::1, 8080
struct ServerName: Equatable {
    let host: String
    let port: Int?

    init?(_ address: String) {
        guard let scheme = address.firstRange(of: "://") else { return nil }
        let authority = address[scheme.upperBound...].prefix { $0 != "/" }
        let isBracketed = authority.first == "["
        let end = isBracketed ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end else { return nil }
        host = String(isBracketed ? authority[..<end].dropFirst() : authority[..<end])
        port = Int(authority[end...].drop { $0 == "]" || $0 == ":" })
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
