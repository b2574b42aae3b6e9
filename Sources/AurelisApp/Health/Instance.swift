internal import Foundation

/// How a process is told from others.
enum Instance {
    /// The machine and the port at which operators find it, such as `build-7:8788`.
    static func name(_ listener: Configuration.Listener) -> String {
        "\(ProcessInfo.processInfo.hostName):\(listener.port)"
    }
}
