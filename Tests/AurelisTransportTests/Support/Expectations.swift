import Testing

@testable import AurelisTransport

/// The whole body as text.
func text(_ response: HTTPClientResponse) async throws -> String {
    String(decoding: try await response.body.collect(upTo: 1 << 24), as: UTF8.self)
}

/// The transport error that something fails with.
func error(_ body: () async throws -> some Any) async -> TransportError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? TransportError
    }
}

/// The code of the transport error that something fails with.
func code(_ body: () async throws -> some Any) async -> TransportError.Code? {
    await error(body)?.code
}

/// Gives other tasks their turn until a condition that they bring about holds.
func settle(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}
