internal import AurelisProviders
internal import Foundation

/// The text of a key that the configuration refers to. Unlike a credential it may have several lines.
enum KeyText {
    /// No key is longer; a longer file is some other file.
    private static let maximumBytes = 64 * 1_024

    /// - Parameter path: the setting, for errors.
    static func read(
        _ reference: Configuration.APIKey,
        environment: [String: String],
        path: String
    ) throws(ConfigurationError) -> String {
        switch reference {
        case .environment(let name):
            guard let text = environment[name], !text.isEmpty else {
                throw ConfigurationError("the environment variable \(name) is not set", path: path)
            }
            return text
        case .file(let file):
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ConfigurationError("\(file) cannot be read", path: path)
            }
            guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else {
                throw ConfigurationError("\(file) is no key", path: path)
            }
            return text
        case .literal(let secret):
            return secret.withText { $0 }
        }
    }
}
