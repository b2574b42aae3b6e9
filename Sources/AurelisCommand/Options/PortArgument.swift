internal import ArgumentParser

/// A TCP port on the command line; 0 lets the system choose a free one.
struct PortArgument: ExpressibleByArgument, Hashable, Sendable {
    let number: Int

    init(_ number: Int) { self.number = number }

    init?(argument: String) {
        guard let number = UInt16(argument) else { return nil }
        self.number = Int(number)
    }

    var defaultValueDescription: String { "\(number)" }
}
