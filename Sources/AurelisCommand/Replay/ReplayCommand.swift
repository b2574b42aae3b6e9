internal import ArgumentParser

/// `aurelis replay`: records what providers answer, and answers so again.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Record a session into a cassette, and serve it again: the same answers, no provider.",
        discussion: """
            A cassette is a file of JSON lines: what was asked, what was answered, with the
            time between the pieces; no keys, and what looks like one is blanked out. Tests
            of any language run against it; a request that was not recorded fails.

            Examples:
              aurelis replay record session.jsonl --provider openai
              aurelis replay serve session.jsonl --no-delays
              OPENAI_BASE_URL=http://127.0.0.1:8787/v1 your-tests
            """,
        subcommands: [ReplayRecordCommand.self, ReplayServeCommand.self]
    )
}
