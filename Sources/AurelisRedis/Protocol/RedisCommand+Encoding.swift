package import NIOCore

extension RedisCommand {
    /// Writes the command as an array of bulk strings.
    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeHeader(UInt8(ascii: "*"), arguments.count)
        for argument in arguments {
            buffer.writeHeader(UInt8(ascii: "$"), argument.bytes.count)
            buffer.writeBytes(argument.bytes)
            buffer.writeInteger(0x0D0A as UInt16)
        }
    }

    /// At least the number of bytes that `encode` writes.
    package var encodedSizeBound: Int {
        arguments.reduce(24) { $0 + $1.bytes.count + 24 }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeHeader(_ type: UInt8, _ count: Int) {
        writeInteger(type)
        if count < 10 {
            writeInteger(UInt8(ascii: "0") + UInt8(count))
        } else {
            writeString(String(count))
        }
        writeInteger(0x0D0A as UInt16)
    }
}
