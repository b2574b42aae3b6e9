/// A batch that a client has handed in, as it is kept: what it asks for, and how far it is.
package struct BatchRecord: Sendable, Hashable, Codable {
    /// Its name: one of `StoredID.batch`.
    package var id: String
    /// Whose it is.
    package var tenant: String
    /// The file with the requests.
    package var input: String
    /// The path that every line is for.
    package var endpoint: BatchEndpoint
    /// How long it may take, as the client said it.
    package var window: String
    /// When that is over, in seconds since 1970-01-01 UTC; so are all moments here.
    package var deadline: Int64
    /// Whether its requests go before those of others.
    package var priority: RequestPriority
    /// What the client notes beside it.
    package var metadata: [Note] = []
    /// How many seconds its results are kept; nil: as long as the configuration says.
    package var outputLifetime: Int64?
    /// How far it is.
    package var status = Status.validating
    /// When it came.
    package var created: Int64
    /// When it came to each further status.
    package var moments: [Status: Int64] = [:]
    /// How many lines the input has; 0 while that is not known.
    package var total = 0
    /// How many have an answer.
    package var answered = 0
    /// How many have an error for a result.
    package var failed = 0
    /// How many wait because their models refuse.
    package var parked = 0
    /// When they are asked again.
    package var resumes: Int64?
    /// The answers.
    package var output: String?
    /// The errors.
    package var errors: String?
    /// Why nothing could be asked.
    package var fault: Fault?

    /// A batch that was just handed in.
    package init(
        id: String,
        tenant: String,
        input: String,
        endpoint: BatchEndpoint,
        window: BatchWindow,
        priority: RequestPriority,
        created: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.input = input
        self.endpoint = endpoint
        self.window = window.text
        self.priority = priority
        self.created = created
        deadline = created + window.seconds
    }

    /// A pair of the client's.
    package struct Note: Sendable, Hashable, Codable {
        /// Its name.
        package var name: String
        /// Its value.
        package var value: String

        /// A pair.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is wrong with the batch as a whole.
    package struct Fault: Sendable, Hashable, Codable {
        /// The machine-readable reason.
        package var code: String
        /// The reason for a person.
        package var message: String

        /// A reason.
        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }
}

extension BatchRecord {
    /// How far a batch is, in OpenAI's words.
    package enum Status: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
        /// Its input is still to be looked at.
        case validating
        /// The input cannot be used.
        case failed
        /// It is being asked.
        case inProgress = "in_progress"
        /// Its results are being written to files.
        case finalizing
        /// Every line has a result.
        case completed
        /// Its time is over.
        case expired
        /// It is to be left; what is under way ends first.
        case cancelling
        /// It was left.
        case cancelled

        /// Whether nothing will change any more.
        package var isFinal: Bool {
            switch self {
            case .failed, .completed, .expired, .cancelled: true
            case .validating, .inProgress, .finalizing, .cancelling: false
            }
        }
    }

    /// Comes to a status.
    package mutating func become(_ next: Status, at now: Int64) {
        status = next
        moments[next] = now
        if next.isFinal || next == .cancelling { (parked, resumes) = (0, nil) }
    }
}
