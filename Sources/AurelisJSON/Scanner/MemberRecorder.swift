/// Collects the members of the top-level object: on the stack first, in one allocation at the end.
struct MemberRecorder {
    /// More members than nearly every request and answer has.
    static let stackCapacity = 32

    private let stack: UnsafeMutableBufferPointer<MemberRecord>
    private var onStack = 0
    private var overflow: ContiguousArray<MemberRecord> = []

    /// - Parameter stack: uninitialised memory for some records, which outlives the recorder.
    init(_ stack: UnsafeMutableBufferPointer<MemberRecord>) { self.stack = stack }

    @inline(__always)
    mutating func append(_ record: MemberRecord) {
        if onStack == stack.count { spill() }
        stack.initializeElement(at: onStack, to: record)
        onStack += 1
    }

    @inline(never)
    private mutating func spill() {
        overflow.append(contentsOf: UnsafeBufferPointer(rebasing: stack[..<onStack]))
        onStack = 0
    }

    /// All members in the order of the text.
    mutating func finish() -> ContiguousArray<MemberRecord> {
        let rest = UnsafeBufferPointer(rebasing: stack[..<onStack])
        if overflow.isEmpty { return ContiguousArray(rest) }
        overflow.append(contentsOf: rest)
        return overflow
    }
}
