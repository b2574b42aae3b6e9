internal import AurelisJSON

/// An event of a response's stream.
struct ResponseEvent {
    let type: StaticString
    /// Its data: an object that repeats the type.
    let data: JSONFragment

    /// - Parameter members: what it tells beside its type and its number.
    init(_ type: StaticString, number: Int, _ members: [(String, JSONFragment)]) {
        self.type = type
        let head: [(String, JSONFragment)] = [("type", .string("\(type)")), ("sequence_number", .int(number))]
        data = .object(head + members)
    }

    /// Appends it as a server-sent event.
    func append(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + data.bytes.count + type.utf8CodeUnitCount + 20)
        bytes += "event: ".utf8
        type.withUTF8Buffer { bytes += $0 }
        bytes += "\ndata: ".utf8
        let start = bytes.count
        bytes += data.bytes
        // A line end would end the field; in JSON it is white space. What the caller sent may have some.
        for index in start..<bytes.count where bytes[index] == 0x0A || bytes[index] == 0x0D { bytes[index] = 0x20 }
        bytes += "\n\n".utf8
    }
}
