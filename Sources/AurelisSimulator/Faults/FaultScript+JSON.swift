internal import AurelisJSON

extension FaultScript {
    /// The script in the form of its file.
    package var document: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("retired", isRetired)
            json.object("models") { json in
                for (name, steps) in steps.sorted(by: { $0.key < $1.key }) {
                    json.key(name)
                    json.array(of: steps) { json, step in step.write(to: &json) }
                }
            }
        }
        return json.bytes
    }
}

extension FaultStep {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("kind", fault.name)
        switch times {
        case .count(let count): json.field("times", count)
        case .always: json.field("times", "always")
        }
        if let stream { json.field("stream", stream) }
        if probability < 1 { json.field("probability", probability) }
        switch fault {
        case .status(let answer): answer.write(to: &json)
        case .outage(let from, let to, let answer):
            json.field("from_seconds", from)
            json.field("to_seconds", to)
            answer.write(to: &json)
        case .slowHeaders(let seconds), .slowFirstToken(let seconds): json.field("seconds", seconds)
        case .cut(let fraction, let reset):
            json.field("after_fraction", fraction)
            json.field("reset", reset)
        case .stall(let fraction, let seconds):
            json.field("after_fraction", fraction)
            json.field("seconds", seconds)
        case .malformedChunk(let fraction): json.field("after_fraction", fraction)
        case .slowBody(let bytes, let seconds):
            json.field("bytes", bytes)
            json.field("every_seconds", seconds)
        case .pass, .resetBeforeHeaders, .silent, .missingDone, .wrongContentType, .emptyChoices, .endlessBody,
            .garbageStatusLine, .retired, .duplicateUsage:
            break
        }
    }
}

extension FaultyAnswer {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("status", error.status)
        json.field("body", String(decoding: error.body, as: UTF8.self))
        json.object("headers") { json in
            if let type = error.contentType { json.field("content-type", type) }
            for field in error.headers { json.field(field.name, field.value) }
        }
    }
}
