public import AurelisJSON

/// A function that the model may ask to have called.
///
///     let weather = Tool(
///         name: "weather",
///         description: "The weather in a city",
///         parameters: ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"]]
///     )
public struct Tool: Sendable {
    /// The function's name.
    public var name: String
    /// What it does, for the model.
    public var description: String?
    /// Its arguments as a JSON schema.
    public var parameters: JSONFragment

    /// A function with its arguments as a JSON schema.
    public init(name: String, description: String? = nil, parameters: JSONFragment) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// Whether and which tool the model must call.
public enum ToolChoice: Sendable, Hashable {
    /// As the model sees fit.
    case auto
    /// No tool.
    case none
    /// Some tool.
    case required
    /// This tool.
    case function(String)
}

/// The form of the answer.
public enum ResponseFormat: Sendable {
    /// Free text.
    case text
    /// Some JSON object.
    case jsonObject
    /// JSON that matches a schema.
    case jsonSchema(name: String, schema: JSONFragment, strict: Bool = true)
}
