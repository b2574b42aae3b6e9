/// The names by which Aurelis is asked to choose the model itself: `auto`, and `auto/<task>` for what the choice is for.
///
///     try AutomaticModel("auto/codeReview")?.task      // .codeReview
///     try AutomaticModel("gpt-4o")                     // nil: a model is named
struct AutomaticModel {
    /// What the name says the request is for; nil: nothing.
    let task: TaskType?

    /// - Throws: `invalidRequest`, naming every task there is, for a task that is none of them.
    init?(_ name: String) throws(ModelError) {
        if name == "auto" {
            task = nil
            return
        }
        guard name.hasPrefix("auto/") else { return nil }
        task = try TaskType(parsing: String(name.dropFirst("auto/".count)))
    }
}
