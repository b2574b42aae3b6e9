import Aurelis
import AurelisJSON

/// Bodies and events for tests.
enum Samples {
    static let chat = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
    static let streamedChat = #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
    /// Odd spacing and fields that nobody knows, to see that no byte is changed.
    static let completionText = """
        {"id":"x" , "unknown":{"a":[1, 2.50]},"choices":[ {"index":0,"message":{"role":"assistant",\
        "content":"h\\u0069"},"finish_reason":"stop"}], "content_filter_results":null}
        """
    static let completion = document(completionText)

    static func document(_ text: String) -> JSONDocument {
        do {
            return try JSONDocument(Array(text.utf8))
        } catch {
            preconditionFailure("a sample is not JSON: \(error)")
        }
    }

    static func event(_ json: String) -> ProviderEvent {
        ProviderEvent(raw: Array("data: \(json)\n\n".utf8), chunk: document(json))
    }

    static func delta(_ text: String) -> ProviderEvent {
        event(#"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}],"x-unknown":[ ]}"#)
    }

    static let finish = event(#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)

    static func post(_ path: String, _ body: String, headers: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(headers)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func get(_ path: String, headers: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
    }
}
