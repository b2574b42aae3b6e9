/// Where a server listens, as a URL.
struct ServerAddress: CustomStringConvertible {
    let host: String
    let port: Int
    var isSecure = false

    var description: String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
