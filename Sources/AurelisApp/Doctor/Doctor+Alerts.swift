internal import Foundation

extension Doctor {
    /// Whether the programs that are told of changes can be run; nobody is told anything.
    func alertFindings() -> [DoctorFinding] {
        let name = "alerts"
        let alerts = configuration.alerts
        guard !alerts.isEmpty else { return [.init(name, .ok, "nobody is told of changes")] }
        let missing = alerts.enumerated().compactMap { index, alert -> DoctorFinding? in
            guard case .command(let words) = alert.target, let program = words.first else { return nil }
            var isDirectory: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: program, isDirectory: &isDirectory)
            let reason: String
            switch true {
            case !isThere: reason = "is not there"
            case isDirectory.boolValue: reason = "is a directory"
            case !FileManager.default.isExecutableFile(atPath: program): reason = "may not be run by this user"
            default: return nil
            }
            let advice = "correct alerts[\(index)].command, or install it: nobody else is told in its place"
            return .init(name, .warn, "alerts[\(index)]: \(program) \(reason)", advice: advice)
        }
        guard missing.isEmpty else { return missing }
        let count = alerts.count == 1 ? "1 receiver" : "\(alerts.count) receivers"
        return [.init(name, .ok, "\(count); `aurelis health test-alert\(options)` tells each that nothing is wrong")]
    }
}
