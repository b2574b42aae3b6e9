/// What is told to the state of a batch, and what it says.
extension BatchState {
    struct Limits: Sendable, Hashable {
        /// Items that are asked, or whose result is not safe yet.
        var inFlight = 5
        /// Items that wait for their model to want requests again; what comes after them is not looked at meanwhile.
        var parked = 100
        /// How large their requests are together.
        var parkedBytes = 32 << 20
        /// Items that wait for the answer of an equal one.
        var following = 1_000
        /// Results that need no request and wait to be written.
        var unwritten = 256
    }

    /// What must be known of an item.
    struct Facts: Sendable {
        var number: Int
        var customID: String?
        /// What it has in common with equal items; nil: it wants an answer of its own.
        var key: BatchKey?
        /// What a refusal holds for: the model.
        var lane: Lane
        /// How large the request is.
        var size: Int
        /// Whether it can be asked at all.
        var isValid: Bool
    }

    /// The model that was named, or the task.
    typealias Lane = String

    /// What becomes of a new item.
    enum Admission: Sendable, Hashable {
        /// It is asked now.
        case ask
        /// It is asked later.
        case wait
        /// It gets the result of an equal item that is asked.
        case follow
        /// Its result is that of an equal item, which has one.
        case copy(of: Int)
        /// Its result is that it cannot be asked.
        case refuse
        /// Its result is that another item has its name.
        case duplicateName(of: Int)
        /// Its result is that the time is over.
        case expire
        /// It has a result.
        case settled
        /// It is left for another run.
        case leave
    }

    /// What came of asking.
    enum Outcome: Sendable, Hashable {
        /// An answer.
        case finished(cached: Bool)
        /// A failure; a final one would come again.
        case failed(isFinal: Bool)
        /// No result yet: worth another try from then on (nil: nobody knows when). A refusal holds for all items of the
        /// model.
        case notNow(until: ContinuousClock.Instant?, isRefusal: Bool)
        /// Nobody waits any more.
        case abandoned
    }

    /// What follows from an outcome.
    enum Ending: Sendable, Hashable {
        /// The item and those that are equal to it have a result now, which is to be written.
        case settles([Int])
        /// It waits.
        case parks
        /// It and those that are equal to it are left for another run: they are to be forgotten.
        case leaves([Int])
    }
}
