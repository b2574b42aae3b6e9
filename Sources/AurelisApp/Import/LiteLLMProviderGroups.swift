internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport

/// Deployments put together by who serves them: one address, one key, each name once.
struct LiteLLMProviderGroups {
    private(set) var groups: [Group] = []
    private(set) var notes: [ImportNote] = []

    struct Group {
        var id: String
        var preset: String
        var address: LiteLLMDeployment.Address
        var key: LiteLLMDeployment.Key?
        /// Where its credential is; nil: where the preset looks.
        var variable: String?
        /// Whether the credential stands in the imported file.
        var isKeyInFile: Bool
        /// The variable that it would have, did that not hold another key already.
        var other: String?
        /// Names that are passed on without being listed, such as `openai/*`.
        var wildcards: [String] = []
        var models: [LiteLLMDeployment] = []
    }

    mutating func add(_ deployment: LiteLLMDeployment) {
        notes += deployment.notes
        guard var preset = deployment.provider.preset else {
            let what = "\(deployment.provider.name)/\(deployment.wireName)"
            let text = "is left out: \(deployment.provider.name) does not speak OpenAI's protocol"
            notes.append(ImportNote(deployment.origin, "the model \(deployment.name) (\(what))", text))
            return
        }
        var address = deployment.address
        if preset == "openai", case .url(let url) = address {
            let isOwn = (try? HTTPOrigin(parsing: url))?.host == "api.openai.com"
            if isOwn { address = .preset } else { preset = "custom" }
        } else if preset == "openai", case .variable = address {
            preset = "custom"
        }
        if preset == "custom", address == .preset, let url = deployment.provider.baseURL { address = .url(url) }
        let index = groups.firstIndex { group in
            group.preset == preset && group.address == address && group.key == deployment.key
                && (deployment.isWildcard || !group.models.contains { ModelID($0.name) == ModelID(deployment.name) })
        }
        let place = index ?? begin(deployment, preset, address)
        if deployment.isWildcard {
            groups[place].wildcards.append(deployment.name)
        } else {
            groups[place].models.append(deployment)
        }
    }

    private mutating func begin(
        _ deployment: LiteLLMDeployment,
        _ preset: String,
        _ address: LiteLLMDeployment.Address
    ) -> Int {
        let id = freeID(Self.name(deployment, preset, address))
        var group = Group(
            id: id,
            preset: preset,
            address: address,
            key: deployment.key,
            variable: nil,
            isKeyInFile: false
        )
        switch deployment.key {
        case .variable(let name): group.variable = name
        case .literal: group.isKeyInFile = true
        case nil: group.variable = preset == "custom" ? deployment.provider.variable : nil
        }
        groups.append(group)
        return groups.count - 1
    }

    /// Gives every key that stands in the file the name of a variable that holds no other: to be called once all
    /// deployments are known, for a later one may name a variable.
    mutating func nameVariables() {
        var taken = Set(groups.compactMap(\.variable))
        for group in groups where group.key == nil && group.variable == nil {
            taken.formUnion(Self.variables(group.preset))
        }
        for index in groups.indices where groups[index].isKeyInFile {
            let name = VariableName.made(of: groups[index].id) + "_API_KEY"
            let free = (1...).lazy.map { $0 == 1 ? name : "\(name)_\($0)" }.first { !taken.contains($0) } ?? name
            if free != name { groups[index].other = name }
            groups[index].variable = free
            taken.insert(free)
        }
    }

    /// Whether its preset would look into a variable first that has another group's key: an address of its own ends that.
    func needsAddress(_ group: Group) -> Bool {
        guard group.address == .preset, let variable = group.variable else { return false }
        return !Self.variables(group.preset).contains(variable)
            && groups.contains { $0.preset == group.preset && $0.id != group.id }
    }

    private static func variables(_ preset: String) -> [String] {
        (try? ProviderPreset.named(preset))?.credential.environment ?? []
    }

    private func freeID(_ name: String) -> String {
        guard groups.contains(where: { $0.id == name }) else { return name }
        return (2...).lazy.map { "\(name)-\($0)" }.first { id in !groups.contains { $0.id == id } } ?? name
    }

    private static func name(
        _ deployment: LiteLLMDeployment,
        _ preset: String,
        _ address: LiteLLMDeployment.Address
    ) -> String {
        guard preset == "custom", deployment.provider.baseURL == nil else {
            return preset == "custom" ? deployment.provider.name : preset
        }
        guard case .url(let url) = address, let origin = try? HTTPOrigin(parsing: url) else { return "custom" }
        return origin.authority.map { $0 == ":" ? "-" : String($0) }.joined()
    }
}

extension VariableName {
    /// The name of a variable from other words.
    static func made(of text: String) -> String {
        let name = text.uppercased().unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
        }
        return (name.first?.isNumber ?? true ? "P_" : "") + String(name)
    }
}
