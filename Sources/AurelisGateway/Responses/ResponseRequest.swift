internal import Aurelis
internal import AurelisJSON

/// A request in the form of the Responses API, put as a chat completion.
///
///     let request = try ResponseRequest(reading: document)
///     let call = try ModelCall(reading: request.chat, operation: .chatCompletion)
///
/// What both forms have in common and what nobody here has heard of is passed on as it is written. What would need a
/// memory of earlier responses, or tools of OpenAI's own, is refused. A class, so that calls in other forms carry no
/// more than a reference.
final class ResponseRequest: Sendable {
    /// The same request as a chat completion.
    let chat: JSONDocument
    /// What the response repeats of the request.
    let echo: ResponseEcho
    /// Where in the request each message of `chat` comes from.
    private let places: [String]

    /// - Throws: what is wrong or cannot be had, and what to do.
    init(reading body: JSONDocument) throws(ModelError) {
        guard body.root.kind == .object else {
            throw .refused(400, "the request body must be a JSON object", code: "invalid_request")
        }
        try ResponseRefusals.check(body)
        var input = ResponseInput()
        try input.take(instructions: body["instructions"])
        try input.take(input: body["input"])
        let messages = input.finish()
        places = messages.map { $0.place }
        echo = ResponseEcho(of: body)
        var json = JSONWriter(capacity: body.bytes.count + 256)
        json.beginObject()
        let members = ResponseMembers(of: body)
        try members.write(before: messages.map { $0.message }, to: &json)
        json.endObject()
        do { chat = try JSONDocument(json.bytes) } catch {
            throw .refused(400, "the request cannot be put as a chat completion: \(error)", code: "invalid_request")
        }
    }

    /// Makes options fit: what begins again has no events in this protocol.
    ///
    /// - Throws: when the caller asks for that.
    func prepare(_ options: inout ModelCall.Options) throws(ModelError) {
        if options.allowsRestart == true {
            throw .unsupported(
                "x-aurelis-restart",
                "cannot be true here: the events of a response cannot begin again; leave it out, or use "
                    + "/v1/chat/completions"
            )
        }
        options.allowsRestart = false
    }

    /// An error about a message, with the place where the caller finds it.
    func located(_ error: ModelError) -> ModelError {
        let prefix = "messages["
        guard let parameter = error.parameter, error.body == nil, parameter.hasPrefix(prefix),
            let close = parameter.firstIndex(of: "]"),
            let index = Int(parameter[..<close].dropFirst(prefix.count)), places.indices.contains(index)
        else { return error }
        let rest = parameter[parameter.index(after: close)...]
        // Only a message keeps its form below its place.
        let keepsForm = places[index].hasPrefix("input[") && rest.hasPrefix(".content")
        var located = error
        located.parameter = places[index] + (keepsForm ? rest : "")
        located.message = error.message.replacing(parameter, with: located.parameter ?? "")
        return located
    }
}
