internal import AurelisApp

extension CommandFailure {
    /// A configuration that cannot be used: `file:line:column: path: message`.
    init(_ error: ConfigurationError) {
        var fault = error
        fault.suggestion = nil
        self.init(.configuration, "\(fault)")
        if let suggestion = error.suggestion { hints = suggestion.split(separator: "\n").map(String.init) }
    }
}
