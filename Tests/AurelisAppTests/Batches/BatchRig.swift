import AurelisStorage
import AurelisTesting
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import Aurelis
@testable import AurelisApp

/// A folder with batches, and gateways without a gateway that work on them.
struct BatchRig: Sendable {
    let directory: String
    let provider = ScriptedProvider()
    let time = ManualTimeSource()

    static func with(_ body: (BatchRig) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("batches-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(BatchRig(directory: url.path))
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    var store: DatabaseFileStore {
        DatabaseFileStore(directory: directory, clock: .following(time), logger: Self.logger)
    }

    /// Has a provider answer.
    func orchestrator(_ provider: ScriptedProvider) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        return ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            time: time,
            random: FixedRandomSource()
        )
    }

    /// What a key grants that is for one model only.
    static func grant(_ id: String, only model: String? = nil) -> AccessGrant {
        var key = AccessKey(id: id, name: id, kind: .gateway, secret: .random(), created: 0)
        key.scope.models = model.flatMap { ModelPattern($0) }.map { [$0] }
        return AccessGrant(key)
    }

    /// Works on the batches for the length of a test, then ends gracefully.
    func working(
        _ change: (inout BatchService.Settings) -> Void = { _ in },
        grant: @escaping @Sendable (String) -> AccessGrant? = { _ in nil },
        orchestrator: (@Sendable () -> ModelOrchestrator)? = nil,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        var settings = BatchService.Settings()
        settings.interval = .milliseconds(1)
        change(&settings)
        let own = self.orchestrator(provider)
        let service = BatchService(
            store: store,
            orchestrator: orchestrator ?? { own },
            grant: grant,
            engineTime: time,
            settings: settings,
            news: AsyncStream { _ in },
            logger: Self.logger
        )
        let group = ServiceGroup(services: [service], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do { try await body() } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Hands a batch in.
    func order(
        _ lines: [String],
        window: String = "24h",
        endpoint: BatchEndpoint = .chatCompletions,
        tenant: String = ""
    ) async throws -> String {
        let upload = try await store.beginUpload(by: tenant)
        try await upload.write(Array(lines.joined(separator: "\n").utf8))
        let file = try await upload.finish(FileDescription(name: "in.jsonl", purpose: .batch))
        let window = try #require(BatchWindow(window))
        let order = BatchOrder(input: file.id, endpoint: endpoint, window: window)
        return try await store.createBatch(order, by: tenant).id
    }

    /// The batch, once it is as the test wants it: every look waits for the disk.
    @discardableResult
    func record(_ id: String, when isRight: (BatchRecord) -> Bool) async throws -> BatchRecord {
        let store = store
        while true {
            try Task.checkCancellation()
            if let record = try await store.batch(id), isRight(record) { return record }
        }
    }

    /// The names of the items in a file of results, or the codes of their errors.
    func results(_ file: String?, tenant: String = "") async throws -> [BatchResult] {
        guard let file else { return [] }
        let content = try await store.content(of: file, tenant: tenant).1
        var splitter = LineSplitter(limit: 1 << 20)
        var results: [BatchResult] = []
        while let piece = try await content.next() { splitter.append(piece) }
        splitter.finish()
        while let line = splitter.next() { results.append(try #require(BatchResult(reading: line.bytes))) }
        return results
    }

    /// Names in the results, in their order.
    func names(_ file: String?) async throws -> [String?] { try await results(file).map(\.customID) }

    static func line(_ name: String, _ question: String? = nil, model: String = "gpt-4o") -> String {
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(question ?? name)"}]}"#
        return #"{"custom_id":"\#(name)","method":"POST","url":"/v1/chat/completions","body":\#(body)}"#
    }

    static func refusal(after seconds: Int, _ limit: ModelError.RateLimit = .day) -> ModelError {
        var error = ModelError(.rateLimit, "come back later")
        error.retryAfter = .seconds(seconds)
        error.status = 429
        error.limit = limit
        return error
    }
}
