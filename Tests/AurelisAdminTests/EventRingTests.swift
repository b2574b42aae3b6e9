import AurelisTesting
import NIOCore
import Testing

@testable import AurelisAdmin

@Suite("The ring of events")
struct EventRingTests {
    private static func texts(_ events: [ByteBuffer]?) -> [String]? { events?.map { String(buffer: $0) } }

    @Test("an event goes out with its name, its number and its data")
    func wire() {
        var ring = EventRing(epoch: "e")
        ring.append("circuits", Array(#"{"a":1}"#.utf8))
        #expect(Self.texts(ring.events(after: 0)) == ["id: e-1\nevent: circuits\ndata: {\"a\":1}\n\n"])
        #expect(ring.events(after: 1)?.isEmpty == true)
    }

    @Test("a number that is not from here, or not there yet, is not gone on from")
    func foreign() {
        var ring = EventRing(epoch: "e")
        ring.append("x", [])
        #expect(ring.number(of: "e-1") == 1)
        for id in ["f-1", "e", "e-", "e-x", "1", ""] { #expect(ring.number(of: id) == nil) }
        #expect(ring.events(after: 2) == nil)
        #expect(ring.events(after: -1) == nil)
    }

    /// What a ring is, in the simplest words.
    private struct Model {
        let capacity: Int
        let byteCapacity: Int
        var all: [Int] = []
        var gone = 0

        mutating func append(_ size: Int) {
            all.append(size)
            while all.count - gone > 1, all.count - gone > capacity || all[gone...].reduce(0, +) > byteCapacity {
                gone += 1
            }
        }
    }

    @Test(
        "whatever comes, it is bounded, and tells everybody all that follows or that some of it is gone",
        arguments: 0..<20
    )
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let capacity = Int.random(in: 1...12, using: &random)
        let byteCapacity = Int.random(in: 50...400, using: &random)
        var ring = EventRing(epoch: "e", capacity: capacity, byteCapacity: byteCapacity)
        var model = Model(capacity: capacity, byteCapacity: byteCapacity)
        for step in 1...200 {
            let data = Array(repeating: UInt8(ascii: "1"), count: Int.random(in: 0...90, using: &random))
            #expect(ring.append("n", data) == step)
            model.append(EventRing.text("n", data, id: "e-\(step)").readableBytes)
            #expect(ring.count == model.all.count - model.gone)
            #expect(ring.bytes == model.all[model.gone...].reduce(0, +))
            #expect(ring.oldest == model.gone && ring.last == step)
            let asked = Int.random(in: 0...step, using: &random)
            let events = ring.events(after: asked)
            if asked < model.gone {
                #expect(events == nil)
            } else {
                #expect(events?.map(\.readableBytes) == Array(model.all[asked...]))
            }
        }
    }
}
