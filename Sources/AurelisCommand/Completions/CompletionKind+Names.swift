internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisProviders
internal import AurelisSimulator
internal import AurelisStorage
internal import Foundation

extension CompletionKind {
    /// The models of the configuration in effect.
    static let models = CompletionKind.custom { words, _, beginning in
        CompletionNames.models(words).filter { $0.hasPrefix(beginning) }
    }

    /// The models of the configuration in effect, several with commas between them.
    static let modelList = CompletionKind.custom { words, _, beginning in
        let before = beginning.lastIndex(of: ",").map { beginning[...$0] } ?? ""
        return CompletionNames.models(words).map { before + $0 }.filter { $0.hasPrefix(beginning) }
    }

    /// The presets of providers.
    static let presets = CompletionKind.list(ProviderPreset.names)

    /// The ready-made faults, and files and directories.
    static let faults = CompletionKind.custom { _, _, beginning in
        FaultScript.names.filter { $0.hasPrefix(beginning) } + CompletionNames.files(beginning)
    }

    /// The keys of the data directory.
    static let keys = CompletionKind.custom { words, _, beginning in
        CompletionNames.keys(words).filter { $0.hasPrefix(beginning) }
    }
}

/// Names that are offered while a command line is written: from files alone, at once, and none when something is wrong.
enum CompletionNames {
    static func models(_ words: [String]) -> [String] {
        var names: Set<String> = []
        guard let configuration = configuration(words) else { return [] }
        let presets = configuration.simulates ? ["github-models"] : configuration.providers.map(\.preset)
        for preset in presets {
            guard let preset = try? ProviderPreset.named(preset) else { continue }
            for model in preset.models where model.isOffered && model.operations.contains(.chatCompletion) {
                names.insert(model.id.canonical)
            }
        }
        for provider in configuration.providers { names.formUnion(provider.models.keys.map(\.canonical)) }
        names.formUnion(configuration.orchestrator.routing.aliases.keys.map(\.canonical))
        return names.sorted()
    }

    static func keys(_ words: [String]) -> [String] {
        guard let directory = configuration(words)?.dataDirectory,
            let book = try? AccessKeyFile(directory: directory).read()
        else { return [] }
        let now = WallClock.system.millisecondsSinceEpoch
        return book.keys.filter { $0.isUsable(at: now) }.map(\.id).sorted()
    }

    /// Files and directories whose path begins so; a directory ends with a slash.
    static func files(_ beginning: String) -> [String] {
        let directory = beginning.lastIndex(of: "/").map { String(beginning[...$0]) } ?? ""
        let name = beginning.dropFirst(directory.count)
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: directory.isEmpty ? "." : directory)) ?? []
        // Hidden ones only when they are meant.
        return names.filter { $0.hasPrefix(name) && (name.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted().map {
            found in
            var isDirectory: ObjCBool = false
            let path = directory + found
            return files.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
                ? path + "/" : path
        }
    }

    /// What the words that are there already would read.
    private static func configuration(_ words: [String]) -> Configuration? {
        var overrides = ConfigurationOverrides()
        overrides.needsProvider = false
        overrides.simulate = words.contains("--simulate")
        overrides.configFile = value(of: "--config", in: words)
        overrides.dataDirectory = value(of: "--data-dir", in: words)
        if !overrides.simulate {
            overrides.provider = value(of: "--provider", in: words)
            overrides.baseURL = value(of: "--base-url", in: words)
        }
        return try? Session.read(overrides, environment: ProcessEnvironment.current).configuration
    }

    private static func value(of option: String, in words: [String]) -> String? {
        guard let index = words.firstIndex(of: option), index + 1 < words.count else { return nil }
        return words[index + 1]
    }
}
