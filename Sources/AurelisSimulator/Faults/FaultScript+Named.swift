extension FaultScript {
    /// The names of the ready-made scripts.
    package static var names: [String] { library.map(\.name) }

    /// A ready-made script; nil when there is none of that name.
    ///
    /// - `flaky`: one request in ten answers 503, one stream in ten is cut in its middle.
    /// - `slow`: every first token takes two seconds.
    /// - `rescue`: the first stream of every model is cut in its middle, the second stalls, the third has a broken chunk.
    /// - `overloaded`: two of three requests meet the concurrency limit.
    /// - `day-limit`: the day's quota of gpt-4o is spent.
    /// - `outage`: the first minute answers 503.
    /// - `unfriendly`: one each of the answers that are none: reset, garbage, HTML, no choices, silence.
    /// - `retired`: the platform's last day, 410 for everything.
    package static func named(_ name: String) -> FaultScript? {
        library.first { $0.name == name }?.script
    }

    private static let library: [(name: String, script: FaultScript)] = [
        (
            "flaky",
            FaultScript(steps: [
                "*": [
                    FaultStep(.status(FaultyAnswer(.unavailable)), times: .always, probability: 0.1),
                    FaultStep(.cut(afterFraction: 0.5, reset: false), times: .always, stream: true, probability: 0.2),
                ]
            ])
        ),
        ("slow", FaultScript(steps: ["*": [FaultStep(.slowFirstToken(seconds: 2), times: .always)]])),
        (
            "rescue",
            FaultScript(
                steps: Dictionary(
                    uniqueKeysWithValues: ModelCatalog.portfolio.filter { !$0.isEmbedding }.map { model in
                        (
                            model.id,
                            [
                                FaultStep(.cut(afterFraction: 0.5, reset: false), stream: true),
                                FaultStep(.stall(afterFraction: 0.5, seconds: 600), stream: true),
                                FaultStep(.malformedChunk(afterFraction: 0.5), stream: true),
                            ]
                        )
                    }
                )
            )
        ),
        (
            "overloaded",
            FaultScript(steps: [
                "*": [
                    FaultStep(
                        .status(FaultyAnswer(.rateLimit(.concurrent(limit: 2)))),
                        times: .always,
                        probability: 0.66
                    )
                ]
            ])
        ),
        (
            "day-limit",
            FaultScript(steps: [
                "openai/gpt-4o": [
                    FaultStep(
                        .status(FaultyAnswer(.rateLimit(.byDay(limit: 50, wait: .seconds(5_631))))),
                        times: .always
                    )
                ]
            ])
        ),
        (
            "outage",
            FaultScript(steps: [
                "*": [FaultStep(.outage(fromSeconds: 0, toSeconds: 60, FaultyAnswer(.unavailable)))]
            ])
        ),
        (
            "unfriendly",
            FaultScript(steps: [
                "*": [
                    FaultStep(.resetBeforeHeaders), FaultStep(.garbageStatusLine), FaultStep(.wrongContentType),
                    FaultStep(.emptyChoices), FaultStep(.silent),
                ]
            ])
        ),
        ("retired", FaultScript(isRetired: true)),
    ]
}

extension PlatformError {
    static let unavailable = openAI(
        503,
        "The service is temporarily unavailable (simulated fault).",
        type: "server_error"
    )
}
