internal import AurelisJSON

/// The items of a response, built from a completion's message or from the deltas of its chunks.
///
///     var output = ResponseOutput(frame)
///     let changes = output.take(delta, logprobs: nil)
///     let last = output.close(cut: false)
///
/// A message ends where the first new call begins, so that items follow each other as a reader expects; calls are open
/// until the end, because their pieces may come in turns.
struct ResponseOutput {
    /// What has become of the items, in the order in which a stream tells it.
    enum Change {
        case itemAdded(Int)
        case partAdded(Int, part: Int)
        case textAdded(Int, part: Int, JSONFragment, logprobs: JSONFragment)
        case argumentsAdded(Int, JSONFragment)
        case partDone(Int, part: Int)
        case itemDone(Int)
    }

    private let frame: ResponseFrame
    private(set) var items: [ResponseItem] = []
    /// The item that is the open message.
    private var message: Int?
    /// The item of each call, by its index in the completion.
    private var calls: [Int: Int] = [:]
    /// Arguments of calls whose name has not come yet.
    private var early: [Int: EscapedText] = [:]
    private var callIDs: Set<String> = []
    /// How many bytes the texts have.
    private(set) var size = 0

    /// No answer has more calls; a larger index is a defect of the provider.
    static let maximumCalls = 1_024

    init(_ frame: ResponseFrame) { self.frame = frame }

    /// Takes a message, or a part of one.
    ///
    /// - Parameter logprobs: the list of the tokens of this part, if it has one.
    mutating func take(_ delta: JSONValue, logprobs: JSONValue?) -> [Change] {
        var changes: [Change] = []
        for text in Self.texts(delta["content"]) { append(text, .text, logprobs, to: &changes) }
        if let refusal = delta["refusal"], refusal.kind == .string {
            append(.raw(refusal), .refusal, nil, to: &changes)
        }
        var position = 0
        for call in delta["tool_calls"]?.elements ?? .empty {
            take(call["function"], id: call["id"], at: call["index"]?.int ?? position, to: &changes)
            position += 1
        }
        if let function = delta["function_call"], function.kind == .object {
            take(function, id: nil, at: 0, to: &changes)
        }
        return changes
    }

    /// Nothing more comes: ends what is open.
    ///
    /// - Parameter cut: whether the answer stops in its middle.
    mutating func close(cut: Bool) -> [Change] {
        var changes: [Change] = []
        // A call without a name is a defect, and is told all the same.
        for index in early.keys.sorted() { begin(index, name: "", id: nil, to: &changes) }
        for index in items.indices where !items[index].isDone {
            end(index, as: cut ? .incomplete : .completed, to: &changes)
        }
        return changes
    }

    /// The items as they stand.
    var fragments: [JSONFragment] { items.map(\.fragment) }
}

extension ResponseOutput {
    private static func texts(_ content: JSONValue?) -> [JSONFragment] {
        switch content?.kind {
        case .string: content.map { [.raw($0)] } ?? []
        // Some answer in parts, of which texts are texts, and thoughts are not.
        case .array:
            (content?.elements ?? .empty).compactMap { part in
                part["text"].flatMap { $0.kind == .string ? .raw($0) : nil }
            }
        default: []
        }
    }

    private mutating func append(
        _ text: JSONFragment,
        _ kind: ResponseItem.Part.Kind,
        _ logprobs: JSONValue?,
        to changes: inout [Change]
    ) {
        guard text.bytes.count > 2 else { return }
        let index = message ?? beginMessage(&changes)
        let part: Int
        if let known = items[index].parts.firstIndex(where: { $0.kind == kind }) {
            part = known
        } else {
            part = items[index].parts.count
            items[index].parts.append(ResponseItem.Part(kind: kind))
            changes.append(.partAdded(index, part: part))
        }
        items[index].parts[part].text.append(text)
        size += text.bytes.count
        let list = logprobs.map { items[index].parts[part].append(logprobs: $0) } ?? []
        size += list.bytes.count
        changes.append(.textAdded(index, part: part, text, logprobs: list))
    }

    private mutating func beginMessage(_ changes: inout [Change]) -> Int {
        let index = items.count
        items.append(ResponseItem(id: frame.id("msg", index)))
        message = index
        changes.append(.itemAdded(index))
        return index
    }

    private mutating func take(
        _ function: JSONValue?,
        id: JSONValue?,
        at index: Int,
        to changes: inout [Change]
    ) {
        guard (0..<Self.maximumCalls).contains(index) else { return }
        if calls[index] == nil {
            if let name = function?["name"], name.kind == .string, name.raw.count > 2 {
                begin(index, name: .raw(name), id: id, to: &changes)
            } else if early[index] == nil {
                early[index] = EscapedText()
            }
        }
        guard let arguments = function?["arguments"], !arguments.isNull else { return }
        // Some send an object instead of a text that holds one.
        let piece: JSONFragment = arguments.kind == .string ? .raw(arguments) : .string(arguments.description)
        guard piece.bytes.count > 2 else { return }
        size += piece.bytes.count
        if let item = calls[index] {
            items[item].call?.arguments.append(piece)
            changes.append(.argumentsAdded(item, piece))
        } else {
            early[index]?.append(piece)
        }
    }

    private mutating func begin(_ index: Int, name: JSONFragment, id: JSONValue?, to changes: inout [Change]) {
        if let message { end(message, as: .completed, to: &changes) }
        let item = items.count
        let arguments = early.removeValue(forKey: index) ?? EscapedText()
        // By its id a client tells the model what came of a call, so no two may share one.
        var callID = id?.string ?? ""
        if callID.isEmpty || callIDs.contains(callID) { callID = frame.id("call", item) }
        callIDs.insert(callID)
        items.append(
            ResponseItem(
                id: frame.id("fc", item),
                call: ResponseItem.Call(id: .string(callID), name: name, arguments: arguments)
            )
        )
        calls[index] = item
        changes.append(.itemAdded(item))
        if !arguments.isEmpty { changes.append(.argumentsAdded(item, arguments.fragment)) }
    }

    private mutating func end(_ index: Int, as status: ResponseItem.Status, to changes: inout [Change]) {
        if message == index { message = nil }
        items[index].status = status
        for part in items[index].parts.indices { changes.append(.partDone(index, part: part)) }
        changes.append(.itemDone(index))
    }
}
