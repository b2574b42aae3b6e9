internal import Aurelis

/// The form in which a file comes: its fields, and what is to be done with the file in it.
///
///     var form = UploadForm()
///     switch try form.take(event) { case .begin: …; case .write(let bytes): …; case .none: … }
///     let description = try form.description()
struct UploadForm {
    /// What an event means for the file.
    enum Action: Equatable {
        case none
        /// The file begins.
        case begin
        case write([UInt8])
    }

    private static let maximumField = 4 << 10
    private static let anchor = "expires_after[anchor]"
    private static let seconds = "expires_after[seconds]"

    private var fields: [String: [UInt8]] = [:]
    private var fileName: String?
    private var hasFile = false
    /// The field that is arriving; nil within the file.
    private var field: String?

    mutating func take(_ event: MultipartParser.Event) throws(ModelError) -> Action {
        switch event {
        case .begin(let header): return try begin(header)
        case .end:
            field = nil
            return .none
        case .data(let bytes):
            guard let field else { return .write(bytes) }
            fields[field, default: []] += bytes
            guard fields[field, default: []].count <= Self.maximumField else {
                throw .form("the field is longer than \(Self.maximumField) bytes", parameter: field)
            }
            return .none
        }
    }

    private mutating func begin(_ header: MultipartHeader) throws(ModelError) -> Action {
        guard header.name == "file" else {
            guard fields.updateValue([], forKey: header.name) == nil else {
                throw .form("the form has the field \"\(header.name.prefix(64))\" twice", parameter: header.name)
            }
            field = header.name
            return .none
        }
        guard !hasFile else { throw .form("the form has two files; send one at a time", parameter: "file") }
        hasFile = true
        fileName = header.fileName
        return .begin
    }

    /// What the form says of the file, now that it is complete.
    func description() throws(ModelError) -> FileDescription {
        guard hasFile else { throw .form("'file' is a required property", parameter: "file") }
        guard let text = text("purpose") else { throw .form("'purpose' is a required property", parameter: "purpose") }
        guard text == StoredFile.Purpose.batch.rawValue else {
            throw .form(
                "'\(text.prefix(64))' is not a purpose that files have here; it is \"batch\"",
                parameter: "purpose"
            )
        }
        return FileDescription(name: Self.label(fileName ?? ""), purpose: .batch, lifetime: try lifetime())
    }

    private func lifetime() throws(ModelError) -> Int64? {
        guard fields.keys.contains(where: { $0.hasPrefix("expires_after") }) else { return nil }
        guard text(Self.anchor) == "created_at" else {
            throw .form("the anchor must be \"created_at\"", parameter: Self.anchor)
        }
        guard let seconds = text(Self.seconds).flatMap({ Int64($0) }), StoredFile.lifetimes.contains(seconds) else {
            throw .form("must be 3600 to 2592000 seconds", parameter: Self.seconds)
        }
        return seconds
    }

    private func text(_ name: String) -> String? { fields[name].map { String(decoding: $0, as: UTF8.self) } }

    /// The last part of what may be a path, short enough to show.
    private static func label(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let label = String(
            String.UnicodeScalarView(last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
        )
        return label.isEmpty ? "upload" : String(label.prefix(200))
    }
}

extension ModelError {
    /// Something about the form of an upload is wrong.
    fileprivate static func form(_ message: String, parameter: String) -> ModelError {
        .refused(400, message, parameter: String(parameter.prefix(64)), code: "invalid_form")
    }
}
