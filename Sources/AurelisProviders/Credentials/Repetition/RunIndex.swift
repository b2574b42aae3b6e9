/// Where in a secret its runs begin, found by what they say. It holds places and no part of the secret.
///
///     index.insert(run(3), at: 3, run)
///     index.contains(candidate, run)      // in a few steps, however many runs there are
struct RunIndex {
    /// Places by the hash of their run, each in the first slot that was free from there on.
    private var slots: [Int32]
    private let shift: Int

    private static let free: Int32 = -1

    /// Room for so many runs; most slots stay free, so that what is not there is nearly always known at once.
    init(for count: Int) {
        let bits = max(6, Int.bitWidth - (8 * count).leadingZeroBitCount)
        slots = [Int32](repeating: RunIndex.free, count: 1 << bits)
        shift = UInt64.bitWidth - bits
    }

    /// Remembers where a run begins, the first time that it comes.
    ///
    /// - Parameter runAt: the run that begins at a place.
    mutating func insert(_ run: UInt128, at place: Int, _ runAt: (Int) -> UInt128) {
        let (slot, isKnown) = find(run, runAt)
        if !isKnown { slots[slot] = Int32(place) }
    }

    /// Whether a run is one of the secret's.
    func contains(_ run: UInt128, _ runAt: (Int) -> UInt128) -> Bool { find(run, runAt).isKnown }

    private func find(_ run: UInt128, _ runAt: (Int) -> UInt128) -> (slot: Int, isKnown: Bool) {
        let low = UInt64(truncatingIfNeeded: run)
        let high = UInt64(truncatingIfNeeded: run >> 64)
        let hash = (low ^ high &* 0xC2B2_AE3D_27D4_EB4F) &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(hash >> UInt64(shift))
        while slots[slot] != RunIndex.free {
            if runAt(Int(slots[slot])) == run { return (slot, true) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (slot, false)
    }
}
