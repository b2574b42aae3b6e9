internal import AurelisJSON

/// Reads the simple fields of a request and refuses what is not of their kind.
struct FieldReader {
    let model: SimulatedModel
    private let body: JSONDocument
    /// Whether some message speaks of JSON.
    private(set) var mentionsJSON = false

    init(_ body: JSONDocument, model: SimulatedModel) {
        self.body = body
        self.model = model
    }

    func invalid(_ parameter: String, _ message: String) -> PlatformError {
        .invalid(parameter, message, for: model)
    }

    /// The field as the client wrote it.
    func spelling(_ name: String) -> String { body[name]?.description ?? "" }

    mutating func note(_ text: String) {
        guard !mentionsJSON, body["response_format"] != nil else { return }
        mentionsJSON = text.lowercased().contains("json")
    }

    func bool(_ name: String) throws(PlatformError) -> Bool? {
        guard let value = body[name], !value.isNull else { return nil }
        guard let bool = value.bool else { throw invalid(name, "expected true or false") }
        return bool
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(PlatformError) -> Int? {
        guard let value = body[name], !value.isNull else { return nil }
        guard let int = value.int else { throw invalid(name, "expected an integer") }
        guard range.contains(int) else { throw invalid(name, bounds(range.lowerBound, range.upperBound)) }
        return int
    }

    func double(_ name: String, in range: ClosedRange<Double>) throws(PlatformError) -> Double? {
        guard let value = body[name], !value.isNull else { return nil }
        guard let double = value.double else { throw invalid(name, "expected a number") }
        guard range.contains(double) else { throw invalid(name, bounds(range.lowerBound, range.upperBound)) }
        return double
    }

    private func bounds<Value: CustomStringConvertible>(_ low: Value, _ high: Value) -> String {
        "expected a value between \(low) and \(high)"
    }

    /// `stop`: a string or some of them.
    func stop(maximum: Int) throws(PlatformError) -> [String] {
        guard let value = body["stop"], !value.isNull else { return [] }
        if let one = value.string { return one.isEmpty ? [] : [one] }
        let list = value.elements.compactMap(\.string)
        guard value.kind == .array, list.count == value.count, list.count <= maximum else {
            throw invalid("stop", "expected a string or up to \(maximum) of them")
        }
        return list.filter { !$0.isEmpty }
    }
}
