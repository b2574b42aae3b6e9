internal import Aurelis

extension Duration {
    /// The length as a person says it: `12 ms`, `1.02 s`, `46 s`, `1 h 33 min`.
    var readable: String {
        let milliseconds = self.milliseconds
        switch milliseconds {
        case ..<1_000: return "\(milliseconds) ms"
        case ..<10_000:
            let hundredths = milliseconds / 10
            if hundredths % 100 == 0 { return "\(hundredths / 100) s" }
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) s"
        case ..<120_000: return "\((milliseconds + 500) / 1_000) s"
        default:
            let minutes = (milliseconds + 30_000) / 60_000
            if minutes < 60 { return "\(minutes) min" }
            return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        }
    }
}
