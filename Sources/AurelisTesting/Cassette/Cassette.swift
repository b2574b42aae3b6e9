internal import Aurelis
internal import AurelisJSON

/// A recorded session: what providers were asked and what they answered, in order, with the time between the pieces.
///
///     let cassette = try Cassette(contentsOf: lines)          // what `aurelis replay record` has written
///     let orchestrator = ModelOrchestrator(providers: cassette.players())
///
/// A file of JSON lines: `{"cassette":1}`, then one line for each exchange. It can be read, compared and edited by hand.
public struct Cassette: Sendable {
    /// The exchanges, in the order in which they ended.
    public var exchanges: [CassetteExchange]

    /// A cassette of some exchanges.
    public init(_ exchanges: [CassetteExchange] = []) { self.exchanges = exchanges }

    /// The first line of every file.
    public static let header = Array("{\"cassette\":1}\n".utf8)

    /// Reads a file.
    ///
    /// - Throws: `CassetteError`, naming the line, for what is no cassette of this version.
    public init(contentsOf text: [UInt8]) throws(CassetteError) {
        var exchanges: [CassetteExchange] = []
        var hasHeader = false
        for (index, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            let document: JSONDocument
            do { document = try JSONDocument(Array(line), limits: .response) } catch {
                throw CassetteError(line: index + 1, "is no JSON: \(error)")
            }
            if !hasHeader {
                guard let version = document["cassette"]?.int else {
                    throw CassetteError(line: index + 1, "does not begin a cassette: {\"cassette\":1} is missing")
                }
                guard version == 1 else {
                    throw CassetteError(line: index + 1, "is of version \(version); this Aurelis reads version 1")
                }
                hasHeader = true
                continue
            }
            do throws(CassetteError) { exchanges.append(try CassetteExchange(reading: document.root)) } catch {
                throw CassetteError(line: index + 1, error.message)
            }
        }
        guard hasHeader else { throw CassetteError(line: 1, "is missing: the file is empty") }
        self.exchanges = exchanges
    }

    /// The file.
    public var contents: [UInt8] { exchanges.reduce(into: Self.header) { $0 += $1.line } }
}

/// Why a file is no cassette.
public struct CassetteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1 on.
    public var line: Int
    /// What is wrong with it.
    public var message: String

    init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }

    init(_ message: String) { self.init(line: 0, message) }

    /// `line 7 has no operation`
    public var description: String { "line \(line) \(message)" }
}
