internal import NIOCore

/// Goes through the script of one answer and says what is to be done next. It waits for nothing itself.
struct ScriptPlayer: Sendable {
    enum Action: Sendable, Hashable {
        case write(ByteBuffer)
        /// Nothing before this moment of simulated time; then ask again.
        case waitUntil(SimulatorInstant)
        /// Write this whenever there is room, until the client leaves.
        case repeatForever(ByteBuffer)
        /// Nothing more, until the client leaves.
        case hang
        case finish(ResponseScript.Ending)
    }

    private let script: ResponseScript
    private let delayScale: Double
    private var nextStep = 0
    /// Where in simulated time the script has got to: waits add up from the request's arrival, however late a thread
    /// came to each of them.
    private var time: SimulatorInstant
    /// The end of the present wait.
    private(set) var deadline: SimulatorInstant?

    /// - Parameters:
    ///   - arrival: when the request came.
    ///   - delayScale: how much simulated time a second of the script takes.
    init(_ script: ResponseScript, arrival: SimulatorInstant, delayScale: Double = 1) {
        self.script = script
        self.delayScale = delayScale
        time = arrival
    }

    /// What is to be done now.
    mutating func next(at now: @autoclosure () -> SimulatorInstant) -> Action {
        if let deadline {
            guard now() >= deadline else { return .waitUntil(deadline) }
            self.deadline = nil
        }
        guard nextStep < script.steps.count else { return .finish(script.ending) }
        defer { nextStep += 1 }
        switch script.steps[nextStep] {
        case .write(let bytes): return .write(bytes)
        case .repeatForever(let bytes): return .repeatForever(bytes)
        case .hang: return .hang
        case .wait(let duration):
            time = time.advanced(by: duration * delayScale)
            deadline = time
            return .waitUntil(time)
        }
    }
}
