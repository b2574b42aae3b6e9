internal import Crypto

extension Secret {
    /// Tells this secret from every other, and nothing about it: the SHA-256 of its bytes and as many zeros as fill the
    /// last block of 64.
    ///
    /// The zeros are there because a hash function keeps a block that is not yet full in memory of its own, where it was
    /// found again. Whole blocks are read from where they are.
    var digest: [UInt8] {
        let block = SHA256.blockByteCount
        var padded = SecretBytes(capacity: (count + block - 1) / block * block)
        withBytes { bytes in
            padded.withMutableBytes { $0.copyMemory(from: bytes) }
        }
        return padded.withBytes { Array(SHA256.hash(data: $0)) }
    }
}
