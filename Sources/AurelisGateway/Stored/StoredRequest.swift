internal import Aurelis
internal import NIOHTTP1

/// What of files and batches a request asks for. Names are as they stand in the path: what is none is simply not found.
enum StoredRequest: Equatable {
    /// `POST /v1/files`.
    case uploadFile
    /// `GET /v1/files`.
    case listFiles
    /// `GET /v1/files/{id}`.
    case file(String)
    /// `GET /v1/files/{id}/content`.
    case content(of: String)
    /// `DELETE /v1/files/{id}`.
    case deleteFile(String)
    /// `POST /v1/batches`.
    case createBatch
    /// `GET /v1/batches`.
    case listBatches
    /// `GET /v1/batches/{id}`.
    case batch(String)
    /// `POST /v1/batches/{id}/cancel`.
    case cancelBatch(String)
}

extension StoredRequest {
    /// The part of the gateway that a key must be for.
    var part: AccessEndpoint {
        switch self {
        case .uploadFile, .listFiles, .file, .content, .deleteFile: .files
        case .createBatch, .listBatches, .batch, .cancelBatch: .batches
        }
    }
}

/// A path below which files and batches are.
enum StoredResource {
    case files
    case file(String)
    case content(of: String)
    case batches
    case batch(String)
    case cancellation(of: String)

    init?(_ path: String) {
        // Nothing is decoded: names need no escape, and what has one is no name.
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.count >= 2, parts.count <= 4, parts[0] == "v1", parts.count == 2 || !parts[2].isEmpty else {
            return nil
        }
        switch (parts[1], parts.count) {
        case ("files", 2): self = .files
        case ("files", 3): self = .file(parts[2])
        case ("files", 4) where parts[3] == "content": self = .content(of: parts[2])
        case ("batches", 2): self = .batches
        case ("batches", 3): self = .batch(parts[2])
        case ("batches", 4) where parts[3] == "cancel": self = .cancellation(of: parts[2])
        default: return nil
        }
    }

    /// What a method does with it.
    func request(_ method: HTTPMethod) -> StoredRequest? {
        switch (method, self) {
        case (.POST, .files): .uploadFile
        case (.GET, .files), (.HEAD, .files): .listFiles
        case (.GET, .file(let id)), (.HEAD, .file(let id)): .file(id)
        case (.DELETE, .file(let id)): .deleteFile(id)
        case (.GET, .content(let id)): .content(of: id)
        case (.POST, .batches): .createBatch
        case (.GET, .batches), (.HEAD, .batches): .listBatches
        case (.GET, .batch(let id)), (.HEAD, .batch(let id)): .batch(id)
        case (.POST, .cancellation(let id)): .cancelBatch(id)
        default: nil
        }
    }

    /// The methods there are for it.
    var allow: String {
        switch self {
        case .files, .batches: "GET, HEAD, POST, OPTIONS"
        case .file: "GET, HEAD, DELETE, OPTIONS"
        case .batch: "GET, HEAD, OPTIONS"
        case .content: "GET, OPTIONS"
        case .cancellation: "POST, OPTIONS"
        }
    }
}

extension Endpoint {
    /// The endpoint of a method and a path that no model is behind.
    init(method: HTTPMethod, storedAt path: String) {
        guard let resource = StoredResource(path) else {
            self = .notFound(path: path)
            return
        }
        if let request = resource.request(method) {
            self = .stored(request)
        } else {
            self = method == .OPTIONS ? .options(allow: resource.allow) : .methodNotAllowed(allow: resource.allow)
        }
    }

    /// Whether what is answered depends on the fields of the request.
    var needsHead: Bool {
        switch self {
        case .call, .createResponse, .stored: true
        default: false
        }
    }

    /// Whether the body is passed on as it comes, and never held.
    var streamsBody: Bool { self == .stored(.uploadFile) }
}
