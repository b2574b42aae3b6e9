internal import NIOCore

/// The last requests, in a ring.
struct RequestLog: Sendable {
    /// What is noted of a request; cheap to make, because every request makes one.
    struct Record: Sendable {
        var sequence = 0
        var time: Duration
        var method: String
        var target: String
        var model: ModelCatalog.Index?
        var stream: Bool
        var status: Int?
        var fault: Fault?
        var bytesReceived: Int
        var isFinished = false
        var clientDisconnected = false
        var headerNames: [String]
        var tag: String?
        var body: ByteBuffer?
    }

    private static let maximumBodyBytes = 64 << 20

    private let capacity: Int
    private let recordsBodies: Bool
    private var ring: [Record] = []
    /// How many requests there have been since the log was cleared.
    private(set) var total = 0
    /// The sequence number of the next request.
    private(set) var nextSequence = 1
    private var bodyBytes = 0
    /// Up to here bodies have been dropped.
    private var oldestBody = 1

    init(capacity: Int, recordsBodies: Bool) {
        self.capacity = max(capacity, 0)
        self.recordsBodies = recordsBodies
    }

    /// How many of them are not in the log any more.
    var dropped: Int { total - ring.count }

    /// Notes a request; returns its sequence number.
    mutating func append(_ record: consuming Record) -> Int {
        let sequence = nextSequence
        nextSequence += 1
        total += 1
        guard capacity > 0 else { return sequence }
        record.sequence = sequence
        if !recordsBodies { record.body = nil }
        let size = record.body?.readableBytes ?? 0
        if ring.count < capacity {
            ring.append(record)
        } else {
            let index = place(of: sequence)
            bodyBytes -= ring[index].body?.readableBytes ?? 0
            ring[index] = record
        }
        if size > 0 { keepBodiesBounded(adding: size) }
        return sequence
    }

    /// Changes what is noted of a request, if it is still there.
    mutating func update(_ sequence: Int, _ change: (inout Record) -> Void) {
        guard let index = indexIfPresent(sequence) else { return }
        change(&ring[index])
    }

    /// Forgets the requests; numbers go on.
    mutating func clear() {
        ring.removeAll(keepingCapacity: true)
        total = 0
        bodyBytes = 0
        oldestBody = nextSequence
        firstSequence = nextSequence
    }

    /// The records, oldest first.
    var records: [Record] { ring.sorted { $0.sequence < $1.sequence } }

    private var firstSequence = 1

    private func place(of sequence: Int) -> Int { (sequence - firstSequence) % capacity }

    private func indexIfPresent(_ sequence: Int) -> Int? {
        guard capacity > 0, sequence >= firstSequence else { return nil }
        let index = place(of: sequence)
        return index < ring.count && ring[index].sequence == sequence ? index : nil
    }

    private mutating func keepBodiesBounded(adding size: Int) {
        bodyBytes += size
        while bodyBytes > Self.maximumBodyBytes, oldestBody < nextSequence {
            if let index = indexIfPresent(oldestBody), let body = ring[index].body {
                bodyBytes -= body.readableBytes
                ring[index].body = nil
            }
            oldestBody += 1
        }
    }
}

extension SimulatorLogEntry {
    init(_ record: RequestLog.Record, catalog: ModelCatalog) {
        self.init(
            sequence: record.sequence,
            time: record.time,
            method: record.method,
            path: record.target,
            model: record.model.map { catalog[$0].id },
            stream: record.stream,
            status: record.status,
            fault: record.fault?.name,
            bytesReceived: record.bytesReceived,
            isFinished: record.isFinished,
            clientDisconnected: record.clientDisconnected,
            headerNames: record.headerNames,
            tag: record.tag,
            body: record.body.map { Array($0.readableBytesView) }
        )
    }
}
