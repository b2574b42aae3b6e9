internal import AurelisJSON

/// How one call goes about the cache, for one candidate.
struct CachePlan: Sendable {
    let key: CacheKey
    /// Whose answer it would be.
    let route: Route
    /// Whether an answer that is kept may be given.
    let reads: Bool
    /// Whether somebody may be asked.
    let asks: Bool
    /// How long the answer is served at most.
    let lifetime: Duration
    /// When the call set out to ask, in milliseconds since 1970-01-01 UTC. The answer's age counts from here, so that an
    /// invalidation also reaches the answers that are under way.
    let time: Int64
    /// What had been invalidated by then.
    let generation: UInt64

    /// What the cache has to do with a call.
    enum Decision: Sendable {
        case consult(CachePlan)
        case bypass(CacheStatus.Reason)
    }
}

extension ModelCall {
    /// Why an equal call may get another answer; nil: it may not.
    var variety: CacheStatus.Reason? {
        guard operation == .chatCompletion else { return nil }
        if searches { return .volatile }
        guard let temperature = body["temperature"], !temperature.isNull else { return nil }
        // What is no number that can be read is no 0 either.
        guard temperature.double != 0 else { return nil }
        guard let seed = body["seed"], !seed.isNull else { return .sampled }
        return nil
    }

    /// Whether the answer is made from what is found in the web now.
    private var searches: Bool {
        if let search = body["web_search_options"], !search.isNull { return true }
        if let plugins = body["plugins"], plugins.kind == .array {
            for plugin in plugins.elements where plugin["id"]?.stringEquals("web") == true { return true }
        }
        if let tools = body["tools"], tools.kind == .array {
            for tool in tools.elements {
                guard let type = tool["type"], !type.stringEquals("function") else { continue }
                if let name = type.string, name.hasPrefix("web_search") || name == "browser_search" { return true }
            }
        }
        return model?.searches == true
    }
}

extension ModelID {
    /// Whether the name says that the model searches the web: `…:online`, `…-search-preview…`, `…-search-api…`.
    ///
    /// By bytes: to look for a text in a `String` takes a tenth of a request.
    fileprivate var searches: Bool {
        var name = canonical
        return name.withUTF8 { bytes in
            func has(_ text: StaticString, at index: Int) -> Bool {
                index >= 0 && index + text.utf8CodeUnitCount <= bytes.count
                    && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
            }
            if has(":online", at: bytes.count - 7) { return true }
            return bytes.indices.contains { index in
                bytes[index] == UInt8(ascii: "-")
                    && (has("-search-preview", at: index) || has("-search-api", at: index))
            }
        }
    }
}
