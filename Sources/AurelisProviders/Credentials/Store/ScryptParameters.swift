/// How a passphrase becomes a key: how much memory and time every guess costs whoever tries passphrases.
///
///     ScryptParameters.standard.memory       // 134_217_728: 128 MB
package struct ScryptParameters: Sendable, Hashable {
    /// N is two to the power of it.
    package var logN: Int
    package var blockSize: Int
    package var parallelism: Int
    /// Random bytes, different in every file.
    package var salt: [UInt8]

    /// As OWASP recommends: N = 2^17, r = 8, p = 1.
    package static var standard: ScryptParameters { standard(logN: 17) }

    package static func standard(logN: Int) -> ScryptParameters {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return ScryptParameters(logN: logN, blockSize: 8, parallelism: 1, salt: salt)
    }

    /// How many bytes of memory one derivation takes.
    package var memory: Int { 128 * blockSize << logN }

    /// Why these are not used; nil when they are. A file from elsewhere may ask for more than this machine has.
    var refusal: String? {
        guard (10...20).contains(logN), (1...32).contains(blockSize), (1...16).contains(parallelism) else {
            return "its scrypt parameters are out of bounds (N 2^10 to 2^20, r 1 to 32, p 1 to 16)"
        }
        guard memory <= 256 << 20 else { return "it asks for \(memory >> 20) MB to try a passphrase; 256 are allowed" }
        guard memory * parallelism <= 1 << 30 else { return "it asks for more work than trying a passphrase may cost" }
        return (16...64).contains(salt.count) ? nil : "its salt has \(salt.count) bytes; 16 to 64 are allowed"
    }
}
