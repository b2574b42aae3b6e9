/// Why a model stopped writing.
public struct FinishReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word on the wire.
    public let rawValue: String

    /// A reason by its word on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The word on the wire.
    public var description: String { rawValue }

    /// The answer is complete, or a stop sequence was met.
    public static let stop = FinishReason(rawValue: "stop")
    /// The token limit cut the answer off.
    public static let length = FinishReason(rawValue: "length")
    /// The model wants tools called.
    public static let toolCalls = FinishReason(rawValue: "tool_calls")
    /// A content filter cut the answer off.
    public static let contentFilter = FinishReason(rawValue: "content_filter")
}
