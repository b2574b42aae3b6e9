/// What one receiver of alerts is told, and when: each transition once, and trouble that stays again after a while, if it
/// is wanted.
///
///     var schedule = AlertSchedule(repeat: .seconds(3_600))
///     let told = schedule.take(transitions, at: now)                  // all of them, once
///     let again = schedule.reminders(of: report, at: later)           // what has been in trouble since
package struct AlertSchedule: Sendable {
    private let interval: Duration?
    /// When each component that is in trouble was told of last.
    private var told: [HealthComponent: ContinuousClock.Instant] = [:]

    /// - Parameter interval: after how long trouble that stays is told again; nil: never.
    package init(repeat interval: Duration?) { self.interval = interval }

    /// Takes transitions to be told.
    package mutating func take(
        _ transitions: [HealthTransition],
        at now: ContinuousClock.Instant
    ) -> [(event: HealthAlert.Event, transition: HealthTransition)] {
        transitions.map { transition in
            told[transition.component] = transition.to.isTrouble ? now : nil
            return (.changed, transition)
        }
    }

    /// The trouble that was not told of for long enough.
    package mutating func reminders(
        of report: HealthReport,
        at now: ContinuousClock.Instant
    ) -> [(event: HealthAlert.Event, transition: HealthTransition)] {
        guard let interval else { return [] }
        return report.components.filter(\.state.isTrouble).compactMap { component in
            // Trouble that an earlier process has told of counts from now on.
            guard let last = told[component.component] else {
                told[component.component] = now
                return nil
            }
            guard last.duration(to: now) >= interval else { return nil }
            told[component.component] = now
            let transition = HealthTransition(
                time: report.time,
                component: component.component,
                from: component.state,
                to: component.state,
                since: component.since,
                reason: component.reason,
                overall: report.state,
                changes: []
            )
            return (.reminder, transition)
        }
    }
}
