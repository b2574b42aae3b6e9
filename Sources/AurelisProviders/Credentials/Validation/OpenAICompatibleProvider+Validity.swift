internal import Aurelis
internal import AurelisTransport

extension OpenAICompatibleProvider {
    /// Whether the provider takes a credential: asks for its list of models, which costs nothing. The answer is kept for
    /// ten minutes, or until the provider refuses the credential.
    ///
    /// Some servers give that list to anybody. So where it is given, it is asked for without a credential as well: only
    /// when that is refused is the credential known to be valid.
    package func validity(of credential: Credential) async -> CredentialValidity {
        if let known = validities.validity(of: credential.secret) { return known }
        let validity = await check(credential)
        // Whoever went away has learnt nothing.
        if !Task.isCancelled { validities.note(validity, of: credential.secret) }
        return validity
    }

    private func check(_ credential: Credential) async -> CredentialValidity {
        if let outage { return .unverifiable(outage.message) }
        switch await listing(credential) {
        case .refused(let error) where error.category == .authentication: return .invalid(error.message)
        case .refused(let error) where error.category == .permission: return .limited(error.message)
        case .refused(let error): return .unverifiable(error.message)
        case .given: break
        }
        switch await listing(nil) {
        case .refused(let error) where error.category == .authentication || error.category == .permission:
            return .valid
        case .refused(let error):
            return .unverifiable("the list of models was given, but to whom else cannot be told: \(error.message)")
        case .given:
            return .unverifiable("\(endpoint.origin) gives its list of models to anybody; only a real request tells")
        }
    }

    private enum Listing {
        case given
        case refused(ModelError)
    }

    private func listing(_ credential: Credential?) async -> Listing {
        var timeouts = settings.timeouts
        timeouts.connect = min(timeouts.connect, .seconds(5))
        timeouts.firstByte = min(timeouts.firstByte, .seconds(10))
        timeouts.total = .seconds(10)
        do throws(ModelError) {
            let request = endpoint.catalogRequest(credential: credential, timeouts: timeouts)
            try await response(to: request, credential).body.cancel()
            return .given
        } catch {
            return .refused(error)
        }
    }
}
