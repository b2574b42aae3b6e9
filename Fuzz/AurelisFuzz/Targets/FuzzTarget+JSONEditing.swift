import AurelisJSON

extension FuzzTarget {
    /// A field is replaced, added or removed, and every other byte stays. Input: name, value and document, each but the
    /// last with a zero byte behind it.
    static let jsonEditing = FuzzTarget("json-editing") { bytes in
        let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map { Array($0) }
        let name = parts.count > 1 ? String(decoding: parts[0], as: UTF8.self) : "model"
        let value = parts.count > 2 ? parts[1] : Array("1".utf8)
        let fragment = (try? JSONFragment(validating: value)) ?? .string(String(decoding: value, as: UTF8.self))
        let tolerant = JSONLimits(rejectsDuplicateMembers: false)
        guard let document = try? JSONDocument(parts[parts.count - 1], limits: tolerant) else { return }
        try set(name, to: fragment, in: document)
        try remove(name, from: document)
    }

    private static func set(_ name: String, to fragment: JSONFragment, in document: JSONDocument) throws {
        var edited = document
        guard edited.set(name, to: fragment) else {
            let isRefused = document.root.kind != .object && edited.bytes == document.bytes
            return try holds(isRefused, "a refused edit changed something")
        }
        try holds(edited[name].map { Array($0.raw) } == fragment.bytes, "the member has another value than was set")
        try checkOthers(of: name, in: edited, asIn: document)
        try checkRecords(of: edited)
        let occurrences = document.root.members.count { isSame($0.key, name) }
        guard let old = document[name]?.raw else {
            // What was added is taken out again without a trace.
            edited.remove(name)
            return try holds(edited.bytes == document.bytes, "an added member leaves something behind")
        }
        guard occurrences == 1 else { return }
        let expected = document.bytes[..<old.startIndex] + fragment.bytes + document.bytes[old.endIndex...]
        try holds(edited.bytes == Array(expected), "bytes beside the value have changed")
    }

    private static func remove(_ name: String, from document: JSONDocument) throws {
        var edited = document
        let removed = edited.remove(name)
        try holds(removed == (document[name] != nil && document.root.kind == .object), "told otherwise than done")
        try holds(edited[name] == nil, "the member is still there")
        if !removed { try holds(edited.bytes == document.bytes, "nothing was removed, and something has changed") }
        try checkOthers(of: name, in: edited, asIn: document)
        try checkRecords(of: edited)
    }

    private static func checkOthers(of name: String, in edited: JSONDocument, asIn document: JSONDocument) throws {
        func others(_ document: JSONDocument) -> [[UInt8]] {
            document.root.members.filter { !isSame($0.key, name) }
                .map { Array($0.key.utf8) + [0] + Array($0.value.raw) }
        }
        try holds(others(edited) == others(document), "other members have changed")
    }

    /// What the document remembers of its text is what reading the text anew finds.
    private static func checkRecords(of document: JSONDocument) throws {
        let deep = JSONLimits(maximumDepth: 1_000, rejectsDuplicateMembers: false)
        let again = try JSONDocument(document.bytes, limits: deep)
        try holds(again.root.raw == document.root.raw, "the root lies elsewhere")
        for (name, _) in again.root.members {
            try holds(document[name]?.raw == again[name]?.raw, "a member lies elsewhere")
        }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
