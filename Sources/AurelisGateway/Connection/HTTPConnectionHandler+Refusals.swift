internal import Aurelis
internal import AurelisServing
internal import AurelisSigning
internal import NIOCore

/// Whom the gateway turns away is told to those who keep it, besides the client.
extension HTTPConnectionHandler {
    /// Somebody without a key that is good for this.
    func note(_ refusal: AccessRefusal) {
        loop.server.refusals?.turnedAway(refusal.auditReason, at: "gateway") {
            RefusalDetails(key: refusal.key, address: clientAddress, requestID: requestID)
        }
    }

    /// What a foreign web page made a browser send. What is wrong on the wire otherwise is no matter of security.
    func note(_ failure: ProtocolFailure) {
        guard failure.status == 403 else { return }
        loop.server.refusals?.blocked(by: failure.code, at: "gateway") { RefusalDetails(address: clientAddress) }
    }

    /// A request whose signature is not accepted.
    func note(_ refusal: SignatureRefusal) {
        loop.server.refusals?.blocked(by: refusal.code.rawValue, at: "gateway") {
            RefusalDetails(address: clientAddress, requestID: requestID, message: refusal.message)
        }
    }

    private var clientAddress: String? { context?.channel.remoteAddress?.ipAddress }
}
