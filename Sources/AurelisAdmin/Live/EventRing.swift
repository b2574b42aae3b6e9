internal import NIOCore

/// The latest events, each with a number: who has heard up to one gets those after it, or learns that it is too late.
///
///     let number = ring.append("circuits", json)
///     ring.events(after: number)      // none yet
///     ring.events(after: 3)           // nil: the fourth is gone
///
/// Events are kept as they go out, so that any number of readers cost nothing but their numbers.
struct EventRing: Sendable {
    private struct Entry {
        let number: Int
        let text: ByteBuffer
    }

    /// Tells the events of this process from those of another, which had the same numbers.
    let epoch: String
    private let capacity: Int
    private let byteCapacity: Int
    private var entries: [Entry] = []
    private(set) var bytes = 0
    /// The number of the latest event; the first one's is 1.
    private(set) var last = 0

    init(epoch: String, capacity: Int = 512, byteCapacity: Int = 4 << 20) {
        self.epoch = epoch
        self.capacity = max(1, capacity)
        self.byteCapacity = byteCapacity
    }

    /// The number after which everything can still be told.
    var oldest: Int { entries.first.map { $0.number - 1 } ?? last }

    /// How many events there are.
    var count: Int { entries.count }

    /// Takes an event in; the oldest give way.
    @discardableResult
    mutating func append(_ name: String, _ data: [UInt8]) -> Int {
        last += 1
        let text = Self.text(name, data, id: id(of: last))
        entries.append(Entry(number: last, text: text))
        bytes += text.readableBytes
        var surplus = 0
        // The latest one stays, however long it is.
        while entries.count - surplus > 1, entries.count - surplus > capacity || bytes > byteCapacity {
            bytes -= entries[surplus].text.readableBytes
            surplus += 1
        }
        entries.removeFirst(surplus)
        return last
    }

    /// What follows a number, as it goes out; nil when some of it is gone, or the number is not from here.
    func events(after number: Int) -> [ByteBuffer]? {
        guard number >= oldest, number <= last else { return nil }
        return entries.suffix(last - number).map(\.text)
    }

    /// The name under which a client knows an event.
    func id(of number: Int) -> String { "\(epoch)-\(number)" }

    /// The number that a client's last event had; nil when it is not from here.
    func number(of id: String) -> Int? {
        guard id.hasPrefix(epoch + "-") else { return nil }
        return Int(id.dropFirst(epoch.count + 1))
    }

    /// An event as the wire has it.
    ///
    /// - Parameter data: JSON, which has no line breaks of its own.
    static func text(_ name: String, _ data: [UInt8], id: String) -> ByteBuffer {
        var text = ByteBuffer()
        text.reserveCapacity(data.count + name.utf8.count + id.utf8.count + 24)
        text.writeString("id: \(id)\nevent: \(name)\ndata: ")
        text.writeBytes(data)
        text.writeString("\n\n")
        return text
    }
}
