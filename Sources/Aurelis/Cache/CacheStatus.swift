/// What the cache had to do with an answer.
public enum CacheStatus: Sendable, Hashable {
    /// It came from the cache.
    case hit(CacheLayer, age: Duration)
    /// It came from the cache although its time was over: nobody else could answer.
    case stale(CacheLayer, age: Duration)
    /// It is the answer to an equal request that was under way.
    case shared(RequestID?)
    /// It was asked for, because the cache had none.
    case miss
    /// It was asked for without a look into the cache.
    case bypass(Reason)

    /// Why the cache was not looked into.
    public enum Reason: String, Sendable, Hashable {
        /// The request or the configuration says so.
        case off
        /// The request wants a new answer.
        case refresh
        /// The answer is one of many that the model could give.
        case sampled
        /// The answer depends on the moment: the model searches the web.
        case volatile
    }
}

extension CacheStatus: CustomStringConvertible {
    /// As the header field `x-aurelis-cache` spells it: `hit; layer=memory`, `stale; layer=database`,
    /// `shared; request=…`, `miss`, `off; reason=sampled`.
    public var description: String {
        switch self {
        case .hit(let layer, _): "hit; layer=\(layer.rawValue)"
        case .stale(let layer, _): "stale; layer=\(layer.rawValue)"
        case .shared(let request): request.map { "shared; request=\($0)" } ?? "shared"
        case .miss: "miss"
        case .bypass(.off): "off"
        case .bypass(let reason): "off; reason=\(reason.rawValue)"
        }
    }

    /// How old the answer is; nil for a new one.
    public var age: Duration? {
        switch self {
        case .hit(_, let age), .stale(_, let age): age
        case .shared, .miss, .bypass: nil
        }
    }
}

extension CacheStatus {
    /// Reads what `description` writes; nil for anything else.
    init?(_ text: String, age: Duration) {
        let (word, value) = Self.parts(of: text)
        switch word {
        case "hit":
            guard let layer = CacheLayer(rawValue: value) else { return nil }
            self = .hit(layer, age: age)
        case "stale":
            guard let layer = CacheLayer(rawValue: value) else { return nil }
            self = .stale(layer, age: age)
        case "shared": self = .shared(RequestID(parsing: value))
        case "miss": self = .miss
        case "off": self = .bypass(Reason(rawValue: value) ?? .off)
        default: return nil
        }
    }

    /// `hit` and `memory` of `hit; layer=memory`.
    private static func parts(of text: String) -> (word: String, value: String) {
        let word = text.prefix { $0 != ";" }
        let value = text.split(separator: "=", maxSplits: 1).dropFirst().first ?? ""
        return (String(word), String(value))
    }
}
