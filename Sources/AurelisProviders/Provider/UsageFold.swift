internal import Aurelis
internal import AurelisJSON

/// Puts the usage of a stream onto its finish chunk, where the caller did not ask for a chunk of its own.
///
/// Aurelis asks for the usage on everybody's behalf; the chunk that brings it has no choices, and a caller who did not
/// ask may not expect that. The finish chunk is held back until it is known what comes next.
struct UsageFold: Sendable {
    private var finish: ProviderEvent?

    /// The events to pass on, now that this one has come.
    mutating func take(_ event: ProviderEvent) -> (first: ProviderEvent?, then: ProviderEvent?) {
        guard let finish else {
            guard let reason = event.chunk?["choices"]?[0]?["finish_reason"], reason.kind == .string,
                !reason.stringEquals("")
            else { return (event, nil) }
            self.finish = event
            return (nil, nil)
        }
        self.finish = nil
        guard let chunk = event.chunk, let usage = chunk["usage"], !usage.isNull, chunk["choices"]?[0] == nil else {
            return (finish, event)
        }
        return (finish.with(usage), nil)
    }

    /// What is held back, when nothing more comes.
    mutating func takeRest() -> ProviderEvent? {
        defer { finish = nil }
        return finish
    }
}

extension ProviderEvent {
    fileprivate func with(_ usage: JSONValue) -> ProviderEvent {
        guard var chunk else { return self }
        chunk.set("usage", to: .raw(usage))
        return ProviderEvent(raw: Array("data: ".utf8) + chunk.bytes + Array("\n\n".utf8), chunk: chunk)
    }
}
