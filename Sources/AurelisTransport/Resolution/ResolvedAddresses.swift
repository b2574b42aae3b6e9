import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The addresses of a host name, in the order in which they should be tried.
struct ResolvedAddresses: Sendable {
    var v4: [SocketAddress] = []
    var v6: [SocketAddress] = []

    /// Asks the system's resolver. Blocks the thread for as long as that takes.
    static func lookUp(host: String, port: Int) throws(NameResolutionError) -> ResolvedAddresses {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw NameResolutionError(description: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        var addresses = ResolvedAddresses()
        var next = list
        while let entry = next {
            addresses.append(entry.pointee, host: host)
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private mutating func append(_ info: addrinfo, host: String) {
        guard let address = UnsafeRawPointer(info.ai_addr) else { return }
        switch info.ai_family {
        case AF_INET:
            v4.append(SocketAddress(address.loadUnaligned(as: sockaddr_in.self), host: host))
        case AF_INET6:
            v6.append(SocketAddress(address.loadUnaligned(as: sockaddr_in6.self), host: host))
        default:
            break
        }
    }
}
