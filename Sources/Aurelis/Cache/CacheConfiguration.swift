/// What the cache decides by.
///
///     var configuration = CacheConfiguration()
///     configuration.tasks[.codeGeneration]?.lifetime = .seconds(600)
///     configuration.models[.gpt4o] = CacheConfiguration.Rule(policy: .off)
public struct CacheConfiguration: Sendable, Hashable {
    /// How requests go about the cache when neither they nor their model or task say.
    public var policy = CachePolicy.use
    /// How many answers this process keeps in memory.
    public var memoryEntries = 1_000
    /// How many bytes they may take.
    public var memoryBytes = 50 << 20
    /// How long a layer serves an answer at most, counted from when the model gave it; zero: never.
    public var layers: [CacheLayer: Duration] = [
        .memory: .seconds(300), .redis: .seconds(3_600), .database: .seconds(86_400),
    ]
    /// How long answers are served at most when neither their model nor their task says.
    public var lifetime: Duration = .seconds(3_600)
    /// What is different for a task.
    public var tasks: [TaskType: Rule] = [
        .codeGeneration: Rule(lifetime: .seconds(1_800)),
        .documentation: Rule(lifetime: .seconds(3_600)),
        .explanation: Rule(lifetime: .seconds(7_200)),
    ]
    /// What is different for a model; it goes before the task's.
    public var models: [ModelID: Rule] = [:]
    /// The tasks whose answers an event invalidates; answers that are tagged with the event's name are too.
    public var events: [String: Set<TaskType>] = [
        "code_style_change": [.codeGeneration],
        "framework_update": [.codeGeneration],
        "api_change": [.documentation],
        "documentation_standard_update": [.documentation],
        "concept_change": [.explanation],
    ]
    /// How long after its time an answer may still be served when nobody else can answer; zero: not at all.
    public var staleLimit: Duration = .zero
    /// The largest answer that is kept.
    public var maximumAnswer = 4 << 20

    /// The defaults.
    public init() {}

    /// What is different for some requests.
    public struct Rule: Sendable, Hashable {
        /// How they go about the cache; nil: as the others.
        public var policy: CachePolicy?
        /// How long their answers are served at most; nil: as the others'; zero: they are not kept.
        public var lifetime: Duration?

        /// A rule.
        public init(policy: CachePolicy? = nil, lifetime: Duration? = nil) {
            self.policy = policy
            self.lifetime = lifetime
        }
    }

    func policy(for model: ModelID, task: TaskType) -> CachePolicy {
        models[model]?.policy ?? tasks[task]?.policy ?? policy
    }

    func lifetime(for model: ModelID, task: TaskType) -> Duration {
        models[model]?.lifetime ?? tasks[task]?.lifetime ?? lifetime
    }
}
