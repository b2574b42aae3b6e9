internal import AurelisJSON

/// Makes up JSON that a JSON schema accepts.
///
///     SchemaSample(schema, seed: 1, scope: .everything).bytes    // {"city":"Paris","days":3}
///
/// Understood: `type` (also a list), `properties`, `required`, `items`, `prefixItems`, `enum`, `const`, `$ref` within
/// the schema, `anyOf`, `oneOf`, `allOf`, the bounds of numbers, lengths and counts, and the usual formats. A
/// `pattern` is not followed. Depth and size are bounded, so a schema that refers to itself comes to an end.
struct SchemaSample {
    /// Which properties of an object are filled.
    enum Scope: Sendable {
        case required
        case everything
    }

    private static let maximumDepth = 16
    /// From here on whatever can be left out is.
    private static let frugalDepth = 4
    private static let maximumValues = 2_000

    private let root: JSONValue
    private let scope: Scope
    private var generator: SeededGenerator
    private var remaining = SchemaSample.maximumValues
    private var json = JSONWriter()

    /// Makes up a value.
    init(_ schema: JSONValue, seed: UInt64, scope: Scope) {
        root = schema
        self.scope = scope
        generator = SeededGenerator(seed: seed)
        write(schema, name: "value", ordinal: 0, depth: 0)
    }

    /// The value's text.
    var text: String { String(decoding: json.bytes, as: UTF8.self) }

    private mutating func write(_ schema: JSONValue, name: String, ordinal: Int, depth: Int) {
        remaining -= 1
        guard depth <= Self.maximumDepth, remaining > 0 else { return json.null() }
        let parts = SchemaParts(schema, root: root)
        if let constant = parts["const"] { return json.raw(constant) }
        if let choices = parts["enum"], choices.kind == .array, choices.count > 0 {
            let index = (Int(generator.next() % UInt64(choices.count)) + ordinal) % choices.count
            return choices[index].map { json.raw($0) } ?? json.null()
        }
        if let options = parts["anyOf"] ?? parts["oneOf"], let option = option(of: options, depth: depth) {
            return write(option, name: name, ordinal: ordinal, depth: depth + 1)
        }
        switch parts.type {
        case "object": writeObject(parts, depth: depth)
        case "array": writeArray(parts, name: name, depth: depth)
        case "integer": json.int(integer(parts, ordinal: ordinal))
        case "number": json.double(number(parts, ordinal: ordinal))
        case "boolean": json.bool((generator.next() & 1 == 0) != (ordinal & 1 == 0))
        case "null": json.null()
        default: json.string(SchemaString.sample(parts, name: name, ordinal: ordinal))
        }
    }

    /// The first option; deep down rather one that ends.
    private func option(of options: JSONValue, depth: Int) -> JSONValue? {
        guard depth >= Self.frugalDepth else { return options[0] }
        return options.elements.first { $0["type"]?.string == "null" } ?? options.elements.first { $0["$ref"] == nil }
            ?? options[0]
    }

    private mutating func writeObject(_ parts: SchemaParts, depth: Int) {
        let required = parts.required
        json.beginObject()
        for (name, property) in parts.properties {
            let isWanted = required.contains(name) || (scope == .everything && depth < Self.frugalDepth)
            guard isWanted else { continue }
            json.key(name)
            write(property, name: name, ordinal: 0, depth: depth + 1)
        }
        json.endObject()
    }

    private mutating func writeArray(_ parts: SchemaParts, name: String, depth: Int) {
        json.beginArray()
        var count = 0
        for item in parts["prefixItems"]?.elements ?? .empty {
            write(item, name: name, ordinal: count, depth: depth + 1)
            count += 1
        }
        let least = parts["minItems"]?.int ?? (depth < Self.frugalDepth ? 1 : 0)
        let wanted = min(max(least, 0), parts["maxItems"]?.int ?? .max, 1_000)
        if let items = parts["items"], items.bool != false {
            while count < wanted, remaining > 0 {
                write(items, name: name, ordinal: count, depth: depth + 1)
                count += 1
            }
        }
        json.endArray()
    }

    private mutating func integer(_ parts: SchemaParts, ordinal: Int) -> Int {
        let low =
            parts["minimum"]?.double.map { $0.rounded(.up) }
            ?? parts["exclusiveMinimum"]?.double.map { $0.rounded(.down) + 1 }
        let high =
            parts["maximum"]?.double.map { $0.rounded(.down) }
            ?? parts["exclusiveMaximum"]?.double.map { $0.rounded(.up) - 1 }
        let value = within(low, high, step: parts["multipleOf"]?.double ?? 1, ordinal: ordinal)
        return Int(exactly: value.rounded()) ?? 0
    }

    private mutating func number(_ parts: SchemaParts, ordinal: Int) -> Double {
        let step = parts["multipleOf"]?.double
        let low = parts["minimum"]?.double ?? parts["exclusiveMinimum"]?.double.map { $0 + (step ?? 0.5) }
        let high = parts["maximum"]?.double ?? parts["exclusiveMaximum"]?.double.map { $0 - (step ?? 0.5) }
        // Between exclusive bounds that lie close together only their middle is sure.
        if let low, let high, low > high { return (low + high) / 2 }
        return within(low, high, step: step ?? 0.5, ordinal: ordinal)
    }

    /// A multiple of `step` between the bounds, a small one where they allow it.
    private mutating func within(_ low: Double?, _ high: Double?, step: Double, ordinal: Int) -> Double {
        let step = step > 0 ? step : 1
        let wish = Double(1 + Int(generator.next() % 9) + ordinal)
        let bounded = min(max(wish, low ?? -.greatestFiniteMagnitude), high ?? .greatestFiniteMagnitude)
        let upwards = (bounded / step).rounded(.up) * step
        if upwards <= high ?? .greatestFiniteMagnitude { return upwards }
        let downwards = (bounded / step).rounded(.down) * step
        return downwards >= low ?? -.greatestFiniteMagnitude ? downwards : bounded
    }
}
