import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A real server that alerts are sent to, on a port of loopback: it answers each request as it is told.
final class HookServer: Sendable {
    enum Behaviour: Sendable {
        /// Answers with this status.
        case status(Int)
        /// Takes the request and says nothing.
        case silence
        /// Begins an answer that does not end.
        case endless
        /// Closes the connection.
        case close
    }

    struct Request: Sendable {
        let head: String
        let body: String

        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    let port: Int
    private let seen = Mutex<[Request]>([])
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Request.self)

    var requests: [Request] { seen.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)/hooks/a?key=b" }

    private init(port: Int) { self.port = port }

    /// The next request that arrives; one task at a time.
    func next() async -> Request? { await arrivals.first { _ in true } }

    /// - Parameter behave: what becomes of the request of this number, counted from 0.
    static func run(
        _ behave: @escaping @Sendable (Int) -> Behaviour = { _ in .status(204) },
        _ body: @escaping @Sendable (HookServer) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let server = HookServer(port: listener.channel.localAddress?.port ?? 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await server.serve(connection, behave) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            try await body(server)
        }
    }

    private func serve(
        _ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>,
        _ behave: @Sendable (Int) -> Behaviour
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var text = ""
            for try await bytes in inbound {
                text += String(buffer: bytes)
                guard let request = Self.request(in: text) else { continue }
                text = ""
                let number = seen.withLock { seen in
                    seen.append(request)
                    return seen.count - 1
                }
                arrival.yield(request)
                switch behave(number) {
                case .status(let status):
                    try await outbound.write(
                        ByteBuffer(
                            string:
                                "HTTP/1.1 \(status) X\r\nContent-Length: 2\r\nDate: Sat, 29 Nov 2025 03:00:00 GMT\r\n\r\nok"
                        )
                    )
                case .silence: break
                case .endless:
                    try await outbound.write(
                        ByteBuffer(string: "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
                    )
                case .close: return
                }
            }
        }
    }

    private static func request(in text: String) -> Request? {
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let request = Request(head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
        let length = request.field("content-length").flatMap { Int($0) } ?? 0
        return request.body.utf8.count >= length ? request : nil
    }
}
