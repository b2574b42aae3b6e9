import Aurelis
import AurelisJSON
import Foundation
import Testing

@testable import AurelisGateway

/// Reads the events of a response as a client does, and insists on their order.
struct ResponseReader {
    struct Item {
        let type: String
        var status: String?
        var parts: [(type: String, text: String, isDone: Bool)] = []
        var callID = ""
        var name = ""
        var arguments = ""
        var isDone = false
    }

    private(set) var types: [String] = []
    private(set) var items: [Item] = []
    /// The response of the last event that had one.
    private(set) var response: JSONValue?
    private(set) var error: JSONValue?

    init() {}

    init(_ events: [ResponseEvent]) throws {
        for event in events { try read(event) }
    }

    mutating func read(_ event: ResponseEvent) throws {
        let data = try JSONDocument(event.data.bytes, limits: .response).root
        try read(data, type: "\(event.type)")
    }

    /// The events of a body.
    init(_ body: String) throws {
        for event in body.components(separatedBy: "\n\n") where !event.isEmpty && !event.hasPrefix(":") {
            let lines = event.components(separatedBy: "\n")
            try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
            try read(try JSONDocument(String(lines[1].dropFirst(6))).root, type: String(lines[0].dropFirst(7)))
        }
    }

    private mutating func read(_ data: JSONValue, type: String) throws {
        #expect(data["type"]?.string == type)
        #expect(data["sequence_number"]?.int == types.count)
        types.append(type)
        if let response = data["response"] { self.response = response }
        switch type {
        case "response.created", "response.in_progress":
            #expect(types.count <= 2 && data["response"]?["status"]?.string == "in_progress")
        case "response.output_item.added":
            #expect(try place(data, isNew: true) == items.count)
            let item = try #require(data["item"])
            #expect(item["status"]?.string == "in_progress" && item["content"]?[0] == nil)
            #expect(item["arguments"]?.string ?? "" == "")
            items.append(Item(type: try #require(item["type"]?.string)))
        case "response.content_part.added":
            let index = try place(data)
            #expect(data["content_index"]?.int == items[index].parts.count)
            items[index].parts.append((try #require(data["part"]?["type"]?.string), "", false))
        case "response.output_text.delta", "response.refusal.delta":
            let (index, part) = (try place(data), try #require(data["content_index"]?.int))
            try #require(items[index].parts.indices.contains(part) && !items[index].parts[part].isDone)
            // Half a character is joined to its other half by whoever holds the text in UTF-16, as JavaScript does.
            items[index].parts[part].text += try #require(data["delta"]).description.dropFirst().dropLast()
        case "response.output_text.done", "response.refusal.done":
            let (index, part) = (try place(data), try #require(data["content_index"]?.int))
            let text = data["text"] ?? data["refusal"]
            #expect(text?.description == "\"\(items[index].parts[part].text)\"")
        case "response.content_part.done":
            let (index, part) = (try place(data), try #require(data["content_index"]?.int))
            items[index].parts[part].isDone = true
            items[index].parts[part].text = try #require((data["part"]?["text"] ?? data["part"]?["refusal"])?.string)
        case "response.function_call_arguments.delta":
            items[try place(data)].arguments += try #require(data["delta"]).description.dropFirst().dropLast()
        case "response.function_call_arguments.done":
            let index = try place(data)
            #expect(data["arguments"]?.description == "\"\(items[index].arguments)\"")
        case "response.output_item.done":
            let index = try place(data, isNew: true)
            let item = try #require(data["item"])
            #expect(!items[index].isDone && items[index].parts.allSatisfy(\.isDone))
            items[index].isDone = true
            items[index].status = item["status"]?.string
            items[index].callID = item["call_id"]?.string ?? ""
            items[index].name = item["name"]?.string ?? ""
            items[index].arguments = item["arguments"]?.string ?? ""
            #expect(
                (item["content"]?.elements ?? .empty).map { ($0["text"] ?? $0["refusal"])?.string }
                    == items[index].parts.map(\.text)
            )
        case "response.completed", "response.incomplete":
            #expect(items.allSatisfy(\.isDone) && data["response"]?["output"]?.count == items.count)
        case "response.failed": break
        case "error": error = data
        default: Issue.record("an event that nobody knows: \(type)")
        }
    }

    private func place(_ data: JSONValue, isNew: Bool = false) throws -> Int {
        let index = try #require(data["output_index"]?.int)
        if !isNew { try #require(items.indices.contains(index) && !items[index].isDone) }
        return index
    }
}

/// What a response comes to, in whatever pieces it is told.
struct ResponseSummary: Equatable {
    var text = ""
    var refusal = ""
    var calls: [[String]] = []
    var status: String?
    var reason: String?
    var usage: String?

    init(_ response: JSONValue) {
        for item in response["output"]?.elements ?? .empty {
            for part in item["content"]?.elements ?? .empty {
                text += part["text"]?.string ?? ""
                refusal += part["refusal"]?.string ?? ""
            }
            guard item["type"]?.string == "function_call" else { continue }
            calls.append(["call_id", "name", "arguments"].map { item[$0]?.string ?? "" })
        }
        calls.sort { $0[0] < $1[0] }
        status = response["status"]?.string
        reason = response["incomplete_details"]?["reason"]?.string
        usage = response["usage"]?.description
    }
}
