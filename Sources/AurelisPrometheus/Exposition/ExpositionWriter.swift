/// Writes metrics line by line.
struct ExpositionWriter {
    private(set) var bytes: [UInt8] = []
    private let format: ExpositionFormat

    init(_ format: ExpositionFormat, capacity: Int = 0) {
        self.format = format
        bytes.reserveCapacity(capacity)
    }

    /// The lines that tell what a metric is.
    ///
    /// - Parameter name: of a counter without its `_total`, which OpenMetrics counts to the samples and the text to the name.
    mutating func header(_ name: String, _ kind: String, _ help: String) {
        let shown = kind == "counter" && format == .text ? name + "_total" : name
        if !help.isEmpty {
            put("# HELP \(shown) ")
            put(escaped(help))
            put("\n")
        }
        put("# TYPE \(shown) \(kind)\n")
    }

    mutating func sample(_ name: String, _ suffix: String, _ labels: LabelSet, _ value: Double) {
        begin(name, suffix, labels)
        put(value)
        put("\n")
    }

    mutating func sample(_ name: String, _ suffix: String, _ labels: LabelSet, _ value: UInt64) {
        begin(name, suffix, labels)
        put(value)
        put("\n")
    }

    /// A bucket, and all below it.
    mutating func bucket(_ name: String, _ labels: LabelSet, upTo bound: String, _ count: UInt64) {
        put(name)
        put("_bucket{")
        if !labels.text.isEmpty {
            put(labels.text)
            put(",")
        }
        put("le=\"")
        put(bound)
        put("\"} ")
        put(count)
        put("\n")
    }

    /// The end, which OpenMetrics wants to see.
    mutating func end() {
        if format == .openMetrics { put("# EOF\n") }
    }

    /// A bound as both formats spell it, so that a series keeps its name when the format changes: always with a fraction.
    static func bound(_ value: Double) -> String { value.description }

    private mutating func begin(_ name: String, _ suffix: String, _ labels: LabelSet) {
        put(name)
        put(suffix)
        if !labels.text.isEmpty {
            put("{")
            put(labels.text)
            put("}")
        }
        put(" ")
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func put(_ value: Double) {
        if value.isNaN { return put("NaN") }
        if value.isInfinite { return put(value < 0 ? "-Inf" : "+Inf") }
        guard value.rounded() == value, value.magnitude < 1e15 else { return put(value.description) }
        if value < 0 { put("-") }
        put(UInt64(value.magnitude))
    }

    private mutating func put(_ value: UInt64) {
        guard value >= 10 else { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
        let start = bytes.count
        var rest = value
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[start...].reverse()
    }

    private func escaped(_ help: String) -> String {
        var text = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where format == .openMetrics: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
