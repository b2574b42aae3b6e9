internal import ArgumentParser
internal import Aurelis

/// Which lines of the log a subcommand is about.
struct AuditSelectionOptions: ParsableArguments {
    @Option(
        help: .init(
            "Only these events; repeatable: \(AuditSelection.knownEvents.joined(separator: ", ")).",
            valueName: "event"
        )
    )
    var event: [String] = []

    @Option(help: .init("Only what is about this request.", valueName: "id"))
    var request: String?

    func validate() throws {
        for name in event where !AuditSelection.knownEvents.contains(name) {
            let known = AuditSelection.knownEvents.joined(separator: ", ")
            throw ValidationError("\"\(name)\" is no event; there are \(known)")
        }
        if let request, RequestID(parsing: request) == nil {
            throw ValidationError("\"\(request)\" is no request's name: that is req_ and sixteen hexadecimal digits")
        }
    }

    var selection: AuditSelection {
        var selection = AuditSelection()
        selection.events = Set(event)
        selection.request = request
        return selection
    }
}
