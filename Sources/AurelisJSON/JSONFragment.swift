/// A piece of valid JSON, ready to be put into a document.
///
///     document.set("stop", to: ["\n", "END"])
///     document.set("stream_options", to: ["include_usage": true])
///     document.set("tools", to: try JSONFragment(validating: bytes))
///
/// Equal means written the same way: `1` and `1.0` differ.
public struct JSONFragment: Sendable, Hashable {
    /// The text.
    public let bytes: [UInt8]

    private init(_ write: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        write(&bytes)
        self.bytes = bytes
    }

    /// Some text, once it is known to be one JSON value. White space around it is dropped.
    ///
    /// - Throws: what is wrong, and where.
    public init(validating bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        self = .raw(try JSONDocument(bytes, limits: limits).root)
    }

    /// A string.
    public static func string(_ value: String) -> JSONFragment { JSONFragment { $0.appendJSONString(value) } }

    /// An integer.
    public static func int(_ value: Int) -> JSONFragment { JSONFragment { $0.appendJSON(value) } }

    /// A number in the shortest form that reads back as the same one; `null` for infinities and NaN, for which JSON has
    /// no form.
    public static func double(_ value: Double) -> JSONFragment { JSONFragment { $0.appendJSON(value) } }

    /// `true` or `false`.
    public static func bool(_ value: Bool) -> JSONFragment { JSONFragment { $0.appendJSON(value) } }

    /// `null`
    public static let null = JSONFragment { $0.append(contentsOf: "null".utf8) }

    /// A value of some document, as it is written there.
    public static func raw(_ value: JSONValue) -> JSONFragment { JSONFragment { $0.append(contentsOf: value.raw) } }

    /// An object with its members in this order. A name given twice is written twice.
    public static func object(_ members: [(String, JSONFragment)]) -> JSONFragment {
        JSONFragment { bytes in
            bytes.append(Ascii.openBrace)
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { bytes.append(Ascii.comma) }
                bytes.appendJSONString(name)
                bytes.append(Ascii.colon)
                bytes.append(contentsOf: value.bytes)
            }
            bytes.append(Ascii.closeBrace)
        }
    }

    /// An array.
    public static func array(_ elements: [JSONFragment]) -> JSONFragment {
        JSONFragment { bytes in
            bytes.append(Ascii.openBracket)
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(Ascii.comma) }
                bytes.append(contentsOf: element.bytes)
            }
            bytes.append(Ascii.closeBracket)
        }
    }
}

extension JSONFragment: CustomStringConvertible {
    /// The text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
