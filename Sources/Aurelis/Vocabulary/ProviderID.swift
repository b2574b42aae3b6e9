/// The name of a provider as the configuration calls it, such as `openai` or `my-vllm`.
public struct ProviderID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// A provider by its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A provider by its name.
    public init(stringLiteral value: String) { self.rawValue = value }

    /// The name.
    public var description: String { rawValue }
}
