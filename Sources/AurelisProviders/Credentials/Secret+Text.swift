extension Secret {
    /// Whether it can stand in a header field: visible ASCII, and at least one character of it.
    package var isPrintable: Bool { count > 0 && withBytes { $0.allSatisfy { (0x21...0x7E) ~= $0 } } }

    /// Its first line without the white space around it; nil when that is empty.
    package var firstLine: Secret? { withBytes { Secret.trimmed($0.prefix { $0 != 0x0A }) } }

    /// All of it without the white space around it; nil when there is nothing else.
    package var trimmed: Secret? { withBytes { Secret.trimmed($0[...]) } }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Secret? {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes.isEmpty ? nil : Secret(bytes)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D) ~= byte }

    /// What may be shown of it: how its kind begins, and its last four characters; of a short one nothing.
    ///
    ///     Secret("ghp_0123…wxyz").masked       // "ghp_…wxyz"
    ///     Secret("short").masked               // "…"
    package var masked: String {
        withBytes { bytes in
            // Four characters of what is shorter would tell too much of it.
            guard bytes.count >= Secret.shortestShown, isPrintable else { return "…" }
            let prefix = Secret.prefixes.first { bytes.starts(with: $0.utf8) } ?? ""
            return prefix + "…" + String(decoding: bytes.suffix(4), as: UTF8.self)
        }
    }

    private static let shortestShown = 20

    /// How credentials of a kind begin; the longer ones first.
    private static let prefixes = [
        "github_pat_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "sk-svcacct-", "sk-admin-", "sk-proj-", "sk-or-v1-",
        "sk-ant-", "sk-", "gsk_", "AIza", "xai-", "hf_", "nvapi-",
    ]

    /// Random hexadecimal digits from the system, written where they stay.
    package static func random(digits: Int) -> Secret {
        let alphabet = Array("0123456789abcdef".utf8)
        return Secret(count: digits) { memory in
            var generator = SystemRandomNumberGenerator()
            for index in memory.indices { memory[index] = alphabet[Int(generator.next() & 15)] }
        }
    }
}
