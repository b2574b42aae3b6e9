import AurelisJSON
import Testing

@testable import AurelisSimulator

@Suite("Endpoints")
struct EndpointTests {
    @Test(
        "chat is served on every path that clients use",
        arguments: [
            ("/inference/chat/completions", "openai/gpt-4o"),
            ("/inference/chat/completions?api-version=2024-05-01-preview", "openai/gpt-4o"),
            ("/orgs/acme/inference/chat/completions", "openai/gpt-4o"), ("/chat/completions", "gpt-4o"),
            ("/chat/completions?api-version=x", "GPT-4o"), ("/v1/chat/completions", "gpt-4o"),
            ("/v1/chat/completions", "openai/gpt-4o"),
        ]
    )
    func chat(path: String, model: String) async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await exchange(address, "POST", path, Sample.chat(model))
            #expect(response.status == 200)
            #expect(response.headers["content-type"]?.hasPrefix("application/json") == true)
            #expect(response.headers["x-request-id"]?.count == 36)
            #expect(response.headers["x-ratelimit-limit-requests"] == "20000")
            #expect(try response.json["model"]?.string == "gpt-4o-2024-11-20")
        }
    }

    @Test("only OpenAI's models show the numbers of their deployment")
    func deploymentHeaders() async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await exchange(address, "POST", "/v1/chat/completions", Sample.chat("mistral-nemo"))
            #expect(response.status == 200)
            #expect(response.headers["x-ratelimit-limit-requests"] == nil)
        }
    }

    @Test(
        "embeddings are served on every path",
        arguments: [
            ("/inference/embeddings", "openai/text-embedding-3-small"), ("/embeddings", "text-embedding-3-small"),
            ("/v1/embeddings", "text-embedding-3-small"),
            ("/orgs/a/inference/embeddings", "openai/text-embedding-3-small"),
        ]
    )
    func embeddings(path: String, model: String) async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await exchange(address, "POST", path, #"{"model":"\#(model)","input":"x"}"#)
            #expect(response.status == 200)
            #expect(try response.json["data"]?[0]?["embedding"]?.count == 1_536)
        }
    }

    @Test("the catalog is a bare array with all its fields")
    func catalog() async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await exchange(address, "GET", "/catalog/models")
            let entries = try response.json.root.elements.map { $0 }
            #expect(entries.count == ModelCatalog.portfolio.count)
            for entry in entries {
                #expect(
                    entry.members.map(\.key) == [
                        "id", "name", "publisher", "registry", "summary", "html_url", "version", "capabilities",
                        "limits",
                        "rate_limit_tier", "supported_input_modalities", "supported_output_modalities", "tags",
                    ]
                )
            }
            let codestral = try #require(entries.first { $0["id"]?.string == "mistral-ai/codestral-2501" })
            #expect(codestral["limits"]?["max_input_tokens"]?.int == 256_000)
            #expect(codestral["rate_limit_tier"]?.string == "low")
        }
    }

    @Test("the other two lists have their own forms")
    func lists() async throws {
        try await withSimulator(unlimited()) { _, address in
            let legacy = try await exchange(address, "GET", "/models").json
            let names = legacy.root.elements.compactMap { $0["name"]?.string }
            #expect(names.contains("Meta-Llama-3.1-405B-Instruct"))
            #expect(!legacy.description.contains("gpt-5"))
            let openAI = try await exchange(address, "GET", "/v1/models").json
            #expect(openAI["object"]?.string == "list")
            #expect(openAI["data"]?[0]?["owned_by"]?.string == "mistral-ai")
        }
    }

    @Test("a HEAD has the headers of the GET and no body")
    func head() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                try await connection.send(Sample.request("HEAD", "/catalog/models"))
                let head = try await connection.response(headOnly: true)
                try await connection.send(Sample.request("GET", "/catalog/models"))
                let get = try await connection.response()
                #expect(head.status == 200)
                #expect(head.headers["content-length"] == String(get.body.count))
            }
        }
    }

    @Test(
        "what is not there is not found, and a wrong method is told which are right",
        arguments: [
            ("GET", "/nothing", 404, nil), ("POST", "/orgs//inference/embeddings", 404, nil),
            ("GET", "/inference/info", 404, nil), ("GET", "/_simulator/nothing", 404, nil),
            ("GET", "/inference/chat/completions", 405, "POST"), ("DELETE", "/models", 405, "GET, HEAD"),
            ("PATCH", "/_simulator/requests", 405, "GET, HEAD, DELETE"),
        ]
    )
    func missing(method: String, path: String, status: Int, allow: String?) async throws {
        try await withSimulator(unlimited()) { _, address in
            let response = try await exchange(address, method, path)
            #expect(response.status == status)
            #expect(response.headers["allow"] == allow)
            #expect(try response.json["error"]?["message"]?.string != nil)
        }
    }

    @Test(
        "credentials come before everything else",
        arguments: [nil, "ghr_" + String(repeating: "a", count: 76), "nonsense"]
    )
    func unauthorized(token: String?) async throws {
        try await withSimulator(unlimited()) { _, address in
            for (method, path, body) in [
                ("POST", "/inference/chat/completions", "{"), ("GET", "/catalog/models", ""), ("GET", "/models", ""),
            ] {
                let response = try await exchange(address, method, path, body, token: token)
                #expect(response.status == 401)
                #expect(
                    response.text
                        == #"{"error":{"code":"unauthorized","message":"Bad credentials","details":"Bad credentials"}}"#
                )
            }
        }
    }

    @Test("tokens without permission or budget get the platform's own words")
    func permissions() async throws {
        try await withSimulator(unlimited()) { _, address in
            let models = "ghp_NOMODELS" + String(repeating: "a", count: 28)
            let denied = try await ask(address, token: models)
            #expect(denied.status == 401)
            #expect(denied.text.contains("The `models` permission is required to access this endpoint"))
            let budget = "ghp_NOBUDGET" + String(repeating: "a", count: 28)
            let spent = try await ask(address, token: budget)
            #expect(spent.status == 403)
            #expect(
                spent.text
                    == #"{"error":{"message":"Unable to proceed with model usage. This account has reached its budget limit."}}"#
            )
            #expect(try await exchange(address, "GET", "/models", token: budget).status == 200)
        }
    }

    @Test("after the platform's last day everything is 410, and the control surface goes on")
    func retired() async throws {
        try await withSimulator(unlimited { $0.faults = .named("retired") ?? .none }) { _, address in
            for (method, path, body) in [
                ("POST", "/inference/chat/completions", Sample.chat()), ("GET", "/catalog/models", ""),
                ("GET", "/models", ""),
            ] {
                let response = try await exchange(address, method, path, body)
                #expect(response.status == 410)
                #expect(
                    response.text
                        == #"{"error":{"code":"github_models_retirement_brownout","message":"GitHub Models is temporarily unavailable as part of a scheduled retirement brownout."}}"#
                )
            }
            #expect(try await exchange(address, "GET", "/_simulator/health", token: nil).status == 200)
        }
    }
}
