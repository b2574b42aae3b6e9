/// The header fields by which one trace goes on from process to process.
///
///     call.traceFields = TraceFields([("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")])
public struct TraceFields: Sendable, Hashable {
    /// One field.
    public struct Field: Sendable, Hashable {
        /// Its name in lower case.
        public var name: String
        /// Its value.
        public var value: String
    }

    /// In the order in which they are sent.
    public private(set) var fields: [Field] = []

    /// Whether there are none.
    public var isEmpty: Bool { fields.isEmpty }

    /// Some fields.
    public init(_ fields: [(name: String, value: String)] = []) {
        for field in fields { self[field.name] = field.value }
    }

    /// What tells of a place in a trace.
    package init(telling context: TraceContext) {
        fields = [Field(name: "traceparent", value: context.parent)]
        if !context.state.isEmpty { fields.append(Field(name: "tracestate", value: context.state)) }
    }

    /// The value of a field; names compare without regard to case.
    public subscript(name: String) -> String? {
        get {
            let name = name.lowercased()
            return fields.first { $0.name == name }?.value
        }
        set {
            let name = name.lowercased()
            fields.removeAll { $0.name == name }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }
}
