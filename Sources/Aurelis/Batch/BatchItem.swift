/// One request of a batch, under a name of its own.
///
///     let items = files.map { BatchItem($0.name, ModelRequest("Summarise:\n" + $0.text)) }
public struct BatchItem: Sendable {
    /// The caller's name for the item, unique in its batch; nil where a line of input has none.
    public var customID: String?
    /// What is asked; or why nothing can be asked.
    public var call: Result<ModelCall, ModelError>

    /// An item from the library's vocabulary.
    public init(_ customID: String, _ request: ModelRequest) {
        self.customID = customID
        call = Result { () throws(ModelError) in try ModelCall(request, stream: false) }
    }

    /// An item from a call that was already read.
    public init(_ customID: String, call: ModelCall) { self.init(customID, .success(call)) }

    init(_ customID: String?, _ call: Result<ModelCall, ModelError>) {
        self.customID = customID
        self.call = call
    }
}
