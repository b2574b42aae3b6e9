import Aurelis
import AurelisJSON

@testable import AurelisGateway

extension FuzzTarget {
    /// A request of the Responses API is refused by name or put as a completion that can be asked; whatever chunks come
    /// back, its events are whole, numbered, and end. Input: the request, and the chunks, a line each.
    static let responses = FuzzTarget("responses") { bytes in
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        guard let request = try request(lines[0]) ?? request(Array(#"{"input":"x"}"#.utf8)) else { return }
        let frame = ResponseFrame(.next(), echo: request.echo, model: .gpt4oMini, now: 0)
        var stream = ResponseStream(frame, maximumSize: 4_096)
        var told = Told()
        do throws(ModelError) {
            for line in lines.dropFirst() {
                guard let chunk = try? JSONDocument(line, limits: .response) else { continue }
                told.events += try stream.take(ProviderEvent(raw: line, chunk: chunk))
                _ = frame.response(of: chunk)
            }
            told.events += try stream.take(.done)
            told.ends = ["response.completed", "response.incomplete"]
        } catch {
            told.events += stream.fail(error)
            told.ends = ["error"]
        }
        try told.check()
    }

    private static func request(_ bytes: [UInt8]) throws -> ResponseRequest? {
        guard let body = try? JSONDocument(bytes) else { return nil }
        let request: ResponseRequest
        do throws(ModelError) { request = try ResponseRequest(reading: body) } catch {
            try holds(error.category == .invalidRequest && error.status == 400, "refused as \(error.category)")
            return nil
        }
        do throws(ModelError) { _ = try ModelCall(reading: request.chat, operation: .chatCompletion) } catch {
            let isCallers = error.parameter == "model" || error.parameter == "stream"
            try holds(isCallers, "put as something that cannot be asked: \(error.message)")
        }
        return request
    }

    private struct Told {
        var events: [ResponseEvent] = []
        var ends: [String] = []

        func check() throws {
            for (number, event) in events.enumerated() {
                let data = try JSONDocument(event.data.bytes, limits: .response)
                try holds(data["sequence_number"]?.int == number, "event \(number) has another number")
                try holds(data["type"]?.string == "\(event.type)", "an event says another type in its data")
                var bytes: [UInt8] = []
                event.append(to: &bytes)
                let ends = bytes.count { $0 == 0x0A || $0 == 0x0D }
                try holds(ends == 3 && bytes.suffix(2) == [0x0A, 0x0A], "an event has \(ends) line ends")
            }
            try holds(events.last.map { ends.contains("\($0.type)") } == true, "the events do not end")
        }
    }
}
