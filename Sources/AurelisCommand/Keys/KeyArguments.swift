internal import ArgumentParser
internal import Aurelis
internal import AurelisProviders

/// Models on the command line: `gpt-4o,codestral*`.
struct ModelPatternsArgument: ExpressibleByArgument, Sendable {
    let patterns: [ModelPattern]

    init?(argument: String) {
        guard let patterns = argument.listed({ ModelPattern($0) }) else { return nil }
        self.patterns = patterns
    }
}

/// Tasks on the command line: `codeReview,testing`.
struct TasksArgument: WordArgument, Sendable {
    let tasks: [TaskType]

    init?(argument: String) {
        guard let tasks = argument.listed({ try? TaskType(parsing: $0) }) else { return nil }
        self.tasks = tasks
    }

    static var allValueStrings: [String] { TaskType.allCases.map(\.rawValue) }
}

/// Parts of the gateway on the command line: `chat,embeddings`.
struct EndpointsArgument: WordArgument, Sendable {
    let endpoints: [AccessEndpoint]

    init?(argument: String) {
        guard let endpoints = argument.listed({ AccessEndpoint(rawValue: $0) }) else { return nil }
        self.endpoints = endpoints
    }

    static var allValueStrings: [String] { AccessEndpoint.allCases.map(\.rawValue) }
}

/// A policy for credentials on the command line, as strict as the mildest at least: `block`.
struct SecretPolicyArgument: WordArgument, Sendable {
    let policy: SecretPolicy

    init?(argument: String) {
        guard let policy = SecretPolicy(rawValue: argument), policy != .off else { return nil }
        self.policy = policy
    }

    static var allValueStrings: [String] { SecretPolicy.allCases.filter { $0 != .off }.map(\.rawValue) }
}

/// Dollars on the command line, exactly: `2.50`, `$2.50`.
struct DollarsArgument: ExplainedArgument {
    let picodollars: Int64

    static let possible = "more than 0 and at most 1000000 dollars, with up to 6 digits after the point, such as 2.50"

    init?(argument: String) {
        let text = argument.hasPrefix("$") ? String(argument.dropFirst()) : argument
        guard let millionths = TokenPrice.picodollars(perMillionTokens: text), millionths > 0,
            millionths <= 1_000_000_000_000
        else { return nil }
        picodollars = millionths * 1_000_000
    }
}

/// How many, on the command line: from 1 on, with `_` or `,` between the digits of large numbers.
struct AmountArgument: ExplainedArgument {
    let number: Int64

    static let possible = "a whole number from 1 to 1000000000000, such as 500; without the option nothing is limited"

    init?(argument: String) {
        let digits = argument.filter { $0 != "_" && $0 != "," }
        guard let number = Int64(digits), (1...1_000_000_000_000).contains(number) else { return nil }
        self.number = number
    }
}

/// How long a key is good, on the command line: as other lengths of time, or in days.
struct LifetimeArgument: ExplainedArgument {
    let duration: Duration

    static let possible = "from 1ms to 8784h, or 1d to 3660d, such as 30d, 12h or 90m"

    init?(argument: String) {
        guard argument.hasSuffix("d") else {
            guard let other = DurationArgument(argument: argument) else { return nil }
            duration = other.duration
            return
        }
        guard let days = Int(argument.dropLast()), (1...3_660).contains(days) else { return nil }
        duration = .seconds(days * 86_400)
    }
}

extension String {
    /// The words between commas, each read; nil when one of them cannot be.
    fileprivate func listed<Value>(_ read: (String) -> Value?) -> [Value]? {
        let words = split(separator: ",", omittingEmptySubsequences: false).map { word in
            var word = word
            while word.first == " " { word.removeFirst() }
            while word.last == " " { word.removeLast() }
            return String(word)
        }
        let values = words.compactMap(read)
        return values.count == words.count && values.count <= 64 ? values : nil
    }
}
