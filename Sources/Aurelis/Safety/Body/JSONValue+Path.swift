internal import AurelisJSON

extension JSONValue {
    /// Where a byte of the text lies: `messages[0].content`; what cannot be a name shows as `?`.
    ///
    /// - Parameter offset: in the text of which this value is the root.
    func path(to offset: Int) -> String {
        var path = ""
        var value = self
        while true {
            switch value.kind {
            case .object:
                guard let (key, next) = value.member(around: offset) else { return path.isEmpty ? "body" : path }
                path += (path.isEmpty ? "" : ".") + Self.presentable(key)
                guard next.raw.startIndex <= offset else { return path + " (its name)" }
                value = next
            case .array:
                guard let (index, next) = value.element(around: offset) else { return path.isEmpty ? "body" : path }
                path += "[\(index)]"
                value = next
            default: return path.isEmpty ? "body" : path
            }
        }
    }

    /// The member whose name or value a byte is in.
    private func member(around offset: Int) -> (key: String, value: JSONValue)? {
        for (key, value) in members where offset < value.raw.endIndex { return (key, value) }
        return nil
    }

    private func element(around offset: Int) -> (index: Int, value: JSONValue)? {
        for (index, value) in elements.enumerated() where offset < value.raw.endIndex { return (index, value) }
        return nil
    }

    /// A name that a caller has chosen may itself be a secret, or a page long.
    private static func presentable(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy { byte in
            byte.isDigit || byte.folded.isSmall || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        return isPlain && (1...40).contains(key.utf8.count) && SecretDetector().findings(in: key).isEmpty ? key : "?"
    }
}
