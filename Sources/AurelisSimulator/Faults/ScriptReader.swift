internal import AurelisJSON

/// Reads an object of a fault script and names the place of whatever is wrong in it.
struct ScriptReader {
    private let value: JSONValue
    private let path: String

    init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
    }

    /// The field, unless it is missing or `null`.
    subscript(_ name: String) -> JSONValue? {
        guard let field = value[name], !field.isNull else { return nil }
        return field
    }

    func error(_ name: String, _ message: String) -> FaultScriptError {
        FaultScriptError(path: path.isEmpty ? name : "\(path).\(name)", message: message)
    }

    /// Checks that it is an object, with no other fields than these (nil: any).
    func checkObject(fields: Set<String>? = nil) throws(FaultScriptError) {
        guard value.kind == .object else { throw FaultScriptError(path: path, message: "expected an object") }
        guard let fields else { return }
        for (name, _) in value.members where !fields.contains(name) {
            throw error(name, "unknown field; there are: \(fields.sorted().joined(separator: ", "))")
        }
    }

    func bool(_ name: String) throws(FaultScriptError) -> Bool? {
        guard let field = self[name] else { return nil }
        guard let bool = field.bool else { throw error(name, "expected true or false") }
        return bool
    }

    func string(_ name: String) throws(FaultScriptError) -> String? {
        guard let field = self[name] else { return nil }
        guard let string = field.string else { throw error(name, "expected a string") }
        return string
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(FaultScriptError) -> Int? {
        guard let field = self[name] else { return nil }
        guard let int = field.int, range.contains(int) else {
            throw error(name, "expected an integer between \(range.lowerBound) and \(range.upperBound)")
        }
        return int
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(FaultScriptError) -> Double? {
        guard let field = self[name] else { return nil }
        guard let double = field.double, range.contains(double) else {
            throw error(name, "expected a number between \(range.lowerBound) and \(range.upperBound)")
        }
        return double
    }

    func seconds(_ name: String) throws(FaultScriptError) -> Double {
        guard let seconds = try number(name, in: 0...1e9) else { throw error(name, "is missing") }
        return seconds
    }

    func fraction() throws(FaultScriptError) -> Double { try number("after_fraction", in: 0...1) ?? 0.5 }

    /// The `headers` object: names that are tokens, values without line breaks.
    func headers() throws(FaultScriptError) -> [(String, String)] {
        guard let field = self["headers"] else { return [] }
        let reader = ScriptReader(field, path: path + ".headers")
        try reader.checkObject()
        var headers: [(String, String)] = []
        for (name, value) in field.members {
            let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            guard isToken else { throw reader.error(name, "not a header's name") }
            guard let text = value.string ?? value.int.map(String.init),
                text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw reader.error(name, "expected a string without control characters") }
            headers.append((name, text))
        }
        return headers
    }
}
