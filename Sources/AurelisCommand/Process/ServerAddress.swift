/// Where a server listens, as a URL.
struct ServerAddress: CustomStringConvertible {
    let host: String
    let port: Int

    var description: String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
