import Aurelis
import AurelisApp
import AurelisJSON
import AurelisStorage
import AurelisTransport
import Foundation

/// The app as production runs it, with the simulator behind it and keys in its data directory.
struct KeyedApp: Sendable {
    let app: RunningApp
    let file: AccessKeyFile
    /// The configuration file.
    let configuration: String

    /// Starts it, lends it, and ends it.
    ///
    /// - Parameters:
    ///   - yaml: the configuration beside the simulator.
    ///   - prepare: changes the keys before it starts.
    static func run(
        _ yaml: String = "",
        time: any TimeSource = SystemTimeSource(),
        prepare: (AccessKeyFile) throws -> Void = { _ in },
        _ body: @escaping @Sendable (KeyedApp) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("keyed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = AccessKeyFile(directory: path + "/data")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try prepare(file)
        try Data((yaml + "\n").utf8).write(to: URL(fileURLWithPath: path + "/aurelis.yaml"))
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        overrides.tier = "enterprise"
        overrides.configFile = path + "/aurelis.yaml"
        overrides.dataDirectory = path + "/data"
        try await RunningApp.run(overrides, time: time) { app async throws in
            try await body(KeyedApp(app: app, file: file, configuration: path + "/aurelis.yaml"))
        }
    }

    /// Makes a key, in effect at once.
    func create(
        _ name: String,
        _ kind: AccessKeyKind = .gateway,
        _ change: (inout AccessKeyDraft) -> Void = { _ in }
    ) throws -> String {
        defer { app.refreshKeys() }
        return try file.create(name, kind, change)
    }

    func revoke(_ name: String) throws {
        _ = try file.update { try $0.revoke(name, at: WallClock.system.millisecondsSinceEpoch) }
        app.refreshKeys()
    }

    /// Asks, with a key or something else.
    func ask(
        _ key: String?,
        model: String = "gpt-4o-mini",
        prompt: String = "hi",
        field: String = "authorization",
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var headers = headers
        if let key { headers.append((field, field == "authorization" ? "Bearer \(key)" : key)) }
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(prompt)"}]}"#
        return Answer(try await app.send("POST", "/v1/chat/completions", body: body, headers: headers))
    }

    func get(_ path: String, _ key: String? = nil, to address: String? = nil) async throws -> Answer {
        Answer(
            try await app.send("GET", path, to: address, headers: key.map { [("authorization", "Bearer \($0)")] } ?? [])
        )
    }

    func admin(_ path: String, _ key: String? = nil) async throws -> Answer {
        try await get(path, key, to: app.addresses.admin)
    }

    /// Has the control plane do something.
    func post(_ path: String, _ key: String? = nil, body: String = "") async throws -> Answer {
        let headers = key.map { [("authorization", "Bearer \($0)")] } ?? []
        return Answer(try await app.send("POST", path, to: app.addresses.admin, body: body, headers: headers))
    }

    /// Writes another configuration in the place of the one that it began with.
    func configure(_ yaml: String) throws {
        try Data((yaml + "\n").utf8).write(to: URL(fileURLWithPath: configuration))
    }

    struct Answer {
        let status: Int
        let headers: HTTPHeaderList
        let body: String

        init(_ answer: (status: Int, headers: HTTPHeaderList, body: String)) {
            (status, headers, body) = answer
        }

        var document: JSONDocument? { try? JSONDocument(Array(body.utf8)) }
        var code: String? { document?["error"]?["code"]?.string }
        var message: String { document?["error"]?["message"]?.string ?? "" }
        var cache: String { headers["x-aurelis-cache"] ?? "" }
    }
}

extension AccessKeyFile {
    /// Makes a key, as the command would.
    @discardableResult
    func create(
        _ name: String,
        _ kind: AccessKeyKind = .gateway,
        _ change: (inout AccessKeyDraft) -> Void = { _ in }
    ) throws -> String {
        var draft = AccessKeyDraft(name: name, kind: kind)
        change(&draft)
        return try update { book in
            var random = SystemRandomNumberGenerator()
            return try book.create(draft, at: WallClock.system.millisecondsSinceEpoch, using: &random).text
        }
    }
}
