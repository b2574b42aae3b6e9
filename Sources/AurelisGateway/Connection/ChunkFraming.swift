internal import AurelisServing

/// Keeps watch over what a chunked body consists of besides its data, which the decoder passes over in silence.
///
///     var framing = ChunkFraming(maximumBody: 20 << 20, maximumExcess: 64 << 10)
///     if let failure = framing.take(bytes, received: 4_000, tooLarge: .bodyTooLarge(limit: 20 << 20)) { refuse(failure) }
///
/// Sizes, line ends, extensions and trailers may take eight times the bytes of the data, which chunks of one byte stay
/// below, and a fixed amount on top. A chunk that alone is larger than a body may be is refused as soon as its size is
/// read, where it can be read: not behind another request in the same packet.
struct ChunkFraming {
    private let maximumBody: Int
    private let maximumExcess: Int
    private var read = 0
    private var sizes: ChunkSizes?

    /// - Parameters:
    ///   - maximumBody: the bytes of data that a body may have.
    ///   - maximumExcess: the bytes that the framing of a body may have whatever its data.
    init(maximumBody: Int, maximumExcess: Int) {
        self.maximumBody = maximumBody
        self.maximumExcess = maximumExcess
    }

    /// Begins to look at the sizes, with the bytes that come right behind the head.
    mutating func beginsAfterHead() { sizes = ChunkSizes() }

    /// Takes note of bytes as they came.
    ///
    /// - Parameters:
    ///   - bytes: all that came behind the head, or since the last call.
    ///   - received: how much data the body had, over all, when they were decoded.
    ///   - refusal: why a body with too much data is refused; put into words only then.
    /// - Returns: why the body is refused; nil: it is not.
    mutating func take(
        _ bytes: some Collection<UInt8>,
        received: Int,
        tooLarge refusal: @autoclosure () -> ProtocolFailure
    ) -> ProtocolFailure? {
        read += bytes.count
        guard read - received <= maximumExcess + 8 * received else {
            return .malformed("the chunks of the body have longer extensions than data")
        }
        guard let size = sizes?.largest(in: bytes), size > maximumBody else { return nil }
        return refusal()
    }
}

/// Reads the sizes of chunks, and gives up where something is not as it should be: that the decoder refuses.
private struct ChunkSizes {
    private enum State {
        case size(Int, digits: Int)
        /// The rest of the line with the size.
        case line(Int)
        case data(Int)
        /// The line end behind the data.
        case dataEnd(Int)
        case done
    }

    private var state = State.size(0, digits: 0)

    /// The largest size that these bytes tell; nil when they tell none.
    mutating func largest(in bytes: some Collection<UInt8>) -> Int? {
        var largest: Int?
        var rest = bytes[...]
        while let byte = rest.first {
            if case .data(let count) = state {
                let taken = min(count, rest.count)
                rest = rest.dropFirst(taken)
                state = taken == count ? .dataEnd(2) : .data(count - taken)
                continue
            }
            rest = rest.dropFirst()
            switch state {
            case .size(let size, let digits):
                if let digit = Self.value(byte), digits < 16 {
                    // Sixteen digits are more than any body has, and one more than an `Int` holds.
                    let (larger, overflow) = size.multipliedReportingOverflow(by: 16)
                    state = .size(overflow ? .max : larger | digit, digits: digits + 1)
                    largest = max(largest ?? 0, overflow ? .max : larger | digit)
                } else {
                    state = digits == 0 ? .done : .line(size)
                }
            case .line(let size):
                if byte == UInt8(ascii: "\n") { state = size == 0 ? .done : .data(size) }
            case .dataEnd(let count):
                state = count == 1 ? .size(0, digits: 0) : .dataEnd(count - 1)
            case .data, .done:
                return largest
            }
        }
        return largest
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
