internal import AurelisJSON

/// The beginning of a streamed answer, as much of it as the log looks at.
struct StreamedText: Sendable {
    private var reader = ChunkTextReader()
    private(set) var text = ""

    mutating func append(_ event: ProviderEvent) {
        guard text.utf8.count < AuditDetails.maximumText, let choice = event.chunk?["choices"]?[0] else { return }
        text += reader.read(choice["delta"]?["content"])
    }
}
