internal import Aurelis

/// Makes a configuration of what LiteLLM's proxy was told.
///
///     let imported = try LiteLLMImport.imported(text, file: "config.yaml")
///     print(imported.yaml)
///
/// Nothing is dropped without a word: what has no counterpart stands in a comment, with its line. No credential is
/// copied: one that stands in the file becomes the name of a variable to put it in.
package enum LiteLLMImport {
    /// A configuration, and what is to be said of it.
    package struct Imported: Sendable {
        package var yaml: String
        package var providers: Int
        package var models: Int
        /// How much has no counterpart.
        package var notes: Int
        /// Variables into which credentials have to be put that stand in the file.
        package var variables: [String]
    }

    /// - Throws: why the file cannot be read as LiteLLM's, with the line.
    package static func imported(_ text: String, file: String) throws(ConfigurationError) -> Imported {
        let configuration = try LiteLLMConfiguration(try ConfigurationTree.parsing(text, file: file))
        var groups = LiteLLMProviderGroups()
        for deployment in configuration.deployments { groups.add(deployment) }
        let notes = configuration.notes + groups.notes
        let writer = LiteLLMWriter(file: file, configuration: configuration, groups: groups, notes: notes)
        // Texts that are no credentials by their place may be by their look.
        let yaml = Redaction.standard.text(writer.yaml)
        try ConfigurationLoader.check(yaml)
        return Imported(
            yaml: yaml,
            providers: groups.groups.count,
            models: Set(groups.groups.flatMap { $0.models.map { ModelID($0.name) } }).count,
            notes: notes.count,
            variables: groups.groups.compactMap { $0.isKeyInFile ? $0.variable : nil }
        )
    }
}
