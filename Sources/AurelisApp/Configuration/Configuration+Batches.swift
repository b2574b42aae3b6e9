extension Configuration {
    /// The files of clients.
    package struct Files: Sendable, Equatable {
        /// Bytes of one file.
        package var maximumSize = 200 << 20
        /// Bytes of all files together.
        package var maximumTotal = 10 << 30
        /// How many files there may be.
        package var maximumCount = 10_000
        /// How long files, and batches that have ended, are kept.
        package var retention: Duration = .seconds(30 * 86_400)
    }

    /// The batches that come over HTTP.
    package struct Batches: Sendable, Equatable {
        /// How many are worked on at once.
        package var running = 3
        /// How many requests of each are under way at once.
        package var inFlight = 5
        /// Lines of one batch.
        package var maximumRequests = 50_000
        /// How many may be there that have not ended.
        package var maximumOpen = 1_000
        /// How long one is worked on while another key's has no place.
        package var turn: Duration = .seconds(60)
    }
}

extension Configuration.Files {
    init(reading root: SettingsReader) throws(ConfigurationError) {
        let section = try root.section(
            "files",
            knowing: ["maximum_size", "maximum_total", "maximum_count", "retention"]
        )
        maximumSize = try section.bytes("maximum_size", default: maximumSize)
        guard (1_024...(16 << 30)).contains(maximumSize) else {
            throw section.error("must be 1KB to 16GB", at: "maximum_size")
        }
        maximumTotal = try section.bytes("maximum_total", default: max(maximumTotal, maximumSize))
        guard maximumTotal >= maximumSize else {
            throw section.error("must not be less than one file may have (maximum_size)", at: "maximum_total")
        }
        maximumCount = try section.integer("maximum_count", in: 1...1_000_000, default: maximumCount)
        retention = try section.duration("retention", default: retention)
        guard retention >= .seconds(3_600) else { throw section.error("must be at least 1h", at: "retention") }
    }
}

extension Configuration.Batches {
    init(reading root: SettingsReader) throws(ConfigurationError) {
        let section = try root.section(
            "batches",
            knowing: ["running", "in_flight", "maximum_requests", "maximum_open", "turn"]
        )
        running = try section.integer("running", in: 1...100, default: running)
        inFlight = try section.integer("in_flight", in: 1...1_000, default: inFlight)
        maximumRequests = try section.integer("maximum_requests", in: 1...1_000_000, default: maximumRequests)
        maximumOpen = try section.integer("maximum_open", in: 1...100_000, default: maximumOpen)
        turn = try section.duration("turn", default: turn)
        guard turn >= .seconds(1), turn <= .seconds(86_400) else {
            throw section.error("must be 1s to 24h", at: "turn")
        }
    }
}
