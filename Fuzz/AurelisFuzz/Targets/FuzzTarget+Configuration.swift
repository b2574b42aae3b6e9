@testable import AurelisApp

extension FuzzTarget {
    /// A configuration is read, or refused with a place that is in the file; what is shown of it reads as the same one.
    static let configuration = FuzzTarget("configuration") { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        let shown: String
        do throws(ConfigurationError) {
            shown = try show(text)
        } catch {
            return try check(error, in: bytes)
        }
        let again: String
        do throws(ConfigurationError) { again = try show(shown) } catch {
            // A literal key is not shown, so what is shown lacks it.
            guard !shown.contains("api_key") else { return }
            throw FuzzFinding(description: "what is shown is refused: \(error)\n\(shown)")
        }
        try holds(again == shown, "what is shown reads as something else:\n\(shown)\n\(again)")
    }

    private static func show(_ text: String) throws(ConfigurationError) -> String {
        let tree = try ConfigurationTree.parsing(text, file: "f")
        var warnings: [String] = []
        let log = SettingsLog()
        _ = try Configuration(decoding: tree, log: log, warnings: &warnings)
        var entries = log.entries
        for index in entries.indices { entries[index].origin = nil }
        return entries.rendered()
    }

    private static func check(_ error: ConfigurationError, in bytes: [UInt8]) throws {
        try holds(!error.message.isEmpty, "an error without words")
        guard let origin = error.origin else {
            // What is missing is nowhere in the file.
            return try holds(error.path != nil, "an error about no setting: \(error)")
        }
        // YAML knows line ends that a file seldom has; each has a byte of its own.
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D || $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 }
        guard case .file("f", let line, let column) = origin else {
            throw FuzzFinding(description: "an error with a place elsewhere: \(error)")
        }
        try holds(line >= 1 && line <= lines + 2 && column >= 1, "an error outside the file: \(error)")
    }
}
