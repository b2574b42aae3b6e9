import Aurelis
import AurelisTesting
import NIOCore
import Testing

@testable import AurelisAdmin

@Suite("Those who watch")
struct EventHubTests {
    private let time = ManualTimeSource()
    private let hub: EventHub

    init() { hub = EventHub(time: time, ring: EventRing(epoch: "e", capacity: 3)) }

    private func news(_ reader: EventReader) -> [String]? {
        reader.news()?.map { String(buffer: $0).split(separator: "\n")[0].description }
    }

    @Test("whoever comes new hears what happens from then on")
    func fresh() throws {
        hub.publish("a", [])
        let reader = try #require(hub.join(after: nil))
        #expect(String(buffer: reader.greeting) == "id: e-1\nevent: hello\ndata: {\"resumed\":false}\n\n")
        #expect(news(reader) == [])
        hub.publish("b", [])
        hub.publish("c", [])
        #expect(news(reader) == ["id: e-2", "id: e-3"])
        #expect(news(reader) == [])
    }

    @Test("whoever comes back hears what it has missed, or that it has to begin anew")
    func resume() throws {
        for _ in 0..<4 { hub.publish("a", []) }
        let back = try #require(hub.join(after: "e-2"))
        #expect(String(buffer: back.greeting).contains(#"{"resumed":true}"#))
        #expect(news(back) == ["id: e-3", "id: e-4"])
        for id in ["e-0", "e-9", "other-3", "nonsense"] {
            let anew = try #require(hub.join(after: id))
            #expect(String(buffer: anew.greeting).contains(#"{"resumed":false}"#))
            #expect(news(anew) == [])
        }
    }

    @Test("whoever falls out of the ring is let go, and takes nobody along")
    func slow() async throws {
        let (slow, quick) = (try #require(hub.join(after: nil)), try #require(hub.join(after: nil)))
        for _ in 0..<4 {
            hub.publish("a", [])
            #expect(news(quick)?.count == 1)
        }
        #expect(hub.readers == 1)
        #expect(slow.news() == nil)
        for await _ in slow.falls {}
        for await _ in slow.signals {}
    }

    @Test("there is a bound to those who watch, and who leaves makes room")
    func bounded() throws {
        var readers = (0..<EventHub.maximumReaders).compactMap { _ in hub.join(after: nil) }
        #expect(readers.count == EventHub.maximumReaders)
        #expect(hub.join(after: nil) == nil)
        readers.removeLast().leave()
        #expect(hub.join(after: nil) != nil)
        // One that is forgotten leaves by itself.
        readers.removeAll()
        #expect(hub.readers == 0)
    }

    @Test("events are gathered for a while after the last has left, and then no longer")
    func watched() throws {
        #expect(!hub.isWatched)
        let reader = try #require(hub.join(after: nil))
        #expect(hub.isWatched)
        time.advance(by: .seconds(1_000))
        #expect(hub.isWatched)
        reader.leave()
        time.advance(by: EventHub.patience - .seconds(1))
        #expect(hub.isWatched)
        time.advance(by: .seconds(1))
        #expect(!hub.isWatched)
    }
}
