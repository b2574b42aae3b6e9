internal import Aurelis
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// What happens, as it happens: server-sent events.
struct EventRoutes {
    let hub: EventHub
    let time: any TimeSource

    /// How long a reader that is to go has for what is on its way to it.
    private static let farewell: Duration = .seconds(1)

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("events") { [hub, time] request, _ in
            _ = try QueryParameters(request, knowing: [])
            guard let reader = hub.join(after: request.headers[.lastEventID]) else {
                throw HTTPError(
                    .serviceUnavailable,
                    headers: [.retryAfter: "5"],
                    message: "\(EventHub.maximumReaders) watch already; close one of the pages, or try again later"
                )
            }
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    defer { reader.leave() }
                    let carrier = Carrier(writer: writer)
                    guard await Self.serve(reader, through: carrier, time) else { throw Cut() }
                }
            )
        }
    }

    /// Writes until all is told, or nobody takes it.
    ///
    /// - Returns: whether the stream has come to a regular end.
    private static func serve(_ reader: EventReader, through carrier: Carrier, _ time: any TimeSource) async -> Bool {
        await withTaskGroup(of: Bool.self) { tasks in
            tasks.addTask { await write(reader, through: carrier) }
            // Whoever takes nothing keeps the writer waiting, so somebody else has to end it.
            tasks.addTask {
                for await _ in reader.falls {}
                return false
            }
            tasks.addTask {
                do { try await gracefulShutdown() } catch { return false }
                reader.finish()
                try? await time.sleep(until: time.now.advanced(by: farewell))
                return false
            }
            let isWhole = await tasks.next() ?? false
            tasks.cancelAll()
            return isWhole
        }
    }

    private static func write(_ reader: EventReader, through carrier: Carrier) async -> Bool {
        var writer = carrier.writer
        do {
            try await writer.write(reader.greeting)
            for await signal in reader.signals {
                guard let news = reader.news() else { return false }
                if news.isEmpty {
                    if signal == .beat { try await writer.write(ByteBuffer(string: ": still here\n\n")) }
                } else {
                    try await writer.write(contentsOf: news)
                }
            }
            guard !Task.isCancelled else { return false }
            try await writer.finish(nil)
            return true
        } catch {
            return false
        }
    }

    /// Takes the writer into the task that writes: nobody else uses it, but its type cannot say so.
    private struct Carrier: @unchecked Sendable {
        let writer: any ResponseBodyWriter
    }

    /// The stream ends without its end: its reader did not take it.
    private struct Cut: Error {}
}

extension HTTPField.Name {
    fileprivate static var lastEventID: HTTPField.Name { HTTPField.Name("last-event-id")! }
}
