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
        /// Credentials that stand in the file.
        package var keys: [Key]
    }

    /// A credential that stands in the file, and is not copied.
    package struct Key: Sendable, Hashable {
        /// Where it has to be put.
        package var variable: String
        /// The variable that it is not to be put in, because another key is there; nil: there is none.
        package var other: String?
    }

    /// - Throws: why the file cannot be read as LiteLLM's, with the line.
    package static func imported(_ text: String, file: String) throws(ConfigurationError) -> Imported {
        let configuration = try LiteLLMConfiguration(try ConfigurationTree.parsing(text, file: file))
        var groups = LiteLLMProviderGroups()
        for deployment in configuration.deployments { groups.add(deployment) }
        groups.nameVariables()
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
            keys: groups.groups.compactMap { group in
                group.isKeyInFile ? group.variable.map { .init(variable: $0, other: group.other) } : nil
            }
        )
    }
}
