/// Something that reads bytes from outside, and what must hold whatever they are.
///
///     extension FuzzTarget {
///         static let words = FuzzTarget("words") { bytes in
///             let words = Words(bytes)
///             try holds(Words(words.bytes) == words, "written and read again, other words come out")
///         }
///     }
///
/// Add it to `all`, and a folder with a few seeds to `Fuzz/corpus`: that is all a new target takes.
struct FuzzTarget: Sendable {
    let name: String
    /// Takes an input; throws what does not hold.
    let run: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.run = run
    }

    static let all: [FuzzTarget] = [
        .json, .jsonEditing, .canonicalJSON, .serverSentEvents, .resp, .http, .responses, .multipart, .configuration,
        .cassette, .batch, .envelope, .audit,
    ]
}

/// Something that did not hold.
struct FuzzFinding: Error, CustomStringConvertible {
    let description: String
}

/// Throws unless something holds.
func holds(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    if !condition { throw FuzzFinding(description: description()) }
}
