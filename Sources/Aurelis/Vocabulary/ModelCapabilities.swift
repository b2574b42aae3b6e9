/// What a model is able to do beyond answering text with text.
///
///     let needs: ModelCapabilities = [.streaming, .tools]
///     needs.subtracting(model.capabilities).names   // what it lacks
public struct ModelCapabilities: OptionSet, Sendable, Hashable {
    /// One bit for each capability.
    public let rawValue: UInt8

    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Answers piece by piece.
    public static let streaming = ModelCapabilities(rawValue: 1 << 0)
    /// Calls functions that the request describes.
    public static let tools = ModelCapabilities(rawValue: 1 << 1)
    /// Reads images.
    public static let vision = ModelCapabilities(rawValue: 1 << 2)
    /// Answers in a JSON schema that the request gives.
    public static let jsonSchema = ModelCapabilities(rawValue: 1 << 3)

    /// Each capability with its name in presets, configurations and traces.
    public static let named: [(name: String, capability: ModelCapabilities)] = [
        ("streaming", .streaming), ("tools", .tools), ("vision", .vision), ("json_schema", .jsonSchema),
    ]

    /// The names of what is in the set.
    public var names: [String] { Self.named.filter { contains($0.capability) }.map(\.name) }
}
