/// The latest stretches of time, each as long as the others, with what became of their requests: a ring without I/O.
///
///     var seconds = RequestSeries(step: 1_000, count: 300)
///     seconds.add(point, at: now)
///     seconds.points(until: now)      // the last five minutes, the oldest second first
struct RequestSeries: Sendable {
    /// The length of one stretch, in milliseconds.
    let step: Int64
    private var points: [RequestPoint]
    /// The number of the latest stretch that has a point, counted from 1970-01-01.
    private var latest: Int64 = .min

    init(step: Int64, count: Int) {
        self.step = step
        points = Array(repeating: RequestPoint(), count: count)
    }

    /// How many stretches it knows.
    var count: Int { points.count }

    /// Counts requests that ended then, in milliseconds since 1970-01-01 UTC.
    mutating func add(_ requests: RequestPoint, at time: Int64) {
        let number = number(of: time)
        if number > latest {
            advance(to: number)
        } else if latest - number >= Int64(count) {
            // Somebody has set the clock back: what was counted in the future is of no use.
            forget()
            latest = number
        }
        points[place(of: number)] += requests
    }

    /// The stretches up to the one of this moment, the oldest first; those without requests are there, and empty.
    func points(until time: Int64, count: Int = .max) -> [RequestPoint] {
        let last = number(of: time)
        let count = Int64(min(count, self.count))
        return (0..<count).map { point(last - count + 1 + $0) }
    }

    /// When the stretch of a moment begins.
    func start(of time: Int64) -> Int64 { number(of: time) * step }

    private func point(_ number: Int64) -> RequestPoint {
        // The first comparison keeps the second from overflowing while nothing has been counted.
        guard number >= 0, number <= latest, latest - number < Int64(count) else { return RequestPoint() }
        return points[place(of: number)]
    }

    private mutating func advance(to number: Int64) {
        if latest < 0 || number - latest >= Int64(count) {
            forget()
        } else {
            for passed in latest + 1...number { points[place(of: passed)] = RequestPoint() }
        }
        latest = number
    }

    private mutating func forget() {
        for index in points.indices { points[index] = RequestPoint() }
    }

    private func number(of time: Int64) -> Int64 { max(0, time) / step }

    private func place(of number: Int64) -> Int { Int(number % Int64(count)) }
}
