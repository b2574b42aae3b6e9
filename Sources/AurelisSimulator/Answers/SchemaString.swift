internal import AurelisJSON

/// Strings for schemas: by format, else by the property's name.
enum SchemaString {
    private static let maximumLength = 10_000

    static func sample(_ parts: SchemaParts, name: String, ordinal: Int) -> String {
        let text = parts["format"]?.string.flatMap { formatted($0, ordinal: ordinal) } ?? named(name, ordinal: ordinal)
        let least = min(parts["minLength"]?.int ?? 0, maximumLength)
        let most = min(parts["maxLength"]?.int ?? maximumLength, maximumLength)
        var scalars = String(text.prefix(max(most, 0)))
        if scalars.count < least { scalars += String(repeating: "x", count: least - scalars.count) }
        return scalars
    }

    private static func formatted(_ format: String, ordinal: Int) -> String? {
        let number = ordinal % 10
        return switch format {
        case "date": "2025-07-1\(number)"
        case "time": "12:30:0\(number)Z"
        case "date-time": "2025-07-17T12:30:0\(number)Z"
        case "duration": "PT\(number + 1)H"
        case "email": "ada\(number)@example.com"
        case "hostname": "host\(number).example.com"
        case "ipv4": "192.0.2.\(number + 1)"
        case "ipv6": "2001:db8::\(number + 1)"
        case "uri", "url", "uri-reference": "https://example.com/\(number)"
        case "uuid": "5eed5eed-0000-4000-8000-00000000000\(number)"
        default: nil
        }
    }

    private static func named(_ name: String, ordinal: Int) -> String {
        let suffix = ordinal == 0 ? "" : " \(ordinal + 1)"
        let base =
            switch name.lowercased() {
            case "city", "location", "place": "Paris"
            case "country": "France"
            case "name", "person", "author": "Ada"
            case "language": "Swift"
            case "unit", "units": "celsius"
            case "value": "sample"
            default: "sample \(name)"
            }
        return base + suffix
    }
}
