internal import Aurelis
internal import AurelisProviders

extension SettingsReader {
    /// A key, or where it is: `{ env: VARIABLE }`, `{ file: path }`, or, with a warning, the key itself.
    ///
    /// - Parameter owner: whose key it is, for the warning.
    func secret(
        _ name: String,
        of owner: String,
        warnings: inout [String]
    ) throws(ConfigurationError) -> Configuration.APIKey? {
        guard has(name) else { return nil }
        guard isMap(name) else {
            guard let text = try string(name, secret: true), !text.isEmpty else { return nil }
            let place = origin(name).map { "\($0): " } ?? ""
            warnings.append(
                "\(place)the key of \(owner) stands in the file; better: \(name): { env: VARIABLE } or { file: path }"
            )
            noteKey(name)
            return .literal(Secret(text))
        }
        let key = try section(name, knowing: ["env", "file"])
        let variable = try key.string("env")
        let file = try key.string("file")
        switch (variable, file) {
        case (let variable?, nil) where !variable.isEmpty:
            guard VariableName.isValid(variable) else {
                throw key.error(VariableName.refusal, at: "env", suggestion: VariableName.suggestion)
            }
            return .environment(variable)
        case (nil, let file?) where !file.isEmpty: return .file(file)
        default: throw error("must name either a variable (env) or a file", at: name)
        }
    }

    /// The task that a setting is named after.
    func task(_ name: String) throws(ConfigurationError) -> TaskType {
        do { return try TaskType(parsing: name) } catch { throw self.error(error.message, at: name) }
    }
}
