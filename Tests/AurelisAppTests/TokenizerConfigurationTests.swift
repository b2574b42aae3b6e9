import Aurelis
import AurelisApp
import Foundation
import Testing

@Suite("Configuration: tokenizers")
struct TokenizerConfigurationTests {
    private func tokenizers(_ setting: String, file: String? = nil) throws -> ModelTokenizers {
        try withTemporaryDirectory { directory in
            try directory.write(file, to: "o200k_base.tiktoken")
            let yaml = setting.replacing("DIRECTORY", with: directory.path)
            try directory.write("simulate: true\ntokenizers:\n  - \(yaml)\n", to: "aurelis.yaml")
            return try ModelTokenizers(
                ConfigurationLoader.load(
                    ConfigurationOverrides(),
                    environment: [:],
                    workingDirectory: directory.path,
                    homeDirectory: directory.path
                ).configuration.tokenizers
            )
        }
    }

    private static let bytes = (UInt8.min...UInt8.max).map { "\(Data([$0]).base64EncodedString()) \($0)\n" }.joined()

    @Test("the models named get the vocabulary of the file, cut as its name or the setting says")
    func vocabulary() throws {
        let file = "{vocabulary: DIRECTORY/o200k_base.tiktoken, models: [openai/gpt-4o*]}"
        let named = try tokenizers(file, file: Self.bytes)
        #expect(named["openai/gpt-4o-mini"]?.count("four") == 4)
        #expect(named["meta/llama"] == nil)
        let said = try tokenizers(
            "{vocabulary: DIRECTORY/o200k_base.tiktoken, pattern: cl100k_base, models: ['*']}",
            file: Self.bytes
        )
        #expect(said["meta/llama"]?.count("four") == 4)
    }

    @Test(
        "what is wrong is said where it was said",
        arguments: [
            ("{models: ['*']}", "tokenizers[0].vocabulary: names no file"),
            ("{vocabulary: words.txt, models: ['*']}", "the file's name does not tell it"),
            ("{vocabulary: o200k_base}", "tokenizers[0].models: names no model"),
            ("{vocabulary: DIRECTORY/cl100k_base, models: ['*']}", "aurelis.yaml:3:18: tokenizers: "),
            ("{vocabulary: DIRECTORY, pattern: o200k_base, models: ['*']}", "tokenizers: "),
            ("{vocabulary: DIRECTORY/o200k_base.tiktoken, models: ['*']}", "line 1 has no rank"),
            ("{file: x}", "unknown setting"),
        ]
    )
    func errors(setting: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try tokenizers(setting, file: "<html>") }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
}
