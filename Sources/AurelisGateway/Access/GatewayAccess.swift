package import Aurelis

/// Whose requests the gateway answers.
package struct GatewayAccess: Sendable {
    /// The keys in effect.
    package let keys: AccessKeys
    /// Whether nobody is answered without one; otherwise whoever sends none is nobody in particular.
    package let isRequired: Bool
    /// The time by which keys expire.
    package let clock: WallClock

    /// Access by keys.
    package init(keys: AccessKeys, isRequired: Bool, clock: WallClock = .system) {
        self.keys = keys
        self.isRequired = isRequired
        self.clock = clock
    }
}

extension Endpoint {
    /// Who may come here.
    enum Audience: Equatable {
        /// Everybody: whoever watches over the process, and browsers that ask beforehand.
        case everybody
        /// Whoever has a key for that, where keys are required; nil: any key.
        case holders(of: AccessEndpoint?)
    }

    /// Who may come here. Without a default: whoever adds an endpoint decides.
    var audience: Audience {
        switch self {
        case .live, .ready, .openAPI, .options: .everybody
        case .call(.chatCompletion), .createResponse: .holders(of: .chat)
        case .call(.embedding): .holders(of: .embeddings)
        case .models, .model, .catalog: .holders(of: .models)
        case .stored(let request): .holders(of: request.part)
        case .methodNotAllowed, .notFound: .holders(of: nil)
        }
    }
}

extension GatewayAccess {
    /// Whom a request is from.
    ///
    /// - Returns: what their key grants; nil: nobody in particular.
    /// - Throws: why they may not.
    func admit(
        _ credential: RequestCredential,
        to endpoint: Endpoint,
        _ reader: inout AccessKeys.Reader
    ) throws(AccessRefusal) -> AccessGrant? {
        guard case .holders(let part) = endpoint.audience else { return nil }
        guard let key = credential.key else {
            guard isRequired else { return nil }
            throw .missing(.gateway, sentOther: credential.isForeign)
        }
        let token: AccessKeyToken
        do { token = try AccessKeyToken(parsing: key.value, from: key.start) } catch { throw .malformed(error) }
        switch reader.authenticate(token, as: .gateway, by: keys, at: clock.millisecondsSinceEpoch) {
        case .refused(let refusal): throw refusal
        case .granted(let grant):
            if let part, !grant.scope.allows(part) {
                throw .endpoint(part, key: grant.id, allowed: grant.scope.endpoints ?? [])
            }
            return grant
        }
    }
}
