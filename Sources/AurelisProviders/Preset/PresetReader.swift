internal import Aurelis
internal import AurelisJSON

/// Reads the fields of one object of a preset: every wrong type and every unknown field is an error with its path.
struct PresetReader {
    private let object: JSONValue
    private let path: String

    /// - Throws: when the value is no object, or has a field that is not one of `fields`.
    init(_ value: JSONValue, at path: String, fields: [String]) throws(PresetError) {
        guard value.kind == .object else { throw PresetError("must be an object", path: path) }
        object = value
        self.path = path
        for (key, _) in value.members where !fields.contains(key) {
            throw PresetError(
                "unknown field",
                path: place(key),
                suggestion: Suggestion.nearest(to: key, among: fields)
            )
        }
    }

    func place(_ field: String) -> String { path.isEmpty ? field : "\(path).\(field)" }

    func optional(_ field: String) -> JSONValue? { object[field] }

    func value(_ field: String) throws(PresetError) -> JSONValue {
        guard let value = object[field] else { throw PresetError("is missing", path: place(field)) }
        return value
    }

    func string(_ field: String) throws(PresetError) -> String {
        guard let text = try value(field).string, !text.isEmpty else {
            throw PresetError("must be a text", path: place(field))
        }
        return text
    }

    func optionalString(_ field: String) throws(PresetError) -> String? {
        try object[field] == nil ? nil : string(field)
    }

    func bool(_ field: String) throws(PresetError) -> Bool {
        guard let flag = try value(field).bool else { throw PresetError("must be true or false", path: place(field)) }
        return flag
    }

    func count(_ field: String) throws(PresetError) -> Int {
        guard let number = try value(field).int, number > 0 else {
            throw PresetError("must be a whole number above 0", path: place(field))
        }
        return number
    }

    func optionalCount(_ field: String) throws(PresetError) -> Int? {
        try object[field] == nil ? nil : count(field)
    }

    /// Dollars for a million tokens, in picodollars a token.
    func price(_ field: String) throws(PresetError) -> Int64 {
        let value = try value(field)
        guard value.kind == .number, let price = TokenPrice.picodollars(perMillionTokens: "\(value)") else {
            throw PresetError("must be dollars such as 2.5, with at most 6 decimals", path: place(field))
        }
        return price
    }

    func strings(_ field: String) throws(PresetError) -> [String] {
        let list = try value(field)
        guard list.kind == .array else { throw PresetError("must be a list of texts", path: place(field)) }
        var texts: [String] = []
        for element in list.elements {
            guard let text = element.string else {
                throw PresetError("must be a text", path: "\(place(field))[\(texts.count)]")
            }
            texts.append(text)
        }
        return texts
    }

    func choice<Choice>(_ field: String) throws(PresetError) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        try PresetReader.choice(string(field), at: place(field))
    }

    static func choice<Choice>(_ text: String, at path: String) throws(PresetError) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw PresetError("\"\(text)\" is none of \(names)", path: path)
        }
        return choice
    }
}
