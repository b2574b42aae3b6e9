/// Makes a report and transitions out of looks: all that is remembered of health, without clock, disk or network.
///
///     var monitor = HealthMonitor()
///     let transitions = monitor.evaluate(observations, at: time.now, time: clock.millisecondsSinceEpoch)
///     print(monitor.report.state, transitions)
package struct HealthMonitor: Sendable {
    private struct Known {
        var track = HealthTrack()
        var since: Int64
        var facts = HealthFacts()
        /// The look that saw it last: what is not looked at any more is forgotten.
        var look: UInt64 = 0
    }

    private let rules: HealthRules
    private var known: [HealthSubject: Known] = [:]
    private var looks: UInt64 = 0

    /// How everything is.
    package private(set) var report: HealthReport

    /// Nothing is known yet.
    package init(rules: HealthRules = HealthRules(), time: Int64) {
        self.rules = rules
        let components = HealthComponent.allCases.map {
            HealthReport.Component(component: $0, state: .unknown, since: time)
        }
        report = HealthReport(time: time, state: .healthy, since: time, components: components)
    }

    /// Goes on from what an earlier process knew: what was in trouble still is, until there is evidence or too much time
    /// has passed. So neither is an outage told twice, nor its end not at all.
    ///
    /// - Parameter transitions: in the order in which they came.
    package mutating func resume(
        from transitions: [HealthTransition],
        at now: ContinuousClock.Instant,
        time: Int64
    ) {
        for transition in transitions {
            let age = Duration.milliseconds(max(0, time - transition.time))
            for change in transition.changes {
                let subject = HealthSubject(transition.component, change.name)
                known[subject] = nil
                guard change.to.isTrouble, age < rules.memory else { continue }
                let track = HealthTrack(resuming: change.to, change.reason, lastEvidence: now.advanced(by: .zero - age))
                known[subject] = Known(track: track, since: transition.time)
            }
        }
        _ = conclude([:], time)
    }

    /// Takes a look at everything into account. Two looks at the same part in one are two looks.
    ///
    /// - Parameters:
    ///   - keeping: whether a part that nothing is told of is still there; what is not is forgotten at once.
    ///   - now: the monotonic time, by which evidence is measured.
    ///   - time: the time of day, for reports.
    /// - Returns: what has changed for the worse or the better, component by component.
    package mutating func evaluate(
        _ observations: [HealthObservation],
        keeping: (HealthSubject) -> Bool = { _ in false },
        at now: ContinuousClock.Instant,
        time: Int64
    ) -> [HealthTransition] {
        looks += 1
        var changes: [HealthComponent: [HealthTransition.Change]] = [:]
        for observation in observations {
            let subject = observation.subject
            var part = known[subject] ?? Known(since: time)
            let before = part.track.state
            part.look = looks
            part.facts = observation.facts
            if part.track.observe(observation.state, observation.reason, by: rules, at: now) {
                part.since = time
                changes[subject.component, default: []].append(
                    .init(name: subject.name, from: before, to: part.track.state, reason: part.track.reason)
                )
            }
            known[subject] = part
        }
        for (subject, part) in known where part.look != looks {
            var part = part
            let before = part.track.state
            if keeping(subject), !part.track.observe(.unknown, nil, by: rules, at: now) { continue }
            known[subject] = nil
            changes[subject.component, default: []].append(
                .init(name: subject.name, from: before, to: .unknown, reason: nil)
            )
        }
        return conclude(changes, time)
    }

    private mutating func conclude(
        _ changes: [HealthComponent: [HealthTransition.Change]],
        _ time: Int64
    ) -> [HealthTransition] {
        var parts: [HealthComponent: [HealthReport.Part]] = [:]
        for (subject, part) in known {
            parts[subject.component, default: []].append(
                .init(
                    name: subject.name,
                    state: part.track.state,
                    since: part.since,
                    reason: part.track.reason,
                    isFlapping: part.track.isFlapping,
                    facts: part.facts
                )
            )
        }
        var transitions: [HealthTransition] = []
        for index in report.components.indices {
            let old = report.components[index]
            var new = old
            new.parts = (parts[old.component] ?? []).sorted { $0.name < $1.name }
            new.state = old.component.state(of: new.parts.map(\.state))
            new.reason = new.troubleInWords
            if new.state != old.state { new.since = time }
            report.components[index] = new
            let told = (changes[old.component] ?? []).filter { $0.from.isTrouble || $0.to.isTrouble }
            guard !told.isEmpty else { continue }
            transitions.append(
                HealthTransition(
                    time: time,
                    component: old.component,
                    from: old.state,
                    to: new.state,
                    since: old.since,
                    reason: new.reason,
                    overall: .unknown,
                    changes: told.sorted { $0.name < $1.name }
                )
            )
        }
        report.time = time
        let overall = max(.healthy, report.components.map(\.state).max() ?? .healthy)
        if overall != report.state { report.since = time }
        report.state = overall
        for index in transitions.indices { transitions[index].overall = overall }
        return transitions
    }
}

extension HealthReport.Component {
    /// What is wrong with its parts, the worst first; nil: nothing is.
    fileprivate var troubleInWords: String? {
        let troubled = parts.filter(\.state.isTrouble).sorted { ($1.state, $0.name) < ($0.state, $1.name) }
        guard !troubled.isEmpty else { return nil }
        var words = troubled.prefix(Self.namedParts).map { part in
            "\(part.name): \(part.reason ?? part.state.rawValue)" + (part.isFlapping ? ", again and again" : "")
        }
        if troubled.count > Self.namedParts { words.append("and \(troubled.count - Self.namedParts) more") }
        return words.joined(separator: "; ")
    }

    private static let namedParts = 3
}
