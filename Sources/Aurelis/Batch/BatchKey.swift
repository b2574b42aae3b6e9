internal import Crypto

/// What two items have in common when one answer serves both.
public struct BatchKey: Hashable, Sendable {
    private let digest: CacheKey

    /// The key of an item; nil: it wants an answer of its own, by the same rules as in the cache.
    public init?(_ call: ModelCall) {
        guard call.cache != .off, call.cache == .always || call.variety == nil else { return nil }
        let model = call.model?.canonical ?? ""
        // Beside the answer's name, what decides who may give it.
        let fallback =
            switch call.fallback {
            case nil: ""
            case .never: "never"
            case .byTask: "task"
            case .models(let models): "models " + models.map(\.canonical).joined(separator: ",")
            }
        let rules = "\n\(call.task.rawValue)\n\(call.strategy?.rawValue ?? "")\n\(fallback)"
        let answer = CacheKey(of: call, provider: "", address: "", model: model).bytes
        self.init(bytes: Array(SHA256.hash(data: answer + Array(rules.utf8))))
    }

    /// The key with these 32 bytes; nil for another number of them.
    public init?(bytes: [UInt8]) {
        guard let digest = CacheKey(bytes: bytes) else { return nil }
        self.digest = digest
    }

    /// The 32 bytes.
    public var bytes: [UInt8] { digest.bytes }
}
