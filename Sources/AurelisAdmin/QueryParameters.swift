internal import Hummingbird

/// The parameters of a request's query, of which every name is known: a slip must not select more than was meant.
///
///     let parameters = try QueryParameters(request, knowing: ["limit"])
///     let limit = try parameters.number("limit", in: 1...1_000) ?? 50
struct QueryParameters {
    private let values: [String: String]

    /// - Throws: 400 when the query has a parameter that is not among the known ones.
    init(_ request: Request, knowing known: Set<String>) throws {
        let members = request.uri.queryParameters.filter { !$0.key.isEmpty }
        values = Dictionary(members.map { (String($0.key), String($0.value)) }) { $1 }
        for name in values.keys.sorted() where !known.contains(name) {
            let names = known.sorted().joined(separator: ", ")
            throw HTTPError(.badRequest, message: "\"\(name.prefix(64))\" is none of \(names)")
        }
    }

    subscript(name: String) -> String? { values[name] }

    /// A whole number; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is none of the range.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw HTTPError(.badRequest, message: "\(name) must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of some words; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is none of them.
    func word<Word>(_ name: String, of words: [Word]) throws -> Word?
    where Word: RawRepresentable, Word.RawValue == String {
        guard let text = values[name] else { return nil }
        guard let word = words.first(where: { $0.rawValue == text }) else {
            let names = words.map(\.rawValue).joined(separator: ", ")
            throw HTTPError(.badRequest, message: "\(name) must be one of \(names)")
        }
        return word
    }
}
