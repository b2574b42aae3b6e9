import Aurelis
import AurelisApp
import AurelisJSON
import AurelisStorage
import AurelisTransport
import Foundation
import Testing

@Suite("The control plane: keys")
struct KeyRoutesTests {
    @Test("a key that is made is shown once, is good at once, and grants what was asked for")
    func life() async throws {
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let admin = try keyed.create("ops", .admin)
            let body =
                #"{"name":"CI runner","scope":{"models":["gpt-4o-mini"],"endpoints":["chat"]},"limits":{"concurrent":2}}"#
            let made = try await keyed.post("/admin/keys", admin, body: body)
            #expect(made.status == 201 && made.headers["location"] == "/admin/keys/ci-runner")
            #expect(made.headers["cache-control"] == "no-store")
            let key = try #require(made.document?["key"]?.string)
            #expect(made.document?["name"]?.string == "CI runner" && made.document?["usable"]?.bool == true)
            #expect(try await keyed.ask(key).status == 200)
            #expect(try await keyed.ask(key, model: "gpt-4o").code == "model_not_allowed")
            let shown = try await keyed.admin("/admin/keys/ci-runner", admin)
            #expect(shown.document?["limits"]?["concurrent"]?.int == 2)
            let list = try await keyed.admin("/admin/keys", admin)
            #expect(list.document?["keys"]?.elements.compactMap { $0["id"]?.string } == ["ops", "ci-runner"])
            for answer in [shown, list] { #expect(!answer.body.contains(key.suffix(40))) }

            let rotated = try await keyed.post("/admin/keys/ci-runner/rotate", admin, body: #"{"grace_seconds":3600}"#)
            let next = try #require(rotated.document?["key"]?.string)
            #expect(rotated.document?["old_good_until"] != nil)
            for good in [key, next] { #expect(try await keyed.ask(good).status == 200) }
            let last = try await keyed.post("/admin/keys/CI%20runner/rotate", admin).document?["key"]?.string
            for gone in [key, next] { #expect(try await keyed.ask(gone).status == 401) }

            let revoked = try await keyed.post("/admin/keys/ci-runner/revoke", admin)
            #expect(revoked.status == 200 && revoked.document?["revoked"] != nil)
            #expect(try await keyed.ask(last).code == "revoked_api_key")
            #expect(try await keyed.admin("/admin/keys", admin).document?["keys"]?.count == 1)
            #expect(try await keyed.admin("/admin/keys?all=true", admin).document?["keys"]?.count == 2)
            #expect(try await keyed.post("/admin/keys/ci-runner/rotate", admin).code == "key_not_usable")
        }
    }

    @Test("without an admin key nobody changes keys, also where nobody needs one to look")
    func strangers() async throws {
        try await KeyedApp.run { keyed async throws in
            let gateway = try keyed.create("ci")
            #expect(try await keyed.admin("/admin/keys").status == 200)
            for key in [nil, gateway, "unused"] {
                let made = try await keyed.post("/admin/keys", key, body: #"{"name":"mine"}"#)
                #expect(made.status == 403 && made.code == "admin_key_needed")
                #expect(made.message.contains("aurelis keys create NAME --admin"))
                for change in ["rotate", "revoke"] {
                    #expect(try await keyed.post("/admin/keys/ci/\(change)", key).status == 403)
                }
            }
            #expect(try keyed.file.read().keys.count == 1)
            #expect(try await keyed.ask(gateway).status == 200)
            // Once there is one, nothing of the control plane is open any more.
            let admin = try keyed.create("ops", .admin)
            #expect(try await keyed.post("/admin/keys", body: #"{"name":"mine"}"#).code == "missing_api_key")
            #expect(try await keyed.post("/admin/keys", gateway, body: #"{"name":"mine"}"#).code == "wrong_kind_of_key")
            #expect(try await keyed.post("/admin/keys", admin, body: #"{"name":"mine"}"#).status == 201)
        }
    }

    @Test("whoever steers cannot lock everybody out, themselves included")
    func last() async throws {
        try await KeyedApp.run { keyed async throws in
            let admin = try keyed.create("ops", .admin)
            #expect(try await keyed.post("/admin/keys/ops/revoke", admin).code == "last_admin_key")
            let second = try await keyed.post("/admin/keys", admin, body: #"{"name":"ops 2","kind":"admin"}"#)
            let key = try #require(second.document?["key"]?.string)
            #expect(key.hasPrefix("aurelisadmin_"))
            #expect(try await keyed.post("/admin/keys/ops/revoke", key).status == 200)
            #expect(try await keyed.admin("/admin/quota", admin).status == 401)
            #expect(try await keyed.admin("/admin/quota", key).status == 200)
        }
    }

    static let wrongs: [(String, String, Int, String)] = [
        ("", "", 400, "'name' is missing"), ("", "[]", 400, "must be a JSON object"), ("", "{", 400, "not valid JSON"),
        ("", #"{"name":"a","name":"b"}"#, 400, "JSON"), ("", #"{"name":7}"#, 400, "must be a string"),
        ("", #"{"name":""}"#, 400, "1 to 64 characters"),
        ("", #"{"name":"a","budget":1}"#, 400, "'budget' is not known"),
        ("", #"{"name":"a","kind":"root"}"#, 400, "gateway or admin"),
        ("", #"{"name":"a","kind":"admin","limits":{"concurrent":1}}"#, 400, "only expires_in_seconds"),
        ("", #"{"name":"a","scope":{"models":[]}}"#, 400, "'scope.models'"),
        ("", #"{"name":"a","scope":{"models":["g*t"]}}"#, 400, "'scope.models'"),
        ("", #"{"name":"a","scope":{"tasks":["dance"]}}"#, 400, "codeReview"),
        ("", #"{"name":"a","scope":{"tools":["x"]}}"#, 400, "'scope.tools' is not known"),
        ("", #"{"name":"a","scope":7}"#, 400, "must be an object"),
        ("", #"{"name":"a","limits":{"concurrent":0}}"#, 400, "from 1 to"),
        ("", #"{"name":"a","limits":{"concurrent":1.5}}"#, 400, "whole number"),
        ("", #"{"name":"a","expires_in_seconds":0}"#, 400, "from 1 to 316224000"),
        ("", #"{"name":"ops"}"#, 409, "already a key"), ("?x=1", #"{"name":"a"}"#, 400, "'x' is no parameter"),
        ("/nobody/rotate", "", 404, "no key \"nobody\""), ("/ops/rotate", #"{"grace":1}"#, 400, "'grace' is not known"),
        ("/ops/revoke", #"{"now":true}"#, 400, "nothing is known here"), ("/nobody/revoke", "", 404, "no key"),
    ]

    @Test("what cannot be done says why, and does nothing", arguments: Self.wrongs)
    func mistaken(path: String, body: String, status: Int, words: String) async throws {
        try await KeyedApp.run { keyed async throws in
            let admin = try keyed.create("ops", .admin)
            let before = try keyed.file.read()
            let answer = try await keyed.post("/admin/keys" + path, admin, body: body)
            #expect(answer.status == status)
            #expect(answer.message.contains(words), "\(answer.body)")
            #expect(answer.code?.isEmpty == false)
            #expect(try keyed.file.read() == before)
        }
    }

    @Test("a key in the place of a name is not repeated to whoever reads answers and logs")
    func secrets() async throws {
        try await KeyedApp.run { keyed async throws in
            let admin = try keyed.create("ops", .admin)
            let secret = admin.suffix(40)
            let made = try await keyed.post("/admin/keys", admin, body: #"{"name":"\#(admin)"}"#)
            let shown = try await keyed.admin("/admin/keys/\(admin)", admin)
            #expect(made.status == 400 && shown.status == 400 && shown.code == "secret_in_path")
            for answer in [made, shown] { #expect(!answer.body.contains(secret)) }
        }
    }

    @Test("a body that is no JSON, or a large one, is refused")
    func bodies() async throws {
        try await KeyedApp.run { keyed async throws in
            let admin = try keyed.create("ops", .admin)
            let large = #"{"name":"\#(String(repeating: "a", count: 70_000))"}"#
            #expect(try await keyed.post("/admin/keys", admin, body: large).status == 413)
            let headers = [("authorization", "Bearer \(admin)"), ("content-type", "text/plain")]
            let address = keyed.app.addresses.admin
            let request =
                "POST /admin/keys HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n"
                + headers.map { "\($0): \($1)\r\n" }.joined() + "\r\n{}"
            #expect(try await keyed.app.exchange(request, with: address).hasPrefix("HTTP/1.1 415 "))
        }
    }

    @Test("every change, and every attempt, stands in the audit log; no key does")
    func audit() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let texts = Box<[String]>()
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        overrides.dataDirectory = path
        let file = AccessKeyFile(directory: path)
        try await RunningApp.run(overrides) { app async throws in
            func post(_ target: String, _ key: String?, _ body: String = "") async throws -> String {
                let headers = key.map { [("authorization", "Bearer \($0)")] } ?? []
                return try await app.send("POST", target, to: app.addresses.admin, body: body, headers: headers).body
            }
            _ = try await post("/admin/keys", nil, #"{"name":"early"}"#)
            let admin = try file.create("ops", .admin)
            app.refreshKeys()
            let made = try await post("/admin/keys", admin, #"{"name":"ci"}"#)
            _ = try await post("/admin/keys/ci/rotate", admin)
            _ = try await post("/admin/keys/ci/revoke", admin)
            _ = try await post("/admin/keys/ops/revoke", admin)
            texts.value = [admin, try JSONDocument(Array(made.utf8))["key"]?.string ?? "-"]
        }
        let entries = try FileManager.default.contentsOfDirectory(atPath: path + "/audit")
            .filter { $0.hasSuffix(".jsonl") && $0.hasPrefix("audit-") }
            .map { try String(contentsOfFile: "\(path)/audit/\($0)", encoding: .utf8) }.joined()
        let events = try entries.split(separator: "\n").map { try JSONDocument(String($0)) }
            .filter { $0["event"]?.string == "auth_event" }
        let told = events.map { [$0["outcome"], $0["key"], $0["reason"]].map { $0?.string ?? "-" } }
        #expect(
            told == [
                ["refused", "-", "admin_key_needed"], ["accepted", "ops", "key_created: ci"],
                ["accepted", "ops", "key_rotated: ci"], ["accepted", "ops", "key_revoked: ci"],
                ["refused", "ops", "last_admin_key: ops"],
            ]
        )
        for text in try #require(texts.value) { #expect(!entries.contains(text.suffix(40))) }
    }
}
