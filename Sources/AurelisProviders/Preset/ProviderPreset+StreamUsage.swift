extension ProviderPreset {
    /// When a stream tells the tokens it cost.
    package enum StreamUsage: String, Sendable, Hashable, CaseIterable {
        /// When the request asks by `stream_options.include_usage`; it then does, unless its caller decided otherwise.
        case onRequest = "on_request"
        /// In every stream, unasked.
        case always
        /// Nobody knows. Nothing is asked for: a strict server refuses fields that it does not know.
        case unknown
    }
}
