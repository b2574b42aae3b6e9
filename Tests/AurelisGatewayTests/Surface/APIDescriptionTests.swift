import Aurelis
import AurelisJSON
import NIOHTTP1
import Testing

@testable import AurelisGateway

@Suite("The gateway's document")
struct APIDescriptionTests {
    private func operations() throws -> [(method: HTTPMethod, path: String)] {
        let document = try JSONDocument(APIDescription.document)
        var operations: [(HTTPMethod, String)] = []
        for (path, methods) in document["paths"]?.members ?? .empty {
            for (method, _) in methods.members where method != "parameters" {
                operations.append((HTTPMethod(rawValue: method.uppercased()), path))
            }
        }
        return operations
    }

    /// A path as a client would send it.
    private func target(_ path: String) -> String {
        ["{model}", "{file_id}", "{batch_id}", "{org}"].reduce(path) { $0.replacing($1, with: "x") }
    }

    /// What is described for an endpoint. Without a default: whoever adds an endpoint describes it.
    private func description(of endpoint: Endpoint) -> String? {
        switch endpoint {
        case .call(.chatCompletion): "/v1/chat/completions"
        case .call(.embedding): "/v1/embeddings"
        case .createResponse: "/v1/responses"
        case .models: "/v1/models"
        case .model: "/v1/models/{model}"
        case .catalog: "/catalog/models"
        case .live: "/health/live"
        case .ready: "/health/ready"
        case .openAPI: "/openapi.json"
        case .stored(.uploadFile), .stored(.listFiles): "/v1/files"
        case .stored(.file), .stored(.deleteFile): "/v1/files/{file_id}"
        case .stored(.content): "/v1/files/{file_id}/content"
        case .stored(.createBatch), .stored(.listBatches): "/v1/batches"
        case .stored(.batch): "/v1/batches/{batch_id}"
        case .stored(.cancelBatch): "/v1/batches/{batch_id}/cancel"
        case .options, .methodNotAllowed, .notFound: nil
        }
    }

    private static let endpoints: [Endpoint] = [
        .call(.chatCompletion), .call(.embedding), .createResponse, .models, .model("x"), .catalog, .live, .ready,
        .openAPI,
        .stored(.uploadFile), .stored(.listFiles), .stored(.file("x")), .stored(.deleteFile("x")),
        .stored(.content(of: "x")), .stored(.createBatch), .stored(.listBatches), .stored(.batch("x")),
        .stored(.cancelBatch("x")),
    ]

    @Test("every operation that is described is one that the gateway has")
    func kept() throws {
        for (method, path) in try operations() {
            let endpoint = Endpoint(method: method, target: target(path))
            #expect(description(of: endpoint) != nil, "\(method) \(path)")
        }
    }

    @Test("every endpoint that the gateway has is described, with all of its methods")
    func complete() throws {
        let operations = try self.operations()
        for endpoint in Self.endpoints {
            let path = try #require(description(of: endpoint))
            #expect(
                operations.contains {
                    $0.path == path && Endpoint(method: $0.method, target: target(path)) == endpoint
                },
                "\(endpoint)"
            )
        }
        for path in Set(operations.map(\.path)) {
            guard case .options(let allow) = Endpoint(method: .OPTIONS, target: target(path)) else {
                Issue.record("\(path) has no methods")
                continue
            }
            // What allows GET allows HEAD, and everything OPTIONS: the document says so once.
            let allowed = Set(allow.split(separator: ",").map { String($0.trimming(" ")) }).subtracting([
                "HEAD", "OPTIONS",
            ])
            #expect(allowed == Set(operations.filter { $0.path == path }.map(\.method.rawValue)), "\(path)")
        }
    }

    @Test("every path that the message of a 404 names is described, and every alias too")
    func named() throws {
        let paths = Set(try operations().map(\.path))
        let named = Endpoint.paths.split(separator: ",").map { entry in
            String(entry.trimming(" ").split(separator: " ").last ?? "").replacing("{id}", with: "{model}")
        }
        #expect(!named.isEmpty && Set(named).subtracting(paths).isEmpty)
        #expect(paths.contains("/orgs/{org}/inference/chat/completions"))
        #expect(paths.contains("/orgs/{org}/inference/embeddings"))
    }
}
