/// Why somebody may not use the gateway, or the control plane.
package enum AccessRefusal: Error, Sendable, Hashable {
    /// No key of Aurelis's was sent; whether something else was.
    case missing(AccessKeyKind, sentOther: Bool)
    /// What was sent is not a whole key.
    case malformed(AccessKeyToken.Malformation)
    /// No such key, or another secret.
    case unknown
    /// A key for the other of the two.
    case otherKind(AccessKeyKind)
    case expired(String, at: Int64)
    case revoked(String, at: Int64)
    /// Another secret has taken the place of this one.
    case replaced(String, at: Int64)
    /// The key is good, but not for this.
    case endpoint(AccessEndpoint, key: String, allowed: [AccessEndpoint])
    /// Nobody knows: the keys cannot be read.
    case unavailable(String)

    /// The HTTP status.
    package var status: Int {
        switch self {
        case .endpoint: 403
        case .unavailable: 503
        default: 401
        }
    }

    /// For programs; where OpenAI has a code of its own, that.
    package var code: String {
        switch self {
        case .missing(_, sentOther: false): "missing_api_key"
        case .missing(_, sentOther: true), .malformed, .unknown: "invalid_api_key"
        case .otherKind: "wrong_kind_of_key"
        case .expired: "expired_api_key"
        case .revoked, .replaced: "revoked_api_key"
        case .endpoint: "endpoint_not_allowed"
        case .unavailable: "keys_unavailable"
        }
    }

    /// What the client is to authenticate by; nil: that is not what is wrong.
    package var challenge: String? {
        guard status == 401 else { return nil }
        if case .missing(_, sentOther: false) = self { return #"Bearer realm="aurelis""# }
        return #"Bearer realm="aurelis", error="invalid_token""#
    }
}

extension AccessRefusal: CustomStringConvertible {
    /// For whoever sent the request.
    package var description: String {
        switch self {
        case .missing(.gateway, let sentOther):
            return (sentOther ? "the key that was sent is none of Aurelis's" : "no key was sent")
                + "; send one as `Authorization: Bearer aurelis_…` (`aurelis keys create NAME` makes one)"
        case .missing(.admin, let sentOther):
            return (sentOther ? "the key that was sent is none of Aurelis's" : "no key was sent")
                + "; send one as `Authorization: Bearer aurelisadmin_…` (`aurelis keys create NAME --admin` makes one)"
        case .malformed(let malformation): return "the key cannot be one: \(malformation)"
        case .unknown: return "the key is not known here"
        case .otherKind(.admin): return "this is a key for the control plane; models are asked with a gateway key"
        case .otherKind(.gateway): return "this is a key for models; the control plane wants an admin key"
        case .expired(let id, let time): return "the key \(id) expired at \(TimeStamp(milliseconds: time))"
        case .revoked(let id, let time): return "the key \(id) was revoked at \(TimeStamp(milliseconds: time))"
        case .replaced(let id, let time):
            return "the key \(id) was rotated at \(TimeStamp(milliseconds: time)), and this one is the old one"
        case .endpoint(let endpoint, let key, let allowed):
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            return "the key \(key) is not for \(endpoint.rawValue); it is for \(names)"
        case .unavailable: return "the gateway cannot read its keys now; try again shortly"
        }
    }
}
