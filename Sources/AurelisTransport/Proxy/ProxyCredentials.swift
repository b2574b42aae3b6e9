import Foundation

/// User and password for a proxy, as the field that carries them. It cannot be printed or dumped.
package struct ProxyCredentials: Sendable, Hashable {
    /// The value of `Proxy-Authorization`.
    let field: String

    /// Credentials for the scheme Basic (RFC 7617).
    package init(user: String, password: String) {
        field = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    /// Credentials from a URL: `user:password`, with `%` escapes.
    init(userInfo: Substring) throws(ProxyAddressError) {
        let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = String(parts[0]).removingPercentEncoding,
            let password = parts.count > 1 ? String(parts[1]).removingPercentEncoding : ""
        else { throw ProxyAddressError(message: "has a user or password with a % that escapes nothing") }
        self.init(user: user, password: password)
    }
}

extension ProxyCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[secret]`, whatever it holds.
    package var description: String { "[secret]" }

    /// `[secret]`, whatever it holds.
    package var debugDescription: String { "[secret]" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
