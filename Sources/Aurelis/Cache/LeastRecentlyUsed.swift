/// Values by key, bounded in number and in cost; the one that was not used for the longest time gives way.
struct LeastRecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var key: Key
        var value: Value
        var cost: Int
        /// Used more recently.
        var newer: Int
        /// Used less recently.
        var older: Int
    }

    private static var none: Int { -1 }

    private var places: [Key: Int] = [:]
    /// A list through an array: moving to the front allocates nothing.
    private var slots: ContiguousArray<Slot?> = []
    private var free: [Int] = []
    private var newest = none
    private var oldest = none

    let maximumCount: Int
    let maximumCost: Int
    /// The cost of all that is there.
    private(set) var cost = 0

    /// Room for so many values of so much cost.
    init(maximumCount: Int, maximumCost: Int) {
        self.maximumCount = maximumCount
        self.maximumCost = maximumCost
    }

    /// The number of values.
    var count: Int { places.count }

    /// The value of a key, which is now the most recently used.
    mutating func value(for key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            linkNewest(place)
        }
        return slots[place]?.value
    }

    /// Puts a value in; those that have to give way are returned by number. One that has no room at all is not kept.
    @discardableResult
    mutating func insert(_ value: Value, for key: Key, cost: Int) -> (isKept: Bool, evicted: Int) {
        remove(key)
        guard cost <= maximumCost, maximumCount > 0 else { return (false, 0) }
        var evicted = 0
        while places.count >= maximumCount || self.cost + cost > maximumCost, let slot = slot(oldest) {
            remove(slot.key)
            evicted += 1
        }
        let slot = Slot(key: key, value: value, cost: cost, newer: Self.none, older: Self.none)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        places[key] = place
        self.cost += cost
        linkNewest(place)
        return (true, evicted)
    }

    /// Takes a value out.
    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key), let slot = slots[place] else { return nil }
        unlink(place)
        slots[place] = nil
        free.append(place)
        cost -= slot.cost
        return slot.value
    }

    /// Takes out every value for which the condition holds; returns how many.
    mutating func removeAll(where condition: (Value) -> Bool) -> Int {
        let keys = slots.compactMap { slot in slot.flatMap { condition($0.value) ? $0.key : nil } }
        for key in keys { remove(key) }
        return keys.count
    }

    /// The values, the most recently used first.
    var values: [Value] {
        var values: [Value] = []
        var place = newest
        while let slot = slot(place) {
            values.append(slot.value)
            place = slot.older
        }
        return values
    }

    private func slot(_ place: Int) -> Slot? { place == Self.none ? nil : slots[place] }

    private mutating func linkNewest(_ place: Int) {
        slots[place]?.newer = Self.none
        slots[place]?.older = newest
        if newest == Self.none { oldest = place } else { slots[newest]?.newer = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        guard let slot = slot(place) else { return }
        if slot.newer == Self.none { newest = slot.older } else { slots[slot.newer]?.older = slot.older }
        if slot.older == Self.none { oldest = slot.newer } else { slots[slot.older]?.newer = slot.newer }
    }
}
