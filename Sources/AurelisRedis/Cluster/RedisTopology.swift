/// What is known of a cluster: which node has which slot, and the links to the nodes. Both are bounded.
struct RedisTopology<Link> {
    /// The configured node: asked whenever nothing better is known, never forgotten.
    let seed: RedisEndpoint
    private let maximumLinks: Int
    /// At most one entry for each of the 16,384 slots.
    private var owners: [RedisKeySlot: RedisEndpoint] = [:]
    private var links: [RedisEndpoint: (link: Link, lastUse: UInt64)] = [:]
    private var uses: UInt64 = 0
    private var isClosed = false

    init(seed: RedisEndpoint, maximumLinks: Int) {
        self.seed = seed
        self.maximumLinks = max(1, maximumLinks)
    }

    /// Whether slots have owners; false on a server of its own.
    var isCluster: Bool { !owners.isEmpty }

    /// The node to ask about a key.
    func owner(ofKey key: [UInt8]?) -> RedisEndpoint {
        guard isCluster, let key else { return seed }
        return owners[RedisKeySlot(key: key)] ?? seed
    }

    /// Makes no links any more; those there are.
    mutating func close() -> [Link] {
        isClosed = true
        return links.values.map(\.link)
    }

    mutating func moved(_ slot: RedisKeySlot, to endpoint: RedisEndpoint) {
        owners[slot] = endpoint
    }

    /// Forgets what an unreachable node owned: the seed knows who has it now.
    mutating func forget(_ endpoint: RedisEndpoint) {
        guard endpoint != seed else { return }
        owners = owners.filter { $0.value != endpoint }
    }

    /// The link to a node, and the one that made room for it: the least recently used. Nil when closed.
    mutating func link(to endpoint: RedisEndpoint, make: () -> Link) -> (link: Link, evicted: Link?)? {
        guard !isClosed else { return nil }
        uses += 1
        if let link = links[endpoint]?.link {
            links[endpoint]?.lastUse = uses
            return (link, nil)
        }
        var evicted: Link?
        if links.count >= maximumLinks,
            let oldest = links.filter({ $0.key != seed }).min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            links[oldest.key] = nil
            forget(oldest.key)
            evicted = oldest.value.link
        }
        let link = make()
        links[endpoint] = (link, uses)
        return (link, evicted)
    }
}
