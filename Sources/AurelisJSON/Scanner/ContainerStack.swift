/// Which containers are open, one bit each: no allocation down to 64 levels.
struct ContainerStack {
    private var top: UInt64 = 0
    private var below: [UInt64] = []
    /// How many are open.
    private(set) var depth = 0

    /// Whether the innermost open container is an object.
    @inline(__always)
    var isInObject: Bool { top & 1 != 0 }

    @inline(__always)
    mutating func push(object: Bool) {
        if depth & 63 == 0, depth != 0 { spill() }
        top = top << 1 | (object ? 1 : 0)
        depth += 1
    }

    @inline(__always)
    mutating func pop() {
        top >>= 1
        depth -= 1
        if depth & 63 == 0, depth != 0 { refill() }
    }

    @inline(never)
    private mutating func spill() { below.append(top) }

    @inline(never)
    private mutating func refill() { top = below.removeLast() }
}
