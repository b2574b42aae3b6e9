internal import Aurelis
internal import AurelisJSON
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// The keys of clients and operators: listed, shown, made, rotated, revoked.
///
/// Looking is as free as everything else here. Changing takes an admin key, also on loopback while there is none: whoever
/// reaches a port of this machine may be another of its users, to whom the file of keys is closed.
struct KeyRoutes {
    let desk: any KeyDesk
    let access: AdminAccess?

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("keys") { [desk] request, _ in
            let parameters = try QueryParameters(request, knowing: ["all"])
            let all = try parameters.flag("all") ?? false
            let now = desk.now
            let keys = try await told { () throws(KeyDeskError) in try await desk.book() }.keys
                .filter { all || $0.isUsable(at: now) }
            var json = JSONWriter()
            json.beginObject()
            json.key("keys")
            json.beginArray()
            for key in keys {
                json.beginObject()
                key.writeMembers(to: &json, at: now)
                json.endObject()
            }
            json.endArray()
            json.endObject()
            return Response(json: json)
        }
        router.get("keys/{key}") { [desk] request, context in
            try QueryParameters.none(in: request)
            let name = try KeyName.of(context)
            let book = try await told { () throws(KeyDeskError) in try await desk.book() }
            guard let key = book[name] else { throw AdminFailure(.unknown(name, [])) }
            return answer(KeyChange(key))
        }
        router.post("keys") { request, _ in try await create(request) }
        router.post("keys/{key}/rotate") { request, context in
            let name = try KeyName.of(context)
            return try await change("key_rotated", of: name, request) { body in
                let grace = try body.rotation()
                return { (book, now) throws(AccessKeyError) in
                    var random = SystemRandomNumberGenerator()
                    let (key, text) = try book.rotate(name, grace: grace, at: now, using: &random)
                    return KeyChange(key, text: text)
                }
            }
        }
        router.post("keys/{key}/revoke") { request, context in
            let name = try KeyName.of(context)
            return try await change("key_revoked", of: name, request) { body in
                try body.nothing()
                return { (book, now) throws(AccessKeyError) in
                    let isLast = book[name].map { book.isLastAdminKey($0, at: now) } ?? false
                    guard !isLast else { throw .lastAdminKey(name) }
                    return KeyChange(try book.revoke(name, at: now))
                }
            }
        }
    }

    private func create(_ request: Request) async throws -> Response {
        try await change("key_created", of: nil, request, status: .created) { body in
            let draft = try body.draft()
            return { (book, now) throws(AccessKeyError) in
                var random = SystemRandomNumberGenerator()
                let (key, text) = try book.create(draft, at: now, using: &random)
                return KeyChange(key, text: text)
            }
        }
    }

    private typealias Change = @Sendable (inout AccessKeyBook, Int64) throws(AccessKeyError) -> KeyChange

    /// Does what a request asks for, if its sender may.
    private func change(
        _ what: String,
        of name: String?,
        _ request: Request,
        status: HTTPResponse.Status = .ok,
        _ reading: (KeyRequest) throws -> Change
    ) async throws -> Response {
        try QueryParameters.none(in: request)
        guard let holder = access?.holder(of: request.headers[.authorization]) else {
            desk.note(KeyAct(what: "admin_key_needed", key: name, by: nil, isDone: false))
            throw AdminFailure(
                .forbidden,
                code: "admin_key_needed",
                "keys are changed over HTTP with an admin key only; `aurelis keys create NAME --admin` makes one"
            )
        }
        let change = try reading(KeyRequest(try await JSONBody.object(of: request)))
        do throws(KeyDeskError) {
            let changed = try await desk.update(change)
            desk.note(KeyAct(what: what, key: changed.key.id, by: holder, isDone: true))
            var response = answer(changed, status)
            if status == .created { response.headers[.location] = "/admin/keys/\(changed.key.id)" }
            return response
        } catch {
            let failure = AdminFailure(error)
            desk.note(KeyAct(what: failure.code, key: name, by: holder, isDone: false))
            throw failure
        }
    }

    private func told<Value>(_ body: () async throws(KeyDeskError) -> Value) async throws -> Value {
        do throws(KeyDeskError) { return try await body() } catch { throw AdminFailure(error) }
    }

    private func answer(_ change: KeyChange, _ status: HTTPResponse.Status = .ok) -> Response {
        var json = JSONWriter()
        json.beginObject()
        if let text = change.text { json.field("key", text) }
        change.key.writeMembers(to: &json, at: desk.now)
        json.endObject()
        return Response(status: status, json: json)
    }
}

/// Which key a path means.
private enum KeyName {
    /// The public name, or what a person calls the key; never the key itself, which does not belong into a path.
    static func of(_ context: BasicRequestContext) throws -> String {
        // Hummingbird hands a part of a path on as it was sent.
        let text = try context.parameters.require("key")
        guard let name = text.removingPercentEncoding else {
            throw AdminFailure.body("the key's name in the path has a broken escape", parameter: "key")
        }
        guard AccessKeyToken.kind(of: name) == nil else {
            throw AdminFailure(
                .badRequest,
                code: "secret_in_path",
                "this is a key, which whoever logs paths now has: rotate it, and name it by its public name"
            )
        }
        return name
    }
}

extension AdminFailure {
    fileprivate init(_ error: KeyDeskError) {
        switch error {
        case .refused(let error): self.init(error)
        case .unavailable(let reason):
            self.init(.serviceUnavailable, code: "keys_unavailable", "the keys cannot be used now: \(reason)")
        case .unknown:
            self.init(
                .serviceUnavailable,
                code: "outcome_unknown",
                "the disk took too long, and the change may still come into effect: look at the keys before you try again"
            )
        }
    }

    fileprivate init(_ error: AccessKeyError) {
        switch error {
        // Who else there is, is for those who may list.
        case .unknown(let name, _): self.init(.notFound, code: "unknown_key", "there is no key \"\(name.prefix(64))\"")
        case .nameTaken: self.init(.conflict, code: "name_taken", "\(error)", parameter: "name")
        case .notUsable: self.init(.conflict, code: "key_not_usable", "\(error)")
        case .tooMany: self.init(.conflict, code: "too_many_keys", "\(error)")
        case .lastAdminKey: self.init(.conflict, code: "last_admin_key", "\(error)")
        }
    }
}
