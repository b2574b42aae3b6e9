/// What people ask a coding assistant about tokens, keys and passwords without giving one away.
///
/// One prompt after another, with a line of `====` between them.
enum HarmlessPrompts {
    static let all = [questions, code, configuration, data, passwords].flatMap { $0.components(of: "\n====\n") }
}

extension String {
    fileprivate func components(of separator: String) -> [String] {
        split(separator: separator).map(String.init)
    }
}
