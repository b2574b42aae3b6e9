/// Which names lead to this machine and nowhere else: what a server on loopback lets itself be called by.
///
///     LoopbackName.isAuthority("localhost:8787")              // true
///     LoopbackName.isOrigin("https://evil.example")           // false
///
/// A web page cannot read the answers of a server on loopback, but it can send to it, or point a host name of its own at
/// 127.0.0.1 (DNS rebinding). A browser tells on both: the first carries the page's `Origin`, the second the page's
/// `Host`.
package enum LoopbackName {
    /// Whether a `Host` field, with or without a port, says `localhost`, a name below it, `127.0.0.0/8` or `[::1]`.
    package static func isAuthority(_ text: String) -> Bool { withBytes(of: text) { isAuthority($0) } }

    /// Whether an `Origin` field names a page of this machine's. `null`, which hides where a page is from, does not.
    package static func isOrigin(_ text: String) -> Bool {
        withBytes(of: text) { text in
            let scheme = text.prefix { $0 != UInt8(ascii: ":") }
            let rest = text.dropFirst(scheme.count)
            guard equals(scheme, "http") || equals(scheme, "https"), rest.starts(with: "://".utf8) else { return false }
            return isAuthority(rest.dropFirst(3))
        }
    }

    /// Whether a host is an address of loopback, without any look at a name: `127.0.0.0/8` or `::1`.
    package static func isAddress(_ host: String) -> Bool { host == "::1" || withBytes(of: host) { isIPv4($0) } }

    /// Every request's head is looked at: without the steps of a `String`'s indices.
    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private static func withBytes(of text: String, _ body: (Bytes) -> Bool) -> Bool {
        var text = text
        return text.withUTF8 { body($0[...]) }
    }

    private static func isAuthority(_ text: Bytes) -> Bool {
        let host: Bytes
        if text.first == UInt8(ascii: "[") {
            host = text.prefix { $0 != UInt8(ascii: "]") }
            guard host.elementsEqual("[::1".utf8) else { return false }
            let rest = text.dropFirst(host.count)
            return rest.first == UInt8(ascii: "]") && isPort(rest.dropFirst())
        }
        host = text.prefix { $0 != UInt8(ascii: ":") }
        return (isIPv4(host) || isLocalhost(host)) && isPort(text.dropFirst(host.count))
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ text: Bytes) -> Bool {
        guard let first = text.first else { return true }
        return first == UInt8(ascii: ":") && text.dropFirst().allSatisfy(isDigit)
    }

    private static func isIPv4(_ text: Bytes) -> Bool {
        var rest = text
        for place in 0..<4 {
            let digits = rest.prefix(while: isDigit)
            guard digits.count >= 1, digits.count <= 3 else { return false }
            let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard number <= 255, place > 0 || number == 127 else { return false }
            rest = rest.dropFirst(digits.count)
            if place < 3, rest.popFirst() != UInt8(ascii: ".") { return false }
        }
        return rest.isEmpty
    }

    private static func isLocalhost(_ text: Bytes) -> Bool {
        let name: StaticString = "localhost"
        let tail = text.suffix(name.utf8CodeUnitCount)
        guard equals(tail, name) else { return false }
        let head = text.dropLast(tail.count)
        return head.isEmpty || (head.count > 1 && head.last == UInt8(ascii: "."))
    }

    private static func equals(_ text: Bytes, _ lowercased: StaticString) -> Bool {
        guard text.count == lowercased.utf8CodeUnitCount else { return false }
        var pointer = lowercased.utf8Start
        for byte in text {
            guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == pointer.pointee else { return false }
            pointer += 1
        }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
