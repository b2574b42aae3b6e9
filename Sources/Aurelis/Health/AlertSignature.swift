internal import Crypto
internal import Foundation

/// How a receiver knows that an alert comes from this gateway and is fresh: the time and a code over time and body.
///
///     aurelis-signature: t=1764385200,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd
///
/// The code is HMAC-SHA256 over the time's digits, a full stop and the body, in hexadecimal digits.
package enum AlertSignature {
    /// The field that carries it.
    package static let field = "aurelis-signature"

    /// The field's value.
    package static func value(of body: [UInt8], at secondsSinceEpoch: Int64, secret: UnsafeRawBufferPointer) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
        code.update(data: Array("\(secondsSinceEpoch).".utf8))
        code.update(data: body)
        return "t=\(secondsSinceEpoch),v1=\(Hexadecimal.encode(Array(code.finalize())))"
    }
}
