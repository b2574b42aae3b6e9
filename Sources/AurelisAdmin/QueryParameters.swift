internal import Aurelis
internal import Hummingbird

/// The parameters of a request's query, of which every name is known and there once: a slip must not select more than was
/// meant.
///
///     let parameters = try QueryParameters(request, knowing: ["limit"])
///     let limit = try parameters.number("limit", in: 1...1_000) ?? 50
struct QueryParameters {
    private let values: [String: String]

    /// - Throws: 400 when the query has a parameter that is not among the known ones.
    init(_ request: Request, knowing known: Set<String>) throws {
        var values: [String: String] = [:]
        for (key, value) in request.uri.queryParameters where !(key.isEmpty && value.isEmpty) {
            let name = String(key)
            guard known.contains(name) else {
                let names = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                throw AdminFailure.query(String(name.prefix(64)), "is no parameter here; known are: \(names)")
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw AdminFailure.query(name, "is there more than once")
            }
        }
        self.values = values
    }

    /// - Throws: 400 when the query has any parameter.
    static func none(in request: Request) throws { _ = try QueryParameters(request, knowing: []) }

    subscript(name: String) -> String? { values[name] }

    /// A whole number; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is none of the range.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw AdminFailure.query(name, "must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// `true` or `false`; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is neither.
    func flag(_ name: String) throws -> Bool? {
        guard let text = values[name] else { return nil }
        guard let flag = Bool(text) else { throw AdminFailure.query(name, "must be true or false") }
        return flag
    }

    /// A text that says something; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is empty or very long.
    func text(_ name: String) throws -> String? {
        guard let text = values[name] else { return nil }
        guard !text.isEmpty, text.utf8.count <= 256 else {
            throw AdminFailure.query(name, "must have 1 to 256 characters")
        }
        return text
    }

    /// What a request is for; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is no task.
    func task(_ name: String) throws -> TaskType? {
        guard let text = try text(name) else { return nil }
        do { return try TaskType(parsing: text) } catch { throw AdminFailure.query(name, "is an \(error.message)") }
    }

    /// One of some words; nil when the query has none of that name.
    ///
    /// - Throws: 400 when it is none of them.
    func word<Word>(_ name: String, of words: [Word]) throws -> Word?
    where Word: RawRepresentable, Word.RawValue == String {
        guard let text = values[name] else { return nil }
        guard let word = words.first(where: { $0.rawValue == text }) else {
            let names = words.map(\.rawValue).joined(separator: ", ")
            throw AdminFailure.query(name, "must be one of \(names)")
        }
        return word
    }
}
