internal import Aurelis

extension CacheStatus {
    /// Where an answer came from, for people: `the cache (database), 3 min old`; nil for one that was asked for.
    var words: String? {
        switch self {
        case .hit(let layer, let age): "the cache (\(layer.rawValue)), \(age.readable) old; --no-cache asks anew"
        case .stale(let layer, let age):
            "the cache (\(layer.rawValue)), \(age.readable) old and past its time: nobody else could answer"
        case .shared: "an equal request that was under way"
        case .miss, .bypass: nil
        }
    }
}
