/// Where a span stands: its trace, its own name, and whether it is recorded. What W3C's `traceparent` says.
///
///     TraceContext(parsing: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")?.isSampled    // true
package struct TraceContext: Sendable, Hashable {
    /// The trace: 128 bits, not all of them zero.
    package let traceID: TraceID
    /// The span: 64 bits, not all of them zero.
    package var spanID: UInt64
    /// Whether whoever began the trace wants it recorded.
    package let isSampled: Bool
    /// What others keep of the trace, in `tracestate`, passed on as it came.
    package var state: String

    /// The name of a trace.
    package struct TraceID: Sendable, Hashable, CustomStringConvertible {
        /// The first half.
        package let high: UInt64
        /// The second half.
        package let low: UInt64

        /// A name from its halves.
        package init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }

        /// 32 hexadecimal digits.
        package var description: String {
            String(unsafeUninitializedCapacity: 32) { text in
                high.writeDigits(to: text, at: 0)
                low.writeDigits(to: text, at: 16)
                return 32
            }
        }
    }

    /// A place in a trace.
    package init(traceID: TraceID, spanID: UInt64, isSampled: Bool, state: String = "") {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// Reads `traceparent`; nil for anything that is none, which then counts as if it were not there.
    ///
    /// Of a later version what is known of this one is read, as the recommendation asks.
    package init?(parsing parent: String, state: String? = nil) {
        let text = Array(parent.utf8)
        guard text.count >= 55, text[2] == 0x2D, text[35] == 0x2D, text[52] == 0x2D,
            let version = UInt64(digits: text[0..<2]), version != 0xFF,
            text.count == 55 || (version > 0 && text[55] == 0x2D),
            let high = UInt64(digits: text[3..<19]), let low = UInt64(digits: text[19..<35]),
            let span = UInt64(digits: text[36..<52]), let flags = UInt64(digits: text[53..<55]),
            high | low != 0, span != 0
        else { return nil }
        self.init(traceID: TraceID(high: high, low: low), spanID: span, isSampled: flags & 1 == 1)
        self.state = state.flatMap(Self.valid) ?? ""
    }

    /// The text of `traceparent`.
    package var parent: String {
        String(unsafeUninitializedCapacity: 55) { text in
            text.update(repeating: UInt8(ascii: "-"))
            text[0] = UInt8(ascii: "0")
            text[1] = UInt8(ascii: "0")
            traceID.high.writeDigits(to: text, at: 3)
            traceID.low.writeDigits(to: text, at: 19)
            spanID.writeDigits(to: text, at: 36)
            text[53] = UInt8(ascii: "0")
            text[54] = UInt8(ascii: isSampled ? "1" : "0")
            return 55
        }
    }

    /// What is passed on of `tracestate`: up to 32 members and 512 bytes of visible signs, or nothing.
    private static func valid(_ state: String) -> String? {
        guard state.utf8.count <= 512, state.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }) else {
            return nil
        }
        let members = state.split(separator: ",", omittingEmptySubsequences: true)
        guard members.count <= 32, members.allSatisfy({ $0.contains("=") }) else { return nil }
        return state
    }
}

extension TraceContext {
    /// The place that a caller's fields tell of; nil: they tell of none.
    package init?(reading fields: TraceFields) {
        guard !fields.isEmpty, let parent = fields["traceparent"] else { return nil }
        self.init(parsing: parent, state: fields["tracestate"])
    }
}

extension UInt64 {
    /// Writes sixteen hexadecimal digits.
    package func writeDigits(to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        let bytes = UnsafeMutableRawBufferPointer(text)
        bytes.storeBytes(of: Self.digits(self >> 32).bigEndian, toByteOffset: start, as: UInt64.self)
        bytes.storeBytes(of: Self.digits(self & 0xFFFF_FFFF).bigEndian, toByteOffset: start + 8, as: UInt64.self)
    }

    /// Eight digits of 32 bits, the first one in the highest byte: all of them at once.
    private static func digits(_ half: UInt64) -> UInt64 {
        var nibbles = (half | half << 16) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (nibbles + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return nibbles + 0x3030_3030_3030_3030 + letters * 0x27
    }

    /// Reads digits, of which W3C allows the small ones only.
    fileprivate init?(digits: ArraySlice<UInt8>) {
        self = 0
        for byte in digits {
            switch byte {
            case 0x30...0x39: self = self << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: self = self << 4 | UInt64(byte - 0x57)
            default: return nil
            }
        }
    }
}
