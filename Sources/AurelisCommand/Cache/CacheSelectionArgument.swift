internal import Aurelis

/// A selection of kept answers, for the cache and for the control plane.
struct CacheSelectionArgument: Sendable {
    var task: TaskType?
    var tag: String?
    var model: String?
    var tenant: String?
    var prefix: String?

    /// As the cache understands it.
    var selection: CacheSelection {
        CacheSelection(
            task: task,
            tag: tag,
            model: model.map { ModelID($0).canonical },
            tenant: tenant,
            keyPrefix: prefix
        )
    }

    /// As the control plane understands it: `?task=…&tag=…`, with what else is asked for; empty for nothing at all.
    func query(and others: [(name: String, value: String?)] = []) -> String {
        let fields = [
            ("task", task?.rawValue), ("tag", tag), ("model", model), ("tenant", tenant), ("key_prefix", prefix),
        ]
        let members = (fields + others).compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }
        return members.isEmpty ? "" : "?" + members.joined(separator: "&")
    }

    /// A value as a query takes it.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isPlain || "-._~".utf8.contains(byte) { return String(scalar) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
