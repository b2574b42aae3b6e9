/// Which models have series of their own: those that are configured, and the first of those that have answered without
/// being named anywhere. Callers make up names without end; all of them together are `other`.
struct ModelLabels: Sendable {
    /// The label of a request that named no model and got none.
    static let none = "none"
    /// The label of all that have no series of their own.
    static let other = "other"

    /// Configured models with a label of their own.
    static let maximumKnown = 512
    /// Others, which a provider answered for.
    static let maximumFound = 64
    /// Configured models whose series are there before they are asked: each has some thirty.
    static let maximumBegun = 64
    private static let maximumLength = 128

    private var known: Set<String> = []
    private var found = 0
    private var begun = 0

    /// Gives configured models labels of their own.
    ///
    /// - Returns: those that had none, as far as their series are to be there from the beginning.
    mutating func know(_ models: some Sequence<ModelID>) -> [String] {
        var fresh: [String] = []
        for model in models where known.count - found < Self.maximumKnown && Self.isName(model.canonical) {
            guard known.insert(model.canonical).inserted, begun < Self.maximumBegun else { continue }
            begun += 1
            fresh.append(model.canonical)
        }
        return fresh
    }

    /// The label of a model.
    ///
    /// - Parameter isServed: whether a provider has just answered for it.
    mutating func label(of model: String, isServed: Bool) -> String {
        if known.contains(model) { return model }
        guard isServed, found < Self.maximumFound, Self.isName(model) else { return Self.other }
        found += 1
        known.insert(model)
        return model
    }

    /// Whether a text looks like a model's name and not like anything that somebody would rather not see on a chart.
    private static func isName(_ text: String) -> Bool {
        guard !text.isEmpty, text != none, text != other, text.utf8.count <= maximumLength else { return false }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_.:/@+".utf8.contains(byte)
            }
        }
        return isPlain && Redaction.standard.text(text) == text
    }
}
