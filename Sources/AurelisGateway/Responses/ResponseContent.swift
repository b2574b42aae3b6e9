internal import Aurelis
internal import AurelisJSON

/// What an item of the input says: a text, or parts.
struct ResponseContent {
    private var texts: [JSONValue] = []
    private var parts: [JSONFragment] = []
    private var refusals: [JSONValue] = []
    private var firstImage: String?
    private let place: String

    /// - Parameter place: how the caller would name it.
    init(_ content: JSONValue?, at place: String) throws(ModelError) {
        self.place = place
        guard let content, !content.isNull else {
            throw .malformed(place, "is missing; send a text or a list of parts")
        }
        switch content.kind {
        case .string: texts = [content]
        case .array:
            var index = 0
            for part in content.elements {
                try take(part, at: "\(place)[\(index)]")
                index += 1
            }
        default: throw .malformed(place, "must be a text or a list of parts")
        }
    }

    private mutating func take(_ part: JSONValue, at place: String) throws(ModelError) {
        guard part.kind == .object, let type = part["type"], type.kind == .string else {
            throw .malformed(place, "must be an object with a type such as \"input_text\"")
        }
        switch type.string {
        case "input_text", "output_text":
            let text = try Self.text("text", of: part, at: place)
            texts.append(text)
            parts.append(.object([("type", "text"), ("text", .raw(text))]))
        case "refusal": refusals.append(try Self.text("refusal", of: part, at: place))
        case "input_image":
            guard let url = part["image_url"], url.kind == .string else {
                guard let file = part["file_id"], !file.isNull else {
                    throw .malformed("\(place).image_url", "must be an address or a data URL, as a string")
                }
                throw .unsupported(
                    "\(place).file_id",
                    "cannot be used: models do not see the files here; send the picture as a data URL in 'image_url'"
                )
            }
            var image: [(String, JSONFragment)] = [("url", .raw(url))]
            if let detail = part["detail"], !detail.isNull { image.append(("detail", .raw(detail))) }
            if firstImage == nil { firstImage = place }
            parts.append(.object([("type", "image_url"), ("image_url", .object(image))]))
        case "input_file":
            throw .unsupported(
                "\(place).type",
                "is \"input_file\", and models do not see the files here; send its text as \"input_text\""
            )
        default:
            throw .unsupported(
                "\(place).type",
                "is \(type.quoted); it may be \"input_text\", \"output_text\", \"input_image\" or \"refusal\""
            )
        }
    }

    private static func text(_ name: String, of part: JSONValue, at place: String) throws(ModelError) -> JSONValue {
        guard let value = part[name], value.kind == .string else {
            throw .malformed("\(place).\(name)", "must be a string")
        }
        return value
    }

    /// - Throws: when there is a picture where chat completions have no place for one.
    func forbidImages(of who: String) throws(ModelError) {
        guard let firstImage else { return }
        throw .unsupported(firstImage, "is a picture, which \(who) cannot have; send it in a message of the user's")
    }

    /// - Throws: when somebody refuses who is not the model.
    func forbidRefusals(of who: String) throws(ModelError) {
        guard !refusals.isEmpty else { return }
        throw .malformed(place, "has a refusal of \(who); only an assistant refuses")
    }

    /// As the content of a message: a plain text where it is one, because not every provider takes a list.
    var list: JSONFragment {
        if parts.count > 1 || firstImage != nil { return .array(parts) }
        return texts.first.map(JSONFragment.raw) ?? ""
    }

    /// All texts as one; nil when there is none.
    var joined: JSONFragment? { Self.joined(texts) }

    /// All refusals as one; nil when there is none.
    var refusal: JSONFragment? { Self.joined(refusals) }

    private static func joined(_ texts: [JSONValue]) -> JSONFragment? {
        guard let first = texts.first else { return nil }
        return texts.count == 1 ? .raw(first) : .string(texts.compactMap(\.string).joined())
    }
}
