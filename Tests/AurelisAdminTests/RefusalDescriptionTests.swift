import AurelisJSON
import AurelisServing
import NIOCore
import NIOHTTP1
import Testing

@testable import AurelisAdmin

@Suite("What the control plane's document says of requests that are none")
struct RefusalDescriptionTests {
    private static let schema = "#/components/schemas/Error"

    private static func intake() -> RequestIntake { RequestIntake(maximumBody: 8, maximumTarget: 64) }

    private static func head(_ fields: HTTPHeaders, target: String = "/health") -> HTTPServerRequestPart {
        .head(HTTPRequestHead(version: .http1_1, method: .POST, uri: target, headers: fields))
    }

    /// Whatever a connection can be refused with, from all who refuse: the decoder, the intake by what comes and by what does not, and
    /// the count of connections.
    private static func failures() -> [ProtocolFailure] {
        let decoder: [HTTPParserError] = [
            .invalidCharactersUsed, .trailingGarbage, .headerOverflow, .invalidVersion, .invalidMethod, .invalidURL,
            .invalidHeaderToken, .invalidContentLength, .unexpectedContentLength, .invalidChunkSize, .unknown,
        ]
        let heads = [
            head([:]), head(["host": "a", "Host": "b"]), head(["host": "a", "content-length": "-1"]),
            head(["host": "a", "content-length": "9"]), head(["host": "a", "expect": "miracles"]),
            head(["host": "a", "transfer-encoding": "gzip"]),
            head(["host": "a"], target: "/" + String(repeating: "x", count: 64)),
        ]
        var actions = heads.map { part in
            var intake = intake()
            return intake.receive(part)
        }
        var dripped = intake()
        dripped.headStarted()
        actions.append(dripped.timedOut())
        var unfinished = intake()
        _ = unfinished.receive(head(["host": "a", "content-length": "2"]))
        actions.append(unfinished.timedOut())
        var swollen = intake()
        _ = swollen.receive(head(["host": "a", "transfer-encoding": "chunked"]))
        actions.append(swollen.receive(.body(ByteBuffer(repeating: 0, count: 9))))
        let refused = actions.map { action -> ProtocolFailure? in
            if case .refuse(let failure) = action { failure } else { nil }
        }
        #expect(!refused.contains(nil))
        return decoder.compactMap(ProtocolFailure.init(decoding:)) + refused.compactMap(\.self) + [.tooManyConnections]
    }

    /// What a reference leads to.
    private func resolved(_ value: JSONValue, in document: JSONDocument) throws -> JSONValue {
        guard let path = value["$ref"]?.string else { return value }
        var found = document.root
        for part in path.split(separator: "/").dropFirst() { found = try #require(found[String(part)]) }
        return found
    }

    @Test("all that they are refused with is described for every operation, in the shape that it has")
    func complete() throws {
        let document = try JSONDocument(PackageResources.openapi_json)
        let failures = Self.failures()
        #expect(Set(failures.map(\.status)) == [400, 408, 413, 414, 417, 431, 501, 503, 505])
        var described = 0
        for (path, methods) in document["paths"]?.members ?? .empty {
            for (method, operation) in methods.members where method != "parameters" {
                for failure in failures {
                    let place = "\(method) \(path): \(failure.status) \(failure.code)"
                    let answer = try #require(operation["responses"]?["\(failure.status)"], "\(place)")
                    let response = try resolved(answer, in: document)
                    // An answer to HEAD has nothing of a body to be described.
                    guard method != "head" else { continue }
                    let schema = try #require(response["content"]?["application/json"]?["schema"], "\(place)")
                    let shapes = [schema] + Array(schema["anyOf"]?.elements ?? .empty)
                    #expect(shapes.contains { $0["$ref"]?.string == Self.schema }, "\(place)")
                    guard answer["$ref"] != nil else { continue }
                    #expect(response["description"]?.string?.contains("`\(failure.code)`") == true, "\(place)")
                    described += 1
                }
            }
        }
        #expect(described > 20 * failures.count)
    }
}
