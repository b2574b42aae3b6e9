internal import Aurelis

/// Bytes that are written one behind the other.
///
///     var sink = ByteSink(capacity: 1_024)
///     sink.put(#"{"kind":"#)
///     sink.put(number: 3)
///     send(sink.bytes)
///
/// Beside an array because a span is some forty small pieces, and an array asks of each whether it is its only owner.
struct ByteSink: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many there are.
    private(set) var count = 0

    /// An empty one with room for so many; it grows when need be.
    init(capacity: Int) {
        self.capacity = max(64, capacity)
        base = .allocate(capacity: self.capacity)
    }

    deinit { base.deallocate() }

    /// All of them.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// A text of the source.
    @inline(__always)
    mutating func put(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Bytes, but for the first ones.
    mutating func put(_ bytes: [UInt8], from start: Int = 0) {
        bytes.withUnsafeBufferPointer { put(UnsafeBufferPointer(rebasing: $0[start...])) }
    }

    /// A text as it is.
    mutating func put(text: String) {
        if text.utf8.withContiguousStorageIfAvailable({ put($0) }) == nil { put(Array(text.utf8)) }
    }

    /// Sixteen hexadecimal digits.
    mutating func put(digits value: UInt64) {
        makeRoom(for: 16)
        value.writeDigits(to: UnsafeMutableBufferPointer(start: base, count: capacity), at: count)
        count += 16
    }

    /// A number in decimal digits.
    mutating func put(number value: UInt64) {
        // As many as any number has; they are written from the last one on, and then moved to their place.
        makeRoom(for: 20)
        var (first, rest) = (20, value)
        while rest >= 100 {
            let pair = UInt32(truncatingIfNeeded: rest % 100)
            rest /= 100
            first -= 2
            base[count + first] = UInt8(truncatingIfNeeded: 0x30 + pair / 10)
            base[count + first + 1] = UInt8(truncatingIfNeeded: 0x30 + pair % 10)
        }
        repeat {
            first -= 1
            base[count + first] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        } while rest > 0
        (base + count).update(from: base + count + first, count: 20 - first)
        count += 20 - first
    }

    @inline(__always)
    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        makeRoom(for: bytes.count)
        (base + count).update(from: start, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    private mutating func makeRoom(for more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }
}
