package import Aurelis

/// What Aurelis knows about a kind of provider before anybody configures it: a data file.
///
///     let preset = try ProviderPreset.named("groq")
///     preset.baseURL                          // "https://api.groq.com/openai/v1"
///     preset.credential.environment           // ["GROQ_API_KEY"]
package struct ProviderPreset: Sendable, Hashable {
    /// The name that a configuration uses.
    package var id: String
    /// The name for people.
    package var displayName: String
    /// Where the provider documents its API.
    package var documentation: String
    /// What the paths are appended to; may hold `<placeholders>`. nil: the configuration must say it.
    package var baseURL: String?
    /// The placeholders in `baseURL`, each with what to put there.
    package var placeholders: [String: String]
    /// What is appended to the base URL.
    package var paths: Paths
    /// The form of the answer at `paths.models`.
    package var catalog: CatalogShape
    /// How a credential is presented.
    package var authentication: Authentication
    /// Where a credential is looked for.
    package var credential: CredentialNeed
    /// Header fields that every request carries.
    package var headers: [Header]
    /// What becomes of a model that is not in `models`.
    package var unlistedModels: UnlistedModels
    /// The models whose name on the wire is known.
    package var models: [PresetModel]
    /// The quotas of the provider's rate tiers: tier, then plan.
    package var rateTiers: [String: [String: RateQuota]]
    /// How a request ends with the beginning of an answer, for all chat models; nil: it cannot, or nobody knows.
    package var prefill: Prefill?
    /// When a stream tells what it cost.
    package var streamUsage: StreamUsage
    /// By which member a request limits the length of its answer.
    package var answerLimit: AnswerLimit
    /// Whether the limits in the headers of answers are those of whoever asks.
    package var reportsLimits: Bool
    /// In which time those limits hold, as far as that is known.
    package var limitPeriods: [QuotaLimit.Unit: QuotaLimit.Period]
    /// When the provider ended; nil while it lives.
    package var retirement: Retirement?
}

extension ProviderPreset {
    /// What is appended to the base URL for each operation.
    package struct Paths: Sendable, Hashable {
        /// Chat completions.
        package var chat: String
        /// Embeddings.
        package var embeddings: String
        /// The list of models.
        package var models: String

        /// The path of an operation.
        package func path(for operation: ModelOperation) -> String {
            switch operation {
            case .chatCompletion: chat
            case .embedding: embeddings
            }
        }
    }

    /// The form of a list of models.
    package enum CatalogShape: String, Sendable, Hashable, CaseIterable {
        /// A bare array of models, as GitHub Models sends it.
        case array
        /// An OpenAI list: `{"object": "list", "data": [...]}`.
        case list
    }

    /// How a credential is presented to the provider.
    package enum Authentication: Sendable, Hashable {
        /// `Authorization: Bearer <credential>`
        case bearer
        /// `<name>: <credential>`
        case header(String)
        /// Not at all.
        case none
    }

    /// Which credential a provider wants.
    package struct CredentialNeed: Sendable, Hashable {
        /// Whether nothing can be asked without one.
        package var isRequired: Bool
        /// The environment variables that may hold it, in order.
        package var environment: [String]
        /// What kind of credential it is.
        package var kind: CredentialKind
    }

    /// A kind of credential, for checks that need no network.
    package enum CredentialKind: String, Sendable, Hashable, CaseIterable {
        /// Any text.
        case opaque
        /// A GitHub token: its form can be checked, and `gh auth token` may know one.
        case github
    }

    /// A header field.
    package struct Header: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// Its value.
        package var value: String

        /// A header field.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What becomes of a model that a preset does not list.
    package enum UnlistedModels: String, Sendable, Hashable, CaseIterable {
        /// It is asked for as it was spelled.
        case all
        /// The same, but for the nine models of `ModelID.portfolio`: the provider is known not to serve those.
        case allButPortfolio = "all_but_portfolio"
        /// Only names with a publisher (`publisher/model`) are asked for; the host answers bare ones with an error.
        case qualified
        /// It is not served.
        case none
    }

    /// The end of a provider.
    package struct Retirement: Sendable, Hashable {
        /// The first day without it.
        package var date: CalendarDate
        /// What happened, for a person.
        package var message: String
        /// What to do about it.
        package var wayOut: String
    }
}
