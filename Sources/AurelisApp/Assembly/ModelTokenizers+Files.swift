package import Aurelis
internal import AurelisStorage
internal import Foundation

extension ModelTokenizers {
    /// No vocabulary in use is nearly as large.
    private static let largestFile = 64 << 20

    /// Reads the vocabularies that a configuration names.
    ///
    /// - Throws: which file is no vocabulary, or cannot be read.
    package init(_ settings: [Configuration.Tokenizer]) throws(ConfigurationError) {
        self.init()
        for setting in settings {
            let vocabulary: BytePairVocabulary
            do {
                vocabulary = try BytePairVocabulary(tiktoken: Self.bytes(of: setting.vocabulary))
            } catch let error as BytePairVocabularyError {
                throw setting.error("\(error)")
            } catch {
                throw setting.error(FileReason.words(error))
            }
            add(BytePairTokenizer(vocabulary, pattern: setting.pattern), for: setting.models)
        }
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        let data = try file.read(upToCount: largestFile + 1) ?? Data()
        guard data.count <= largestFile else { throw CocoaError(.fileReadTooLarge) }
        return [UInt8](data)
    }
}

extension Configuration.Tokenizer {
    fileprivate func error(_ message: String) -> ConfigurationError {
        ConfigurationError("\(vocabulary): \(message)", path: "tokenizers", origin: origin)
    }
}
