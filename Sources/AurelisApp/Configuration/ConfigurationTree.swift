/// A value of a configuration before it is decoded, with the place where it was said.
struct ConfigurationTree: Sendable {
    enum Content: Sendable {
        case null
        /// - isPlain: whether it was written without quotes, so that `true` may mean a truth value.
        case scalar(String, isPlain: Bool)
        case sequence([ConfigurationTree])
        case mapping([Member])
    }

    struct Member: Sendable {
        var key: String
        var keyOrigin: ConfigurationOrigin
        var value: ConfigurationTree
    }

    var content: Content
    var origin: ConfigurationOrigin

    init(_ content: Content, _ origin: ConfigurationOrigin) {
        self.content = content
        self.origin = origin
    }

    /// Nothing said.
    static let empty = ConfigurationTree(.mapping([]), .flag("defaults"))

    /// Puts a value at a path, making the maps on the way.
    mutating func set(_ path: ArraySlice<String>, to value: ConfigurationTree) {
        guard let key = path.first else {
            self = value
            return
        }
        var members: [Member] = []
        if case .mapping(let present) = content { members = present }
        let index: Int
        if let found = members.firstIndex(where: { $0.key == key }) {
            index = found
        } else {
            index = members.count
            members.append(
                Member(key: key, keyOrigin: value.origin, value: ConfigurationTree(.mapping([]), value.origin))
            )
        }
        members[index].value.set(path.dropFirst(), to: value)
        content = .mapping(members)
    }

    /// This layer over another: maps are merged key by key, everything else replaces.
    func over(_ lower: ConfigurationTree) -> ConfigurationTree {
        guard case .mapping(let upper) = content, case .mapping(var merged) = lower.content else { return self }
        for member in upper {
            if let index = merged.firstIndex(where: { $0.key == member.key }) {
                merged[index].value = member.value.over(merged[index].value)
                merged[index].keyOrigin = member.keyOrigin
            } else {
                merged.append(member)
            }
        }
        return ConfigurationTree(.mapping(merged), origin)
    }
}
