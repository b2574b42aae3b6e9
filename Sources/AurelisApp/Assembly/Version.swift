/// The version of this build.
package enum Version {
    /// As `aurelis --version` prints it and providers see it.
    package static let current = "0.1.0"
}
