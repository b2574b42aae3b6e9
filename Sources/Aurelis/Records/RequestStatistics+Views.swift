extension RequestStatistics {
    /// The requests that are under way.
    package struct Active: Sendable, Hashable {
        /// Some of them together.
        package struct Group: Sendable, Hashable {
            /// How many.
            package var count = 0
            /// For how long all of them have been under way.
            package var age: Duration = .zero

            /// For how long one has been under way on average; nil when there is none.
            package var average: Duration? { count == 0 ? nil : age / count }

            fileprivate mutating func add(_ request: ActiveRequest, at now: ContinuousClock.Instant) {
                count += 1
                age += max(.zero, request.start.duration(to: now))
            }
        }

        /// All.
        package var all = Group()
        /// By the model that was asked for, at most 64 of them; `auto` stands for those that leave the choice to Aurelis.
        package var models: [String: Group] = [:]
        /// By what they are for.
        package var tasks: [TaskType: Group] = [:]

        init(_ requests: some Collection<ActiveRequest>, at now: ContinuousClock.Instant) {
            for request in requests {
                all.add(request, at: now)
                tasks[request.task, default: Group()].add(request, at: now)
                // Callers name models as they like, at any length.
                var model = request.model ?? "auto"
                if model.utf8.count > 128 { model = String(String.UnicodeScalarView(model.unicodeScalars.prefix(128))) }
                if models.count >= 64, models[model] == nil { model = RequestStatistics.others }
                models[model, default: Group()].add(request, at: now)
            }
        }
    }

    /// Everything that is known.
    package struct Snapshot: Sendable {
        /// When that was, and when counting began, in milliseconds since 1970-01-01 UTC.
        package let (time, start): (Int64, Int64)
        /// What is under way.
        package let active: Active
        /// All that ended.
        package let total: RequestPoint
        /// By the model that answered, or failed last; empty: none was asked.
        package let models: [String: RequestTally]
        /// By what they were for.
        package let tasks: [TaskType: RequestTally]
        /// The last five minutes by seconds, the last 24 hours by minutes.
        package let (seconds, minutes): (Series, Series)

        init(
            time: Int64,
            start: Int64,
            active: Active,
            total: RequestPoint,
            models: [String: RequestTally],
            tasks: [TaskType: RequestTally],
            seconds: Series,
            minutes: Series
        ) {
            (self.time, self.start, self.active, self.total) = (time, start, active, total)
            (self.models, self.tasks, self.seconds, self.minutes) = (models, tasks, seconds, minutes)
        }

        /// Stretches of time, the oldest first; the last one is not over yet.
        package struct Series: Sendable {
            /// When the first one begins, in milliseconds since 1970-01-01 UTC.
            package let start: Int64
            /// How long each is, in milliseconds.
            package let step: Int64
            /// One for each.
            package let points: [RequestPoint]

            /// - Parameter count: how many at most; the latest.
            init(_ series: RequestSeries, until now: Int64, count: Int = .max) {
                step = series.step
                points = series.points(until: now, count: count)
                start = series.start(of: now) - Int64(points.count - 1) * step
            }
        }
    }

    /// What changes from one second to the next.
    package struct Pulse: Sendable {
        /// When that was, in milliseconds since 1970-01-01 UTC.
        package let time: Int64
        /// What is under way.
        package let active: Active
        /// All that ended.
        package let total: RequestPoint
        /// The last seconds that are over, and the last two minutes, of which the present one is not: more than one of
        /// each, because two looks may be further apart than a second.
        package let (seconds, minutes): (Snapshot.Series, Snapshot.Series)

        init(time: Int64, active: Active, total: RequestPoint, seconds: Snapshot.Series, minutes: Snapshot.Series) {
            (self.time, self.active, self.total) = (time, active, total)
            (self.seconds, self.minutes) = (seconds, minutes)
        }
    }
}
