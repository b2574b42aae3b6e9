internal import ArgumentParser

/// An argument that is one of some words, which a shell can complete.
protocol WordArgument: ExpressibleByArgument {}

extension WordArgument {
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
