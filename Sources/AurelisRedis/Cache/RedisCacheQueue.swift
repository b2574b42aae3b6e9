import Aurelis

/// What waits to be sent to Redis, in order and bounded.
struct RedisCacheQueue {
    enum Item: Sendable {
        case keep(CacheRecord)
        case drop(CacheKey)

        var key: CacheKey {
            switch self {
            case .keep(let record): record.facts.key
            case .drop(let key): key
            }
        }

        var bytes: Int {
            switch self {
            case .keep(let record): record.size
            case .drop: 0
            }
        }
    }

    private let maximumEntries: Int
    private let maximumBytes: Int
    private var items: [Item] = []
    private var first = 0
    /// Bytes of what waits or is being sent.
    private(set) var bytes = 0
    private(set) var sending = 0

    init(maximumEntries: Int, maximumBytes: Int) {
        self.maximumEntries = maximumEntries
        self.maximumBytes = maximumBytes
    }

    /// How many wait or are being sent.
    var count: Int { items.count - first + sending }

    /// False when there is no room.
    mutating func add(_ item: Item) -> Bool {
        guard count < maximumEntries, item.bytes <= maximumBytes - bytes else { return false }
        items.append(item)
        bytes += item.bytes
        return true
    }

    /// The next items to be sent at the same time: of different keys, so that their order does not matter. One batch
    /// has to be finished before there is another.
    mutating func take(atMost limit: Int) -> [Item] {
        guard sending == 0 else { return [] }
        var keys = Set<CacheKey>()
        var batch: [Item] = []
        while first < items.count, batch.count < limit, keys.insert(items[first].key).inserted {
            batch.append(items[first])
            first += 1
        }
        if first == items.count {
            items = []
            first = 0
        } else if first > 512 {
            items.removeFirst(first)
            first = 0
        }
        sending = batch.count
        return batch
    }

    mutating func finish(_ batch: [Item]) {
        sending = 0
        bytes -= batch.reduce(0) { $0 + $1.bytes }
    }
}
